// Rescaling: every number times one factor, and one term added, as pixels of 0 … 255 are brought to 0 … 1.
#pragma once

#include <limits>

#include "elementwise.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's Rescaling, y = Scale·x + Offset, of inputs of any shape: Rescaling<1.0 / 255>. Both are finite as float.
template <auto Scale, auto Offset = 0.0>
struct Rescaling : detail::Elementwise<Rescaling<Scale, Offset>> {
  static constexpr const char* class_name = "Rescaling";
  static constexpr std::size_t operations = 2;

  template <class Lane>
  CTNN_INLINE static constexpr Lane value(Lane x) {
    return math::mul_add(x, scale<Lane>(), Lane(static_cast<ScalarOf<Lane>>(Offset)));
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<Rescaling, Lane>&, const ScalarOf<Lane>*, const Lane* dy, const void*,
                                             Lane* dx) {
    kernels::map<In::size>(dy, dx, [](auto d) CTNN_INLINE_LAMBDA { return d * scale<decltype(d)>(); });
  }

 private:
  template <class Lane>
  CTNN_INLINE static constexpr Lane scale() {
    return Lane(static_cast<ScalarOf<Lane>>(Scale));
  }

  static constexpr bool is_finite(double option) {
    constexpr double most = (std::numeric_limits<float>::max)();
    return option >= -most && option <= most;
  }
  static_assert(options_in_range<Rescaling, (is_finite(Scale) && is_finite(Offset))>,
                "ctnn: Rescaling's scale and offset must be finite numbers that a float can hold");
};

}  // namespace ctnn::inline CTNN_VARIANT
