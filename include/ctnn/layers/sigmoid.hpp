// Sigmoid: the logistic function.
#pragma once

#include "elementwise.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's sigmoid, y = 1 / (1 + e⁻ˣ); dy/dx = y(1 − y).
struct Sigmoid : detail::ElementwiseFromOutput<Sigmoid> {
  static constexpr const char* class_name = "Sigmoid";
  static constexpr std::size_t operations = 16;
  static constexpr Distribution distribution = Distribution::bernoulli;

  template <class Lane>
  CTNN_INLINE static constexpr Lane value(Lane x) {
    return math::sigmoid(x);
  }

  template <class Lane>
  CTNN_INLINE static constexpr Lane derivative(Lane y) {
    return y * (Lane(1) - y);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
