// Huber
#pragma once

#include "loss.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's huber: with e = predicted − target, e²/2 for |e| ≤ delta, else delta·|e| − delta²/2 (Huber 1964).
struct Huber {
  static constexpr const char* name = "huber";

  double delta = 1.0;  ///< where the loss turns from quadratic to linear; > 0

  template <class Scalar>
  constexpr Problem problem() const {
    if (!math::is_positive_as<Scalar>(delta))
      return {"Huber's delta must be positive, finite and normal as one of the model's numbers", delta};
    return nullptr;
  }

  // |e|·c − c²/2 with c = min(|e|, delta) is both branches.
  template <class Lane>
  CTNN_INLINE constexpr Lane value(Lane error) const {
    const Lane magnitude = (math::abs)(error);
    const Lane clipped = (math::min)(Lane(ScalarOf<Lane>(delta)), magnitude);
    return clipped * (magnitude - clipped * Lane(ScalarOf<Lane>(0.5)));
  }
  template <class Lane>
  CTNN_INLINE constexpr Lane derivative(Lane error, Lane factor) const {
    const Lane limit = Lane(ScalarOf<Lane>(delta));
    return factor * (math::max)(-limit, (math::min)(limit, error));
  }

  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane> scale, Lane* gradient) const {
    return detail::mean_of_errors<Output>(*this, predicted, target, scale, gradient);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
