// ELU: the exponential linear unit.
#pragma once

#include "elementwise.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's ELU, y = x for x > 0, else Alpha·(eˣ − 1) (Clevert, Unterthiner and Hochreiter 2015); below zero
/// dy/dx = y + Alpha.
template <double Alpha = 1.0>
struct ELU : detail::ElementwiseFromOutput<ELU<Alpha>> {
  static_assert(Alpha > 0, "ctnn: ELU's alpha must be positive");

  static constexpr const char* class_name = "ELU";
  static constexpr std::size_t operations = 16;

  template <class Lane>
  CTNN_INLINE static constexpr Lane value(Lane x) {
    const Lane below = math::expm1((math::min)(Lane(0), x)) * Lane(ScalarOf<Lane>(Alpha));
    return math::select(x > Lane(0), x, below);
  }

  template <class Lane>
  CTNN_INLINE static constexpr Lane derivative(Lane y) {
    return math::select(y > Lane(0), Lane(1), y + Lane(ScalarOf<Lane>(Alpha)));
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
