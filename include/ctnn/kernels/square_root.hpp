// The square root over a Lane: one instruction where there is one, correctly rounded, and constexpr for scalars.
//
// Clang has it for every vector. GCC 12 has it for none but by the target's name, and for a scalar, unless it may forget
// about errno, it adds a call into the C library for negative numbers.
#pragma once

#include <bit>
#include <concepts>
#include <type_traits>

#include "arithmetic.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels::detail {

/// The root digit by digit, as FreeBSD computes it, rounded correctly: for constant expressions, and for processors that have no
/// instruction for it. What it does for zeros, infinity, NaN and negative numbers is what the instruction does.
template <std::floating_point Scalar>
constexpr Scalar square_root_by_digits(Scalar x) {
  using Ieee = math::detail::Ieee<Scalar>;
  using Bits = std::make_unsigned_t<typename Ieee::Bits>;
  constexpr Bits hidden = Bits{1} << Ieee::mantissa_bits;
  constexpr Bits infinite = static_cast<Bits>(2 * Ieee::bias + 1) << Ieee::mantissa_bits;
  // x = rest·2^exponent, and rest an even power of 2 away from the root's square.
  auto rest = std::bit_cast<Bits>(x);
  if (static_cast<Bits>(rest << 1) == 0 || rest == infinite) return x;
  // What is negative has the highest bit.
  if (rest > infinite) return math::detail::from_bits<Scalar>(Ieee::nan);
  auto exponent = static_cast<int>(rest >> Ieee::mantissa_bits);
  rest &= hidden - 1;
  if (exponent == 0) {
    for (exponent = 1; rest < hidden; rest <<= 1) --exponent;
  }
  rest |= hidden;
  exponent -= Ieee::bias;
  rest <<= 1 + (exponent & 1);
  Bits root = 0, twice = 0;
  for (Bits digit = hidden << 1; digit != 0; digit >>= 1, rest <<= 1) {
    if (twice + digit > rest) continue;
    rest -= twice + digit;
    twice += 2 * digit;
    root += digit;
  }
  // One digit more than there is room for, which rounds; what is left of the square tells that it is not half way.
  if (rest != 0) root += root & 1;
  const auto scale = static_cast<Bits>(Ieee::bias - 1 + (exponent >> 1)) << Ieee::mantissa_bits;
  return std::bit_cast<Scalar>(static_cast<Bits>((root >> 1) + scale));
}

#if defined(__arm__) && !defined(__ARM_NEON)
// A microcontroller, with the instruction or without; a built-in function would be one of the C library's, which tells errno.
template <class Native>
CTNN_INLINE Native sqrt_native(Native x) {
#if defined(__ARM_FP)
  constexpr bool is_float = std::is_same_v<Native, float>;
  if constexpr (is_float && (__ARM_FP & 4) != 0) {
    asm("vsqrt.f32 %0, %1" : "=t"(x) : "t"(x));
    return x;
  }
  if constexpr (!is_float && (__ARM_FP & 8) != 0) {
    asm("vsqrt.f64 %P0, %P1" : "=w"(x) : "w"(x));
    return x;
  }
#endif
  return square_root_by_digits(x);
}
#elif defined(__clang__)
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

/// √x, correctly rounded; NaN for negative x.
template <class Lane>
CTNN_INLINE constexpr Lane sqrt(Lane x) {
  if constexpr (LaneTraits<Lane>::width == 1) {
    if (std::is_constant_evaluated()) return kernels::detail::square_root_by_digits(x);
    return kernels::detail::sqrt_native(x);
  } else {
    return Lane::of(kernels::detail::sqrt_native(x.native));
  }
}

}  // namespace ctnn::inline CTNN_VARIANT::math
