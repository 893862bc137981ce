// Element-wise minimum and maximum of native vectors, with the meaning of `a < b ? a : b`: b where either is NaN.
//
// One instruction on x86. GCC 12 finds it in the conditional only where neither operand is a constant, and
// otherwise spends a comparison and a masked move, so there it is asked for by name.
#pragma once

#include <cstddef>

#include "config.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels::detail {

template <class Native>
CTNN_INLINE Native min_native(Native a, Native b) {
#if defined(__SSE2__) && defined(__GNUC__) && !defined(__clang__)
  using Element = decltype(Native{}[0] + 0);
  constexpr bool is_float = sizeof(Element) == 4;
  if constexpr (is_float && sizeof(Native) == 16) return __builtin_ia32_minps(a, b);
  if constexpr (!is_float && sizeof(Native) == 16) return __builtin_ia32_minpd(a, b);
#if defined(__AVX__)
  if constexpr (is_float && sizeof(Native) == 32) return __builtin_ia32_minps256(a, b);
  if constexpr (!is_float && sizeof(Native) == 32) return __builtin_ia32_minpd256(a, b);
#endif
#if defined(__AVX512F__)
  constexpr int current_rounding = 4;
  if constexpr (is_float && sizeof(Native) == 64) return __builtin_ia32_minps512_mask(a, b, a, -1, current_rounding);
  if constexpr (!is_float && sizeof(Native) == 64) return __builtin_ia32_minpd512_mask(a, b, a, -1, current_rounding);
#endif
#endif
  return a < b ? a : b;
}

template <class Native>
CTNN_INLINE Native max_native(Native a, Native b) {
#if defined(__SSE2__) && defined(__GNUC__) && !defined(__clang__)
  using Element = decltype(Native{}[0] + 0);
  constexpr bool is_float = sizeof(Element) == 4;
  if constexpr (is_float && sizeof(Native) == 16) return __builtin_ia32_maxps(a, b);
  if constexpr (!is_float && sizeof(Native) == 16) return __builtin_ia32_maxpd(a, b);
#if defined(__AVX__)
  if constexpr (is_float && sizeof(Native) == 32) return __builtin_ia32_maxps256(a, b);
  if constexpr (!is_float && sizeof(Native) == 32) return __builtin_ia32_maxpd256(a, b);
#endif
#if defined(__AVX512F__)
  constexpr int current_rounding = 4;
  if constexpr (is_float && sizeof(Native) == 64) return __builtin_ia32_maxps512_mask(a, b, a, -1, current_rounding);
  if constexpr (!is_float && sizeof(Native) == 64) return __builtin_ia32_maxpd512_mask(a, b, a, -1, current_rounding);
#endif
#endif
  return a > b ? a : b;
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels::detail
