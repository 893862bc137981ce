// What a data set comes to from what its batches do.
#pragma once

#include <cstddef>

#include "objective.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// The sums of batches, in double.
template <std::size_t Metrics>
class Totals {
 public:
  /// Adds a batch of `size` samples.
  template <class Scalar>
  void add(const Sums<Scalar, Metrics>& batch, std::size_t size) {
    sums_.loss += static_cast<double>(batch.loss) * static_cast<double>(size);
    for (std::size_t i = 0; i < Metrics; ++i) sums_.metrics[i] += static_cast<double>(batch.metrics[i]);
    samples_ += size;
  }

  /// Samples added so far.
  std::size_t samples() const { return samples_; }

  /// The mean loss of the samples, and the sums of the metrics.
  Sums<double, Metrics> sums() const {
    Sums<double, Metrics> result = sums_;
    result.loss /= static_cast<double>(samples_);
    return result;
  }

 private:
  Sums<double, Metrics> sums_;
  std::size_t samples_ = 0;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
