// What optimizers and schedules compute once a step, in double: constexpr, and the same on every platform.
#pragma once

#include <cstdint>

#include "../kernels/elementary.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// xⁿ for x ≥ 0 by squaring, 0 where it is below 1e-30: βᵗ takes a few rounds, however long the training.
constexpr double power(double x, std::uint64_t n) {
  constexpr auto one = std::bit_cast<std::uint64_t>(1.0);
  double result = 1;
  for (; n > 0; n >>= 1) {
    if (x < 1e-30) return 0;
    // x or 1, without a branch: the bits of n are too irregular to be foretold.
    result *= std::bit_cast<double>(one ^ ((one ^ std::bit_cast<std::uint64_t>(x)) & (std::uint64_t{0} - (n & 1))));
    // The last square is not needed, and may overflow.
    if (n > 1) x *= x;
  }
  return result;
}

/// ln x of a positive normal number within 3 ulp, as 2·atanh((m − 1) / (m + 1)) + e·ln 2 for x = m·2ᵉ, √½ ≤ m < √2.
constexpr double logarithm(double x) {
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
  auto exponent = static_cast<int>(bits >> 52) - 1023;
  double m = std::bit_cast<double>((bits & 0xfffffffffffff) | (std::uint64_t{1023} << 52));
  if (m > 1.4142135623730951) m *= 0.5, ++exponent;
  const double s = (m - 1) / (m + 1), t = s * s;
  const double half = math::mul_add(s * t, math::detail::polynomial(t, math::detail::Coefficients<double>::log1p), s);
  using C = math::detail::Coefficients<double>;
  return exponent * C::ln2_high + (half + half + exponent * C::ln2_low);
}

/// xᵖ for x ≥ 0 (zero or a normal number), within 1e-12 where it is a normal number; 0⁰ = 1.
constexpr double power(double x, double p) {
  if (p == 0) return 1;
  if (x == 0) return 0;
  return p == 1 ? x : math::exp(p * logarithm(x));
}

/// step / length, rounded down for a staircase.
constexpr double periods(std::uint64_t step, std::uint64_t length, bool staircase) {
  const std::uint64_t whole = step / length;
  return staircase ? static_cast<double>(whole) : static_cast<double>(step) / static_cast<double>(length);
}

/// cos πx for 0 ≤ x ≤ 1, within 2⁻⁵¹: its Taylor polynomial on the first half, mirrored on the second.
constexpr double cosine_of_pi_times(double x) {
  const bool second = x > 0.5;
  const double angle = 3.14159265358979323846 * (second ? 1 - x : x), t = -angle * angle;
  double sum = 1, term = 1;
  for (int k = 2; k <= 22; k += 2) sum += term *= t / (k * (k - 1));
  return second ? -sum : sum;
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
