// BinaryCrossentropy
#pragma once

#include "crossentropy.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's binary_crossentropy: the mean of −y·ln p − (1 − y)·ln(1 − p) over a sample's values, with p clipped to
/// [1e-7, 1 − 1e-7]; targets are 0 and 1, or probabilities.
///
/// Behind a Sigmoid layer the loss is computed from that layer's input x, as max(x, 0) − x·y + ln(1 + e^−|x|), exact however
/// sure the network is. `from_logits` says that the network ends without one; behind a Sigmoid layer it changes nothing, as in
/// Keras's TensorFlow back end.
struct BinaryCrossentropy {
  static constexpr const char* name = "binary_crossentropy";
  static constexpr Distribution fused_distribution = Distribution::bernoulli;

  bool from_logits = false;      ///< what is predicted are logits, not probabilities
  double label_smoothing = 0.0;  ///< s in [0, 1]: targets become y·(1 − s) + s / 2

  template <class Scalar>
  constexpr Problem problem() const {
    if (!detail::is_label_smoothing(label_smoothing))
      return {"BinaryCrossentropy's label_smoothing must lie in [0, 1]", label_smoothing};
    return nullptr;
  }

  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane> scale, Lane* gradient) const {
    if (from_logits) return evaluate_logits<Output>(predicted, target, scale, gradient, gradient);
    constexpr auto share = ScalarOf<Lane>(1) / ScalarOf<Lane>(Output::size);
    const Lane factor(scale * share);
    Lane total(0);
    for (std::size_t i = 0; i < Output::size; ++i) {
      const Lane y = smoothed(target[i]), p = detail::clip_probability(predicted[i]), rest = Lane(1) - p;
      total -= y * math::log(p) + (Lane(1) - y) * math::log(rest);
      gradient[i] = detail::where_not_clipped(predicted[i], factor * (p - y) / (p * rest));
    }
    return Output::size == 1 ? total : total * Lane(share);
  }

  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate_logits(const Lane* logits, const Lane* target, ScalarOf<Lane> scale, Lane* probabilities,
                                             Lane* gradient) const {
    constexpr auto share = ScalarOf<Lane>(1) / ScalarOf<Lane>(Output::size);
    const Lane factor(scale * share);
    Lane total(0);
    for (std::size_t i = 0; i < Output::size; ++i) {
      const Lane x = logits[i], y = smoothed(target[i]), decay = math::exp(-(math::abs)(x));
      const Lane tail = Lane(1) / (Lane(1) + decay);
      const Lane p = math::select(x < Lane(0), decay * tail, tail);
      total += (math::max)(Lane(0), x) - x * y + math::log1p_unit(decay);
      probabilities[i] = p;
      gradient[i] = factor * (p - y);
    }
    return Output::size == 1 ? total : total * Lane(share);
  }

 private:
  template <class Lane>
  CTNN_INLINE constexpr Lane smoothed(Lane target) const {
    using Scalar = ScalarOf<Lane>;
    return math::mul_add(target, Lane(static_cast<Scalar>(1 - label_smoothing)), Lane(static_cast<Scalar>(label_smoothing / 2)));
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
