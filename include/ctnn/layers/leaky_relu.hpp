// LeakyReLU: a rectifier with a slope below zero.
#pragma once

#include "elementwise.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's LeakyReLU, y = x for x ≥ 0, else NegativeSlope·x. The slope is positive, so the sign of y is that of x.
template <double NegativeSlope = 0.3>
struct LeakyReLU : detail::ElementwiseFromOutput<LeakyReLU<NegativeSlope>> {
  static_assert(NegativeSlope > 0, "ctnn: LeakyReLU's slope must be positive");

  static constexpr const char* class_name = "LeakyReLU";
  static constexpr std::size_t operations = 2;

  template <class Lane>
  CTNN_INLINE static constexpr Lane value(Lane x) {
    return math::select(x < Lane(0), x * Lane(ScalarOf<Lane>(NegativeSlope)), x);
  }

  template <class Lane>
  CTNN_INLINE static constexpr Lane derivative(Lane y) {
    return math::select(y < Lane(0), Lane(ScalarOf<Lane>(NegativeSlope)), Lane(1));
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
