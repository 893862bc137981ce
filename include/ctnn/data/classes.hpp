// How many samples each class has, and the weights that make classes count alike.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "../batches.hpp"
#include "../errors.hpp"
#include "../xtensor_base.hpp"
#include "dataset.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// A class number is less: what is counted by class must fit into memory.
inline constexpr std::size_t most_classes = std::size_t{1} << 24;

/// `where` begins every message.
template <IntegerTensor Labels>
std::vector<std::size_t> counts_of_classes(const Labels& labels, const char* where) {
  if (labels.dimension() != 1) {
    throw ShapeError(
        concat("ctnn: ", where, ": labels must have shape (n,), but have ", shape_text("", labels.shape(), labels.dimension())));
  }
  std::vector<std::size_t> counts;
  for (std::size_t i = 0; i < static_cast<std::size_t>(labels.shape()[0]); ++i) {
    const auto label = labels(i);
    if (std::cmp_less(label, 0) || std::cmp_greater_equal(label, most_classes)) {
      throw DataError(concat("ctnn: ", where, ": labels must lie in [0, ", std::to_string(most_classes), "), but label number ",
                             std::to_string(i), " is ", std::to_string(label)));
    }
    const auto number = static_cast<std::size_t>(label);
    if (number >= counts.size()) counts.resize(number + 1);
    ++counts[number];
  }
  return counts;
}

}  // namespace detail

/// The number of samples of each class, from class 0 to the largest there is. Labels are class numbers with axes (n). Throws
/// DataError for a label that is no class number, ShapeError for labels of another rank.
template <IntegerTensor Labels>
std::vector<std::size_t> class_counts(const Labels& labels) {
  return detail::counts_of_classes(labels, "class_counts");
}

/// Each class's weight n / (classes · samples of the class): scikit-learn's "balanced". Weighted so, all classes count alike, and
/// the mean weight of the samples is 1. Throws what class_counts does, and DataError for a class without samples.
template <IntegerTensor Labels>
std::vector<double> balanced_class_weights(const Labels& labels) {
  const std::vector<std::size_t> counts = detail::counts_of_classes(labels, "balanced_class_weights");
  std::vector<double> weights;
  for (const std::size_t count : counts) {
    if (count == 0) {
      throw DataError(detail::concat("ctnn: balanced_class_weights: each class up to the largest, ",
                                     std::to_string(counts.size() - 1), ", must have a sample, but class ",
                                     std::to_string(weights.size()), " has none"));
    }
    weights.push_back(static_cast<double>(labels.size()) / (static_cast<double>(counts.size()) * static_cast<double>(count)));
  }
  return weights;
}

}  // namespace ctnn::inline CTNN_VARIANT
