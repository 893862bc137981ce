// What an elementary function is put together from, over a Lane: choices, fused multiply-adds, signs and other bits.
#pragma once

#include <limits>

#include "lane.hpp"
#include "min_max.hpp"

namespace ctnn::inline CTNN_VARIANT::math {

using kernels::LaneTraits;
using kernels::ScalarOf;

/// `condition ? a : b` in every element. `b` where the condition compared with NaN.
template <std::floating_point Scalar>
CTNN_INLINE constexpr Scalar select(bool condition, Scalar a, std::type_identity_t<Scalar> b) {
  return condition ? a : b;
}
template <class Element, std::size_t Width>
CTNN_INLINE kernels::Vector<Element, Width> select(typename LaneTraits<kernels::Vector<Element, Width>>::bits condition,
                                                   kernels::Vector<Element, Width> a,
                                                   std::type_identity_t<kernels::Vector<Element, Width>> b) {
  return kernels::Vector<Element, Width>::of(condition.native ? a.native : b.native);
}

/// a·b + c; one rounding where the target fuses.
template <class Lane>
CTNN_INLINE constexpr Lane mul_add(Lane a, std::type_identity_t<Lane> b, std::type_identity_t<Lane> c) {
  if constexpr (LaneTraits<Lane>::width == 1) {
    return a * b + c;
  } else {
    return Lane::of(a.native * b.native + c.native);
  }
}

/// The smaller of two; `b` where either is NaN.
template <class Lane>
CTNN_INLINE constexpr Lane(min)(Lane a, std::type_identity_t<Lane> b) {
  if constexpr (LaneTraits<Lane>::width == 1) {
    return a < b ? a : b;
  } else {
    return Lane::of(kernels::detail::min_native(a.native, b.native));
  }
}
/// The larger of two; `b` where either is NaN.
template <class Lane>
CTNN_INLINE constexpr Lane(max)(Lane a, std::type_identity_t<Lane> b) {
  if constexpr (LaneTraits<Lane>::width == 1) {
    return a > b ? a : b;
  } else {
    return Lane::of(kernels::detail::max_native(a.native, b.native));
  }
}

namespace detail {

template <class Lane, class Bits = typename LaneTraits<Lane>::bits>
CTNN_INLINE constexpr Bits bits_of(Lane value) {
  return std::bit_cast<Bits>(value);
}
template <class Lane, class Bits>
CTNN_INLINE constexpr Lane from_bits(Bits bits) {
  return std::bit_cast<Lane>(bits);
}

template <class Scalar>
struct Ieee;
template <>
struct Ieee<float> {
  using Bits = std::int32_t;
  static constexpr int mantissa_bits = 23;
  static constexpr Bits bias = 127;
  static constexpr Bits sign = INT32_MIN;
  // By its bits: Clang warns of the word under -ffast-math.
  static constexpr float overflow_value() { return std::bit_cast<float>(Bits{0x7f800000}); }
  static constexpr Bits nan = 0x7fc00000;
};
template <>
struct Ieee<double> {
  using Bits = std::int64_t;
  static constexpr int mantissa_bits = 52;
  static constexpr Bits bias = 1023;
  static constexpr Bits sign = INT64_MIN;
  static constexpr double overflow_value() { return std::bit_cast<double>(Bits{0x7ff0000000000000}); }
  static constexpr Bits nan = 0x7ff8000000000000;
};

}  // namespace detail

template <class Lane>
CTNN_INLINE constexpr Lane(abs)(Lane x) {
  using Ieee = detail::Ieee<ScalarOf<Lane>>;
  return detail::from_bits<Lane>(detail::bits_of(x) & typename LaneTraits<Lane>::bits(~Ieee::sign));
}

/// The magnitude of one number with the sign of another.
template <class Lane>
CTNN_INLINE constexpr Lane copysign(Lane magnitude, std::type_identity_t<Lane> sign) {
  using Ieee = detail::Ieee<ScalarOf<Lane>>;
  using Bits = typename LaneTraits<Lane>::bits;
  return detail::from_bits<Lane>((detail::bits_of(magnitude) & Bits(~Ieee::sign)) | (detail::bits_of(sign) & Bits(Ieee::sign)));
}

namespace detail {

/// A number's bits without its sign, which no compiler option makes it take for those of a finite number.
template <std::floating_point Scalar>
constexpr auto magnitude_bits(Scalar x) {
  auto bits = bits_of(x);
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
  // Clang recognises even the bits, unless it cannot see where they come from.
  if (!std::is_constant_evaluated()) asm("" : "+r"(bits));
#endif
  return bits & static_cast<typename Ieee<Scalar>::Bits>(~Ieee<Scalar>::sign);
}
template <std::floating_point Scalar>
inline constexpr auto infinite_bits =
    static_cast<typename Ieee<Scalar>::Bits>(2 * Ieee<Scalar>::bias + 1) << Ieee<Scalar>::mantissa_bits;

}  // namespace detail

/// Neither infinite nor NaN, also under -ffast-math.
template <std::floating_point Scalar>
constexpr bool is_finite(Scalar x) {
  return detail::magnitude_bits(x) < detail::infinite_bits<Scalar>;
}
/// NaN, also under -ffast-math.
template <std::floating_point Scalar>
constexpr bool is_nan(Scalar x) {
  return detail::magnitude_bits(x) > detail::infinite_bits<Scalar>;
}

/// The number itself, or NaN in every element where the condition does not hold. Put together from bits, so that no compiler
/// option can make it disappear.
template <std::floating_point Scalar>
CTNN_INLINE constexpr Scalar nan_unless(bool condition, Scalar value) {
  return detail::from_bits<Scalar>(condition ? detail::bits_of(value) : detail::Ieee<Scalar>::nan);
}
template <class Element, std::size_t Width>
CTNN_INLINE kernels::Vector<Element, Width> nan_unless(typename LaneTraits<kernels::Vector<Element, Width>>::bits condition,
                                                       kernels::Vector<Element, Width> value) {
  using Bits = typename LaneTraits<kernels::Vector<Element, Width>>::bits;
  const Bits kept = detail::bits_of(value) & condition;
  return detail::from_bits<kernels::Vector<Element, Width>>(
      kept | Bits::of(condition.native ? Bits(0).native : Bits(detail::Ieee<Element>::nan).native));
}

/// Whether a double stays positive and finite as a Scalar.
template <std::floating_point Scalar>
constexpr bool is_positive_as(double x) {
  return x >= static_cast<double>((std::numeric_limits<Scalar>::min)()) &&
         x <= static_cast<double>((std::numeric_limits<Scalar>::max)());
}

}  // namespace ctnn::inline CTNN_VARIANT::math
