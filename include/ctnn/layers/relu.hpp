// ReLU: the rectifier.
#pragma once

#include "elementwise.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's ReLU, y = max(x, 0); its derivative at 0 is 0. NaN stays NaN.
struct ReLU : detail::ElementwiseFromOutput<ReLU> {
  static constexpr const char* class_name = "ReLU";
  static constexpr std::size_t operations = 1;

  template <class Lane>
  CTNN_INLINE static constexpr Lane value(Lane x) {
    return (math::max)(Lane(0), x);
  }

  template <class Lane>
  CTNN_INLINE static constexpr Lane derivative(Lane y) {
    return math::select(y > Lane(0), Lane(1), Lane(0));
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
