// Softplus: a smooth rectifier.
#pragma once

#include "elementwise.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's softplus, y = ln(1 + eˣ), as max(x, 0) + ln(1 + e^−|x|), which neither overflows nor cancels;
/// dy/dx = σ(x).
struct Softplus : detail::ElementwiseWithRecord<Softplus> {
  static constexpr const char* class_name = "Softplus";
  static constexpr std::size_t operations = 30;

  template <class Lane>
  CTNN_INLINE static constexpr Lane value(Lane x) {
    return (math::max)(Lane(0), x) + math::log1p_unit(math::exp(-(math::abs)(x)));
  }

  template <class Lane>
  CTNN_INLINE static constexpr detail::ValueAndDerivative<Lane> value_and_derivative(Lane x) {
    const Lane decay = math::exp(-(math::abs)(x));
    const Lane tail = Lane(1) / (Lane(1) + decay);
    return {(math::max)(Lane(0), x) + math::log1p_unit(decay), math::select(x < Lane(0), decay * tail, tail)};
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
