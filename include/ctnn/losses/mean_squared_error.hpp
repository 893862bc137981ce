// MeanSquaredError
#pragma once

#include "loss.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's mean_squared_error: the mean of (predicted − target)² over a sample's values, then over the batch.
struct MeanSquaredError {
  static constexpr const char* name = "mean_squared_error";

  template <class Lane>
  CTNN_INLINE constexpr Lane value(Lane error) const {
    return error * error;
  }
  template <class Lane>
  CTNN_INLINE constexpr Lane derivative(Lane error, Lane factor) const {
    return error * (factor + factor);
  }

  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane> scale, Lane* gradient) const {
    return detail::mean_of_errors<Output>(*this, predicted, target, scale, gradient);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
