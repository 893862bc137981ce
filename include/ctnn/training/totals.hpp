// Scores of a data set from those of its batches.
#pragma once

#include <cstddef>

#include "objective.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Sums over samples, in double.
template <std::size_t Metrics>
class Totals {
 public:
  using Means = Scores<double, Metrics>;

  /// Adds a batch of `size` samples, whose scores are means.
  template <class Scalar>
  void add(const Scores<Scalar, Metrics>& scores, std::size_t size) {
    const auto weight = static_cast<double>(size);
    sums_.loss += static_cast<double>(scores.loss) * weight;
    for (std::size_t i = 0; i < Metrics; ++i) sums_.metrics[i] += static_cast<double>(scores.metrics[i]) * weight;
    samples_ += size;
  }

  /// Samples added so far.
  std::size_t samples() const { return samples_; }

  Means means() const {
    const auto weight = static_cast<double>(samples_);
    Means result = sums_;
    result.loss /= weight;
    for (double& metric : result.metrics) metric /= weight;
    return result;
  }

 private:
  Means sums_;
  std::size_t samples_ = 0;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
