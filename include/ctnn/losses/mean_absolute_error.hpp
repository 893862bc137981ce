// MeanAbsoluteError
#pragma once

#include "loss.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's mean_absolute_error: the mean of |predicted − target|; its derivative at 0 is 0.
struct MeanAbsoluteError {
  static constexpr const char* name = "mean_absolute_error";

  template <class Lane>
  CTNN_INLINE constexpr Lane value(Lane error) const {
    return (math::abs)(error);
  }
  template <class Lane>
  CTNN_INLINE constexpr Lane derivative(Lane error, Lane factor) const {
    return math::select(error > Lane(0), factor, math::select(error < Lane(0), -factor, Lane(0)));
  }

  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane> scale, Lane* gradient) const {
    return detail::mean_of_errors<Output>(*this, predicted, target, scale, gradient);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
