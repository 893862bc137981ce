// The square root over a Lane: one instruction, correctly rounded, and constexpr for scalars.
//
// Clang has it for every vector. GCC 12 has it for none but by the target's name, and for a scalar, unless it may forget
// about errno, it adds a call into the C library for negative numbers.
#pragma once

#include "arithmetic.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels::detail {

/// Newton's iteration from above, for constant expressions; x is finite and not negative.
constexpr double constant_square_root(double x) {
  if (x == 0) return x;
  double root = x < 1 ? 1 : x;
  for (double before = 0; root != before && root > x / root;) {
    before = root;
    root = 0.5 * (root + x / root);
  }
  return root;
}

#if defined(__clang__)
template <class Native>
CTNN_INLINE Native sqrt_native(Native x) {
  return __builtin_elementwise_sqrt(x);
}
#elif defined(__SSE2__)
template <class Native>
CTNN_INLINE Native sqrt_native(Native x) {
  if constexpr (std::is_same_v<Native, float>) {
    return __builtin_ia32_sqrtss(typename NativeVector<float, 4>::type{x})[0];
  } else if constexpr (std::is_same_v<Native, double>) {
    return __builtin_ia32_sqrtsd(typename NativeVector<double, 2>::type{x})[0];
  } else {
    constexpr bool is_float = sizeof(x[0]) == 4;
    if constexpr (is_float && sizeof(Native) == 16) return __builtin_ia32_sqrtps(x);
    if constexpr (!is_float && sizeof(Native) == 16) return __builtin_ia32_sqrtpd(x);
#if defined(__AVX__)
    if constexpr (is_float && sizeof(Native) == 32) return __builtin_ia32_sqrtps256(x);
    if constexpr (!is_float && sizeof(Native) == 32) return __builtin_ia32_sqrtpd256(x);
#endif
#if defined(__AVX512F__)
    constexpr int current_rounding = 4;
    if constexpr (is_float && sizeof(Native) == 64) return __builtin_ia32_sqrtps512_mask(x, x, -1, current_rounding);
    if constexpr (!is_float && sizeof(Native) == 64) return __builtin_ia32_sqrtpd512_mask(x, x, -1, current_rounding);
#endif
  }
}
#else
template <class Native>
CTNN_INLINE Native sqrt_native(Native x) {
  if constexpr (std::is_same_v<Native, float>) {
    return __builtin_sqrtf(x);
  } else if constexpr (std::is_same_v<Native, double>) {
    return __builtin_sqrt(x);
  } else {
    for (std::size_t i = 0; i < sizeof(Native) / sizeof(x[0]); ++i) x[i] = sqrt_native(x[i] + 0);
    return x;
  }
}
#endif

}  // namespace ctnn::inline CTNN_VARIANT::kernels::detail

namespace ctnn::inline CTNN_VARIANT::math {

/// √x; NaN for negative x. In a constant expression x is finite and not negative, and the result within 1 ulp.
template <class Lane>
CTNN_INLINE constexpr Lane sqrt(Lane x) {
  if constexpr (LaneTraits<Lane>::width == 1) {
    if (std::is_constant_evaluated()) return static_cast<Lane>(kernels::detail::constant_square_root(static_cast<double>(x)));
    return kernels::detail::sqrt_native(x);
  } else {
    return Lane::of(kernels::detail::sqrt_native(x.native));
  }
}

}  // namespace ctnn::inline CTNN_VARIANT::math
