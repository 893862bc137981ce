// The reciprocal square root over a Lane, without the target's own root: so it is constexpr, calls no library and costs no
// division.
#pragma once

#include "arithmetic.hpp"

namespace ctnn::inline CTNN_VARIANT::math {

/// 1/√x within 1 ulp in float and in double (2 where the target has no fused multiply-add) for every positive normal number;
/// 0 for ∞, NaN for NaN. For zero, subnormal and negative numbers it is any number.
///
/// Halving the exponent by an integer shift (Lomont 2003) is right to 0.2 %, and each step of Newton's squares that.
template <class Lane>
CTNN_INLINE constexpr Lane rsqrt(Lane x) {
  using Scalar = ScalarOf<Lane>;
  using Bits = typename LaneTraits<Lane>::bits;
  constexpr bool is_float = sizeof(Scalar) == sizeof(float);
  constexpr auto magic = [] {
    if constexpr (is_float) {
      return std::int32_t{0x5f375a86};
    } else {
      return std::int64_t{0x5fe6eb50c7b537a9};
    }
  }();
  // Without the sign, which a shift would copy, and so take a negative number's difference out of range.
  Lane y = detail::from_bits<Lane>(Bits(magic) - ((detail::bits_of(x) >> 1) & Bits(~detail::Ieee<Scalar>::sign)));
  CTNN_UNROLL
  for (int step = 0; step < (is_float ? 3 : 4); ++step) {
    // By what is left to 1, so that the last step rounds nothing but a small correction.
    const Lane rest = mul_add(-(x * y), y, Lane(1));
    y = mul_add(y * Lane(Scalar(0.5)), rest, y);
  }
  return select(x > Lane((std::numeric_limits<Scalar>::max)()), Lane(0), y);
}

}  // namespace ctnn::inline CTNN_VARIANT::math
