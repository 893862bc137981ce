// BinaryAccuracy
#pragma once

#include "metric.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's binary_accuracy: how often an output above the threshold meets a target of 1, and any other one of 0; the mean over a
/// sample's values.
struct BinaryAccuracy {
  static constexpr const char* name = "binary_accuracy";
  template <class Output>
  using target_shape = Output;

  double threshold = 0.5;  ///< finite

  template <class Scalar>
  constexpr Problem problem() const {
    const bool fits =
        math::is_finite(threshold) && (math::abs)(threshold) <= static_cast<double>((std::numeric_limits<Scalar>::max)());
    if (!fits) return {"BinaryAccuracy's threshold must be finite as one of the model's numbers", threshold};
    return nullptr;
  }

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target) const {
    using Scalar = ScalarOf<Lane>;
    const Lane limit(static_cast<Scalar>(threshold));
    Lane hits(0);
    for (std::size_t i = 0; i < Output::size; ++i) {
      const Lane answer = math::select(predicted[i] > limit, Lane(1), Lane(0));
      hits += math::select(answer == target[i], Lane(1), Lane(0));
    }
    return Output::size == 1 ? hits : hits * Lane(Scalar(1) / Scalar(Output::size));
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
