// SparseCategoricalCrossentropy
#pragma once

#include "crossentropy.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's sparse_categorical_crossentropy: CategoricalCrossentropy with targets that are class numbers, 0 to classes − 1. They
/// have the output's shape without its last axis: (batch) for an output of one axis. For any other number, whole or not, the loss
/// is NaN.
///
/// Behind a Softmax layer and for `from_logits`: as CategoricalCrossentropy.
struct SparseCategoricalCrossentropy {
  static constexpr const char* name = "sparse_categorical_crossentropy";
  static constexpr Distribution fused_distribution = Distribution::categorical;
  template <class Output>
  using target_shape = detail::ClassNumbers<Output>;

  bool from_logits = false;  ///< what is predicted are logits, not probabilities

  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane> scale, Lane* gradient) const {
    if (from_logits) return evaluate_logits<Output>(predicted, target, scale, gradient, gradient);
    return detail::mean_of_positions<Output, Lane>(
        scale, [&](std::size_t first, std::size_t position, Lane factor) CTNN_INLINE_LAMBDA {
          return checked(detail::crossentropy_of_probabilities<detail::Classes<Output>::count>(
              predicted + first, factor, weights(target[position]), gradient + first));
        });
  }

  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate_logits(const Lane* logits, const Lane* target, ScalarOf<Lane> scale, Lane* probabilities,
                                             Lane* gradient) const {
    return detail::mean_of_positions<Output, Lane>(
        scale, [&](std::size_t first, std::size_t position, Lane factor) CTNN_INLINE_LAMBDA {
          return checked(detail::crossentropy_of_logits<detail::Classes<Output>::count>(
              logits + first, factor, weights(target[position]), probabilities + first, gradient + first));
        });
  }

 private:
  template <class Lane>
  CTNN_INLINE static constexpr auto weights(Lane class_number) {
    return [=](std::size_t i)
               CTNN_INLINE_LAMBDA { return math::select(class_number == Lane(static_cast<ScalarOf<Lane>>(i)), Lane(1), Lane(0)); };
  }
  // A number that is no class has met none.
  template <class Lane>
  CTNN_INLINE static constexpr Lane checked(const detail::Crossentropy<Lane>& result) {
    return math::nan_unless(result.weight > Lane(0), result.loss);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
