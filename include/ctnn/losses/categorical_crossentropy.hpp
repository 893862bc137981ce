// CategoricalCrossentropy
#pragma once

#include "crossentropy.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's categorical_crossentropy over the last axis, −Σ y·ln p, with p = predicted / Σ predicted clipped to
/// [1e-7, 1 − 1e-7]; the mean over the positions of an output with more axes. Targets have the output's shape: one-hot or any
/// distribution. The classes are at least two.
///
/// Behind a Softmax layer the loss is computed from that layer's input, exact however sure the network is. `from_logits`
/// says that the network ends without one; behind a Softmax layer it changes nothing, as in Keras's TensorFlow back end.
struct CategoricalCrossentropy {
  static constexpr const char* name = "categorical_crossentropy";
  static constexpr Distribution fused_distribution = Distribution::categorical;

  bool from_logits = false;      ///< what is predicted are logits, not probabilities
  double label_smoothing = 0.0;  ///< s in [0, 1]: targets become y·(1 − s) + s / classes

  template <class Scalar>
  constexpr Problem problem() const {
    if (!detail::is_label_smoothing(label_smoothing))
      return {"CategoricalCrossentropy's label_smoothing must lie in [0, 1]", label_smoothing};
    return nullptr;
  }

  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane> scale, Lane* gradient) const {
    if (from_logits) return evaluate_logits<Output>(predicted, target, scale, gradient, gradient);
    return detail::mean_of_positions<Output, Lane>(scale, [&](std::size_t first, std::size_t, Lane factor) CTNN_INLINE_LAMBDA {
      return detail::crossentropy_of_probabilities<detail::Classes<Output>::count>(
                 predicted + first, factor, weights<Output>(target + first), gradient + first)
          .loss;
    });
  }

  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate_logits(const Lane* logits, const Lane* target, ScalarOf<Lane> scale, Lane* probabilities,
                                             Lane* gradient) const {
    return detail::mean_of_positions<Output, Lane>(scale, [&](std::size_t first, std::size_t, Lane factor) CTNN_INLINE_LAMBDA {
      return detail::crossentropy_of_logits<detail::Classes<Output>::count>(logits + first, factor, weights<Output>(target + first),
                                                                            probabilities + first, gradient + first)
          .loss;
    });
  }

 private:
  template <class Output, class Lane>
  CTNN_INLINE constexpr auto weights(const Lane* target) const {
    using Scalar = ScalarOf<Lane>;
    const auto kept = static_cast<Scalar>(1 - label_smoothing);
    const auto added = static_cast<Scalar>(label_smoothing / static_cast<double>(detail::Classes<Output>::count));
    return [=](std::size_t i) CTNN_INLINE_LAMBDA { return math::mul_add(target[i], kept, added); };
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
