// Tanh: the hyperbolic tangent.
#pragma once

#include "elementwise.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's tanh, y = tanh(x); dy/dx = 1 − y².
struct Tanh : detail::ElementwiseFromOutput<Tanh> {
  static constexpr const char* class_name = "Tanh";
  static constexpr std::size_t operations = 16;

  template <class Lane>
  CTNN_INLINE static constexpr Lane value(Lane x) {
    return math::tanh(x);
  }

  template <class Lane>
  CTNN_INLINE static constexpr Lane derivative(Lane y) {
    return Lane(1) - y * y;
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
