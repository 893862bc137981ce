// RootMeanSquaredError
#pragma once

#include "../kernels/square_root.hpp"
#include "metric.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's root_mean_squared_error: the square root of the mean of (predicted − target)² over all values of all samples.
struct RootMeanSquaredError {
  static constexpr const char* name = "root_mean_squared_error";
  template <class Output>
  using target_shape = Output;
  template <class Output>
  static constexpr std::size_t sum_count = 1;

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr void add(const Lane* predicted, const Lane* target, Lane weight, Lane* sums) const {
    Lane total(0);
    for (std::size_t i = 0; i < Output::size; ++i) {
      const Lane error = predicted[i] - target[i];
      total += error * error;
    }
    sums[0] += weight * total * Lane(ScalarOf<Lane>(1) / ScalarOf<Lane>(Output::size));
  }
  template <class Output, class Number>
  constexpr Number result(const Number* sums, Number total) const {
    return total == Number(0) ? Number(0) : math::sqrt(sums[0] / total);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
