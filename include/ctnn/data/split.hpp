// A data set cut into parts: one to train on, one to test with and, where it is asked for, one to validate with.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "../batches.hpp"
#include "../errors.hpp"
#include "../initializers.hpp"
#include "../number_text.hpp"
#include "../xtensor_base.hpp"
#include "dataset.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// How a data set is split.
struct SplitOptions {
  double test = 0.2;      ///< the test part's share of the samples, in [0, 1)
  double validation = 0;  ///< the validation part's share of the samples, in [0, 1)
  bool shuffle = true;    ///< otherwise the data set begins with the training part and ends with the test part
  bool stratify = true;   ///< where shuffled class numbers are the targets, each part has every class in its share
  Seed seed{};
};

/// Samples and their targets.
template <class X, class Y>
struct DataPart {
  X x;
  Y y;
};

/// What a data set was split into: `train.x`, `train.y`, `test.x` and so on; a part that was not asked for holds no samples.
template <class X, class Y>
struct DataSplit {
  DataPart<X, Y> train, validation, test;
};

namespace detail {

/// How many samples each part has.
struct PartSizes {
  std::size_t train, validation, test;
};

[[gnu::cold]] inline PartSizes part_sizes(std::size_t count, const SplitOptions& options) {
  const auto size = [&](double share, const char* name) {
    if (!(share >= 0 && share < 1)) {
      throw OptionError(concat("ctnn: train_test_split: ", name, " must lie in [0, 1), but is ", number_text(share)));
    }
    const auto rounded = static_cast<std::size_t>(std::llround(share * static_cast<double>(count)));
    if (share > 0 && rounded == 0) {
      throw OptionError(concat("ctnn: train_test_split: each part must hold a sample, but ", name, " = ", number_text(share),
                               " of ", std::to_string(count), " samples is none"));
    }
    return rounded;
  };
  const std::size_t test = size(options.test, "test"), validation = size(options.validation, "validation");
  if (test + validation >= count) {
    throw OptionError(concat("ctnn: train_test_split: a sample must be left to train on, but test and validation take ",
                             std::to_string(test + validation), " of ", std::to_string(count)));
  }
  return {count - test - validation, validation, test};
}

/// Of groups of samples, so many from each that they are `wanted` together, in proportion to the groups' sizes: what is left
/// of rounding down goes to the largest remainders, the first of those that are equal.
[[gnu::cold]] inline std::vector<std::size_t> shares(const std::vector<std::size_t>& sizes, std::size_t wanted) {
  const std::uint64_t all = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  std::vector<std::size_t> result(sizes.size());
  std::vector<std::pair<std::uint64_t, std::size_t>> missing(sizes.size());  // to the next whole sample, and the group
  std::size_t left = wanted;
  for (std::size_t i = 0; all > 0 && i < sizes.size(); ++i) {
    const std::uint64_t share = static_cast<std::uint64_t>(sizes[i]) * wanted;
    result[i] = static_cast<std::size_t>(share / all);
    missing[i] = {all - share % all, i};
    left -= result[i];
  }
  std::sort(missing.begin(), missing.end());
  for (std::size_t i = 0; i < left; ++i) ++result[missing[i].second];
  return result;
}

/// Sample numbers of a data set: those of the training part, then of the validation part, then of the test part.
[[gnu::cold]] inline std::vector<std::size_t> split_order(std::size_t count, const SplitOptions& options) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (options.shuffle) {
    Random random(derived(options.seed, Purpose::splitting, 0));
    for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  }
  return order;
}

/// Moves samples between the parts until each has every class in its share. `classes`: each sample's class; `names`: of the
/// classes.
[[gnu::cold]] inline void stratify(std::vector<std::size_t>& order, const std::vector<std::size_t>& classes,
                                   const std::vector<std::string>& names, const PartSizes& sizes) {
  if (classes.size() > UINT32_MAX) {
    throw OptionError(
        "ctnn: train_test_split: with stratify, there must be at most 4294967295 samples; {.stratify = false} takes more");
  }
  std::vector<std::size_t> counts(names.size());
  for (const std::size_t number : classes) ++counts[number];
  const std::vector<std::size_t> train = shares(counts, sizes.train);
  std::vector<std::size_t> rest = counts;
  for (std::size_t i = 0; i < rest.size(); ++i) rest[i] -= train[i];
  const std::vector<std::size_t> validation = shares(rest, sizes.validation);
  const std::size_t parts = std::size_t{1} + (sizes.validation > 0) + (sizes.test > 0);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] < parts || train[i] == 0) {
      throw DataError(concat("ctnn: train_test_split: each class must have enough samples for every part, but class ", names[i],
                             " has ", std::to_string(counts[i]), " for ", std::to_string(parts), " parts, ",
                             std::to_string(train[i]),
                             " of them to train on; {.stratify = false} splits without looking at classes"));
    }
  }

  std::vector<std::size_t> parts_of[3], seen(counts.size());
  for (const std::size_t sample : order) {
    const std::size_t number = classes[sample], place = seen[number]++;
    parts_of[place < train[number] ? 0 : place < train[number] + validation[number] ? 1 : 2].push_back(sample);
  }
  order.clear();
  for (const auto& part : parts_of) order.insert(order.end(), part.begin(), part.end());
}

/// The same where targets are class numbers.
template <Tensor Y>
void stratify_by(const Y& y, std::vector<std::size_t>& order, const PartSizes& sizes) {
  using Value = typename Y::value_type;
  if (!std::integral<Value> || y.dimension() != 1) return;
  std::map<Value, std::size_t> numbers;
  for (std::size_t i = 0; i < order.size(); ++i) numbers.emplace(y(i), 0);
  std::vector<std::string> names;
  for (auto& [value, number] : numbers) {
    number = names.size();
    names.push_back(std::to_string(value));
  }
  std::vector<std::size_t> classes(order.size());
  for (std::size_t i = 0; i < classes.size(); ++i) classes[i] = numbers.at(y(i));
  stratify(order, classes, names, sizes);
}

/// Some samples of a tensor, in a container of their own.
template <Tensor Type>
auto samples_at(const Type& tensor, const std::size_t* first, const std::size_t* last) {
  using Container = typename ContainerFor<typename Type::value_type, typename Type::shape_type>::type;
  return Container(xt::view(tensor, xt::keep(std::vector<std::size_t>(first, last))));
}

}  // namespace detail

/// Splits samples x and targets y of any axes, the first of which counts samples, into containers of their own:
/// `const auto split = train_test_split(x, y, {.test = 0.25})`, then `split.train.x` and so on. A part's share is rounded to
/// whole samples. Strata, of integers with axes (n), keep each class's number in a part within one of its share, with three
/// parts within two. The same seed gives the same split on every platform. Throws OptionError for shares out of range or that
/// leave a part without a sample, ShapeError unless x and y hold equally many, DataError for a class with too few samples.
template <Tensor X, Tensor Y>
auto train_test_split(const X& x, const Y& y, const SplitOptions& options = {}) {
  if (x.dimension() == 0 || y.dimension() == 0) {
    throw ShapeError("ctnn: train_test_split: x and y must have a batch axis, but one of them has no axis at all");
  }
  const auto count = static_cast<std::size_t>(x.shape()[0]), targets = static_cast<std::size_t>(y.shape()[0]);
  if (targets != count) detail::throw_count_error(count, targets, "train_test_split");
  const detail::PartSizes sizes = detail::part_sizes(count, options);
  std::vector<std::size_t> order = detail::split_order(count, options);
  if (options.shuffle && options.stratify) detail::stratify_by(y, order, sizes);
  const auto part = [&](std::size_t from, std::size_t size) {
    const std::size_t *const first = order.data() + from, *const last = first + size;
    return DataPart{detail::samples_at(x, first, last), detail::samples_at(y, first, last)};
  };
  return DataSplit{part(0, sizes.train), part(sizes.train, sizes.validation), part(sizes.train + sizes.validation, sizes.test)};
}

}  // namespace ctnn::inline CTNN_VARIANT
