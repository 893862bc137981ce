// SiLU: the sigmoid linear unit, also called swish.
#pragma once

#include "elementwise.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's SiLU, y = x·σ(x); dy/dx = σ(x) + y·(1 − σ(x)).
struct SiLU : detail::ElementwiseWithRecord<SiLU> {
  static constexpr const char* class_name = "SiLU";
  static constexpr std::size_t operations = 17;

  template <class Lane>
  CTNN_INLINE static constexpr Lane value(Lane x) {
    return x * math::sigmoid(x);
  }

  template <class Lane>
  CTNN_INLINE static constexpr detail::ValueAndDerivative<Lane> value_and_derivative(Lane x) {
    const Lane sigmoid = math::sigmoid(x);
    const Lane y = x * sigmoid;
    return {y, math::mul_add(y, Lane(1) - sigmoid, sigmoid)};
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
