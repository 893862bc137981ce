// An element-wise function over the values of an activation, whatever the lane.
#pragma once

#include "lane.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

namespace detail {

// One sample: its features fill registers, the widest first. What is left shares one small register: that costs
// what a single number costs, and keeps the function free of branches, into which compilers turn scalar minima.
template <std::size_t Count, std::size_t Width, class Scalar, class Function>
CTNN_INLINE void map_features(const Scalar* x, Scalar* y, const Function& function) {
  if constexpr (sizeof(Scalar) * Width <= 16 && Count < Width) {
    function(Vector<Scalar, Width>::template load_first<Count>(x)).template store_first<Count>(y);
  } else {
    constexpr std::size_t whole = Count / Width * Width;
    const auto step = [&](std::size_t i) CTNN_INLINE_LAMBDA { function(Vector<Scalar, Width>::load(x + i)).store(y + i); };
    if constexpr (whole <= 8 * Width) {
      CTNN_UNROLL
      for (std::size_t i = 0; i < whole; i += Width) step(i);
    } else {
      for (std::size_t i = 0; i < whole; i += Width) step(i);
    }
    if constexpr (whole < Count)
      map_features<Count - whole, (sizeof(Scalar) * Width <= 16 ? Width : Width / 2)>(x + whole, y + whole, function);
  }
}

}  // namespace detail

/// y[i] = function(x[i]) for `Count` values; `function` is generic over its lane. `x` and `y` may be the same.
template <std::size_t Count, class Lane, class Function>
CTNN_INLINE constexpr void map(const Lane* x, Lane* y, const Function& function) {
  if constexpr (width_of<Lane> == 1 && register_bytes != 0) {
    if (!std::is_constant_evaluated()) {
      detail::map_features<Count, sample_register_bytes(Count * sizeof(Lane)) / sizeof(Lane)>(x, y, function);
      return;
    }
  }
  if constexpr (Count <= 16) {
    CTNN_UNROLL
    for (std::size_t i = 0; i < Count; ++i) y[i] = function(x[i]);
  } else {
    for (std::size_t i = 0; i < Count; ++i) y[i] = function(x[i]);
  }
}

/// out[i] = function(a[i], b[i]) for `Count` values.
template <std::size_t Count, class Lane, class Function>
CTNN_INLINE constexpr void map_pairs(const Lane* a, const Lane* b, Lane* out, const Function& function) {
  if constexpr (Count <= 16) {
    CTNN_UNROLL
    for (std::size_t i = 0; i < Count; ++i) out[i] = function(a[i], b[i]);
  } else {
    for (std::size_t i = 0; i < Count; ++i) out[i] = function(a[i], b[i]);
  }
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
