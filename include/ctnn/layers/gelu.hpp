// GELU: the Gaussian error linear unit.
#pragma once

#include "elementwise.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's GELU in its exact form, y = x·Φ(x) with the standard normal's Φ (Hendrycks and Gimpel 2016);
/// dy/dx = Φ(x) + x·φ(x).
struct GELU : detail::ElementwiseWithRecord<GELU> {
  static constexpr const char* class_name = "GELU";
  static constexpr std::size_t operations = 34;

  template <class Lane>
  CTNN_INLINE static constexpr Lane value(Lane x) {
    return x * math::normal(x).distribution;
  }

  template <class Lane>
  CTNN_INLINE static constexpr detail::ValueAndDerivative<Lane> value_and_derivative(Lane x) {
    const auto normal = math::normal(x);
    return {x * normal.distribution, math::mul_add(x, normal.density, normal.distribution)};
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
