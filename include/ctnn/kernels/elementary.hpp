// Elementary functions over a Lane: branch-free, so that a vector costs what a scalar costs, and constexpr
// for scalars, so that a network can be evaluated by the compiler.
//
// Accuracy is stated at each function in units in the last place (ulp) and tested over all exponents.
// tests/reference/fit_elementary.py prints the polynomials.
#pragma once

#include "arithmetic.hpp"
#include "lookup.hpp"
#include "tables.hpp"

namespace ctnn::inline CTNN_VARIANT::math {

namespace detail {

/// shifted − shift, a multiple of the unit that shift's last bit stands for; `integer` says how many. Where additions may be
/// reordered that would be folded away, so it is converted from the integer there, which costs more for doubles.
template <class Lane, class Bits>
CTNN_INLINE constexpr Lane whole_part(Lane shifted, ScalarOf<Lane> shift, [[maybe_unused]] Bits integer) {
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__)
  static_cast<void>(shifted);
  using Scalar = ScalarOf<Lane>;
  const Lane unit(shift / (Scalar(1.5) * Scalar(std::int64_t{1} << (sizeof(Scalar) == 4 ? 23 : 52))));
  if constexpr (LaneTraits<Lane>::width == 1) {
    return static_cast<Lane>(integer) * unit;
  } else {
    return Lane::of(__builtin_convertvector(integer.native, typename Lane::native_type)) * unit;
  }
#else
  return shifted - Lane(shift);
#endif
}

/// The polynomials and bounds, one set a scalar type; lowest degree first.
template <class Scalar>
struct Coefficients;
template <>
struct Coefficients<float> {
  // exp underflows to zero below, and overflows above.
  static constexpr float exp_low = -104.0f, exp_high = 89.0f;
  static constexpr float exp_largest = 88.72283f;  // the last that is finite
  // ln 2 in two parts, the first with trailing zeros, so that n·ln2_high is exact.
  static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440e-4f;
  static constexpr float exp[] = {0.5f, 0.16666577f, 0.0416665547f, 0.00836317307f, 0.00139261761f};
  static constexpr float log[] = {0.66666685f, 0.399887806f, 0.295799494f};
  static constexpr float log1p[] = {0.333333337f, 0.199998532f, 0.14296179f, 0.108532879f, 0.116121646f};
  static constexpr float normal_tail[] = {0.139618643f, 0.139914804f,  0.119417036f, 0.107262773f, -0.0274828896f,
                                          0.165801802f, -0.261712669f, 0.146950922f, -0.029770439f};
};
template <>
struct Coefficients<double> {
  static constexpr double exp_low = -746.0, exp_high = 710.0;
  static constexpr double exp_largest = 709.782712893384;
  static constexpr double ln2_high = 0x1.62e42fefa3800p-1, ln2_low = 0x1.ef35793c76730p-45;
  static constexpr double exp[] = {0.5,
                                   0.16666666666666671,
                                   0.04166666666666667,
                                   0.0083333333333261409,
                                   0.0013888888888883752,
                                   0.00019841269874800492,
                                   2.4801587325533364e-5,
                                   2.7557255425746434e-6,
                                   2.7557273661348636e-7,
                                   2.5105206373957011e-8,
                                   2.0914679376583935e-9};
  static constexpr double tanh[] = {-0.33333333333333333,    0.13333333333333312,   -0.053968253968220375,  0.021869488534073908,
                                    -0.0088632354631468001,  0.0035921267699626347, -0.0014558190971513512, 0.0005899052969492733,
                                    -0.00023847272480152521, 9.455133052924858e-5,  -3.3720801120463164e-5, 7.8742743453444191e-6};
  static constexpr double log[] = {0.66666666666666697, 0.39999999999899504, 0.28571428625975485, 0.2222221113479508,
                                   0.18182889125261722, 0.15331721600556041, 0.14616449685043406};
  static constexpr double log1p[] = {0.33333333333333333,  0.19999999999999761,  0.1428571428580005,   0.11111111099118385,
                                     0.090909099489813572, 0.076922719824302746, 0.066675893157246279, 0.058671395306515987,
                                     0.054225891974400074, 0.037460718977753837, 0.078152889004614252};
  static constexpr double normal_tail[] = {
      0.13962979815553921,    0.13962979681159688,   0.12252520137621026,   0.088314540806258763, 0.043309582936740613,
      -0.0002489588808409012, -0.024117733716629286, -0.043275877048840566, 0.08908210000545588,  -0.3875328542026343,
      1.4759842141272953,     -4.1237701045385701,   9.3722205898692899,    -17.146993977868698,  24.534651477616584,
      -27.119702659338944,    23.054706786233092,    -14.968055768920491,   7.3052241853343896,   -2.5992938154310319,
      0.6372337461317575,     -0.096274657442248407, 0.0067543879847186529};
};

template <class Lane, class Scalar, std::size_t Count>
CTNN_INLINE constexpr Lane polynomial(Lane x, const Scalar (&coefficients)[Count]) {
  Lane result = coefficients[Count - 1];
  CTNN_UNROLL
  for (std::size_t i = Count - 1; i > 0; --i) result = mul_add(result, x, coefficients[i - 1]);
  return result;
}

}  // namespace detail

/// eˣ within 2 ulp; 0 and ∞ where it under- or overflows, subnormals between, NaN for NaN.
template <class Lane>
CTNN_INLINE constexpr Lane exp(Lane x) {
  using Scalar = ScalarOf<Lane>;
  using C = detail::Coefficients<Scalar>;
  using Ieee = detail::Ieee<Scalar>;
  using Bits = typename LaneTraits<Lane>::bits;
  // Cody and Waite: x = n·ln 2 + r with |r| ≤ ln 2 / 2. Adding 1.5·2^mantissa leaves n in the low bits.
  constexpr Scalar shift = Scalar(1.5) * Scalar(std::int64_t{1} << Ieee::mantissa_bits);
  constexpr Scalar log2_e = Scalar(1.442695040888963407359924681);
  if constexpr (LaneTraits<Lane>::width == 1) {
    // A constant expression may not overflow, even on purpose.
    if (std::is_constant_evaluated() && x > C::exp_largest) return detail::Ieee<Scalar>::overflow_value();
  }
  x = (max)(Lane(C::exp_low), (min)(Lane(C::exp_high), x));
  const Lane shifted = mul_add(x, log2_e, shift);
  const Bits exponent = detail::bits_of(shifted) - detail::bits_of(Lane(shift));
  const Lane n = detail::whole_part(shifted, shift, exponent);
  const Lane r = mul_add(n, -C::ln2_low, mul_add(n, -C::ln2_high, x));
  const Lane power = mul_add(detail::polynomial(r, C::exp) * r, r, r) + Lane(1);
  // 2ⁿ in two factors, each a normal number, so that the product alone may be subnormal or infinite.
  const Bits half = exponent >> 1;
  const Bits bias(Ieee::bias);
  return power * detail::from_bits<Lane>((half + bias) << Ieee::mantissa_bits) *
         detail::from_bits<Lane>((exponent - half + bias) << Ieee::mantissa_bits);
}

/// eˣ − 1 within 4 ulp, also where eˣ is nearly 1.
template <class Lane>
CTNN_INLINE constexpr Lane expm1(Lane x) {
  using C = detail::Coefficients<ScalarOf<Lane>>;
  const Lane near_zero = mul_add(detail::polynomial(x, C::exp) * x, x, x);
  return select((abs)(x) < Lane(ScalarOf<Lane>(0.34)), near_zero, exp(x) - Lane(1));
}

namespace detail {

/// Within 2.2 ulp, by tanh(c + t) = T + S·t / (t·coth t + T·t) with T = tanh c and S = 1 − T² of the multiple c of 1/4 that is
/// nearest, and t·coth t = 1 + t²/3 − t⁴/45 + …
template <class Lane>
CTNN_INLINE Lane tanh_by_lookup(Lane x) {
  using Bits = typename LaneTraits<Lane>::bits;
  // Adding it rounds to a multiple of 1/4, which then stands in the low bits. What follows depends on how long each element
  // takes from here to the end: so the largest c is kept by integers, and t grows beyond it, up to where the result is 1.
  constexpr float shift = 1.5f * (1 << 21), limit = 10.0f;
  const Lane magnitude = (min)(Lane(limit), (abs)(x));
  const Bits index = min_of_integers(bits_of(Lane(shift + (kernels::lookup_size - 1) / 4.0f)), bits_of(magnitude + Lane(shift)));
  const Lane t = magnitude - whole_part(from_bits<Lane>(index), shift, index - bits_of(Lane(shift)));
  const Lane value = lookup(tanh_values, index), slope = lookup(tanh_slopes, index);
  const Lane square = t * t;
  const Lane denominator = mul_add(mul_add(square, -0.0221891986f, 0.333333269f), square, mul_add(value, t, 1.0f));
  const Lane result = value + slope * t / denominator;
  return from_bits<Lane>(bits_of(result) | (bits_of(x) & Bits(Ieee<float>::sign)));
}

/// Within 5 ulp, x·N(x²)/D(x²) up to where ±1 is as near, 4.5 ulp away; the coefficients were rounded together so that no value is
/// off by more, nor beyond 1. The choice is made beside the evaluation, which may overflow where it is not taken. D is short and
/// comes first: the division then runs beside the evaluation of N.
template <class Lane>
CTNN_INLINE constexpr Lane tanh_by_quotient(Lane x) {
  using Scalar = ScalarOf<Lane>;
  constexpr Scalar limit = 0x1.f7ea54p+2f;
  if constexpr (LaneTraits<Lane>::width == 1) {
    if (x > limit || x < -limit) return copysign(Lane(1), x);
  }
  const Lane t = x * x;
  const Lane t2 = t * t;
  const Lane denominator =
      mul_add(mul_add(t, Scalar(0x1.f486fcp-13f), Scalar(0x1.8a5d9p-6f)), t2, mul_add(t, Scalar(0x1.da56ap-2f), Scalar(1)));
  const Lane quotient = x / denominator;
  const Lane upper = mul_add(mul_add(t, Scalar(0x1.ae20fep-36f), Scalar(-0x1.0235bap-26f)), t2,
                             mul_add(t, Scalar(0x1.4ed0a8p-17f), Scalar(0x1.88ba7ep-9f)));
  const Lane numerator = mul_add(upper, t2, mul_add(t, Scalar(0x1.0a02a4p-3f), Scalar(1)));
  return select(t > Lane(limit * limit), copysign(Lane(1), x), numerator * quotient);
}

}  // namespace detail

/// tanh x within 2 ulp in double, and in float within 2.2 ulp in lanes that can look up numbers, else 5 (5.2 where the target has
/// no fused multiply-add); exactly ±1 far out, x itself for tiny x, NaN for NaN; odd to the bit.
template <class Lane>
CTNN_INLINE constexpr Lane tanh(Lane x) {
  using Scalar = ScalarOf<Lane>;
  if constexpr (kernels::has_lookup<Lane>) {
    return detail::tanh_by_lookup(x);
  } else if constexpr (sizeof(Scalar) == sizeof(float)) {
    return detail::tanh_by_quotient(x);
  } else {
    const Lane magnitude = (abs)(x);
    const Lane t = x * x;
    const Lane near_zero = mul_add(x * t, detail::polynomial(t, detail::Coefficients<Scalar>::tanh), x);
    const Lane large = Lane(1) - Lane(2) / (exp(magnitude + magnitude) + Lane(1));
    return copysign(select(magnitude < Lane(Scalar(0.55)), near_zero, large), x);
  }
}

/// The logistic function 1 / (1 + e⁻ˣ), within 2.5 ulp, subnormals included; 0 and 1 far out, NaN for NaN.
template <class Lane>
CTNN_INLINE constexpr Lane sigmoid(Lane x) {
  // By a power of e that does not overflow, so that even subnormal results are right. Beyond 80, 1 is the nearest number.
  const Lane power = exp((min)(Lane(ScalarOf<Lane>(80)), x));
  return power / (power + Lane(1));
}

namespace detail {

/// ln(x·2ⁿ) of a positive normal number.
template <class Lane>
CTNN_INLINE constexpr Lane log_normal(Lane x, Lane n) {
  using Scalar = ScalarOf<Lane>;
  using C = Coefficients<Scalar>;
  using Bits = typename LaneTraits<Lane>::bits;
  constexpr int mantissa_bits = Ieee<Scalar>::mantissa_bits;
  constexpr Scalar shift = Scalar(1.5) * Scalar(std::int64_t{1} << mantissa_bits);
  // x = 2^k·m: counted from the least m, the exponent's bits are k.
  constexpr Scalar half_root = Scalar(0.707106781186547524400844362);
  const Bits begin = kernels::has_lookup<Lane> ? Bits(log_begin) : bits_of(Lane(half_root));
  const Bits offset = bits_of(x) - begin, k = offset >> mantissa_bits;
  const Lane m = from_bits<Lane>(bits_of(x) - (k << mantissa_bits));
  n += whole_part(from_bits<Lane>(bits_of(Lane(shift)) + k), shift, k);
  if constexpr (kernels::has_lookup<Lane>) {
    // m = c·(1 + r), with c = 1 around 1.
    const Bits index = offset >> 18;
    const Lane r = fused_mul_add(m, lookup(log_reciprocals, index), Lane(-1));
    const Lane rest = mul_add(r * r, mul_add(mul_add(r, -0.250035286f, 0.333375676f), r, -0.5f), r);
    return mul_add(n, 0.693147181f, lookup(log_values, index)) + rest;
  } else {
    // ln(1 + f) = 2·atanh s with s = f / (2 + f), which is f − f²/2 + s·(f²/2 + s²·P(s²)): so is FreeBSD's log.
    const Lane f = m - Lane(1);
    const Lane s = f / (f + Lane(2));
    const Lane t = s * s;
    const Lane half_square = f * f * Lane(Scalar(0.5));
    const Lane rest = mul_add(s, mul_add(t, polynomial(t, C::log), half_square), n * Lane(C::ln2_low));
    return mul_add(n, C::ln2_high, f - (half_square - rest));
  }
}

}  // namespace detail

/// ln x within 1 ulp (2 in lanes that can look up numbers), subnormals included; −∞ for either zero, ∞ for ∞, NaN for a negative
/// number or NaN.
template <class Lane>
CTNN_INLINE constexpr Lane log(Lane x) {
  using Scalar = ScalarOf<Lane>;
  using Ieee = detail::Ieee<Scalar>;
  using Bits = typename LaneTraits<Lane>::bits;
  using Limits = std::numeric_limits<Scalar>;
  // Whatever is not positive is put right at the end. Subnormals are brought into the range of normal numbers.
  const auto positive = x > Lane(0);
  const auto subnormal = x < Lane((Limits::min)());
  const Lane usable = select(positive, x, Lane(1));
  const Lane normal = usable * select(subnormal, Lane(Scalar(std::int64_t{1} << Ieee::mantissa_bits)), Lane(1));
  const Lane result = detail::log_normal(normal, select(subnormal, Lane(-Scalar(Ieee::mantissa_bits)), Lane(0)));
  const Lane special = select(x >= Lane(0), Lane(-Ieee::overflow_value()), detail::from_bits<Lane>(Bits(Ieee::nan)));
  return select(positive, select(x <= Lane((Limits::max)()), result, x), special);
}

/// ln(1 + x) for 0 ≤ x ≤ 1, within 3 ulp, as 2·atanh(x / (2 + x)).
template <class Lane>
CTNN_INLINE constexpr Lane log1p_unit(Lane x) {
  using Scalar = ScalarOf<Lane>;
  const Lane s = x / (x + Lane(2));
  const Lane t = s * s;
  const Lane half = mul_add(s * t, detail::polynomial(t, detail::Coefficients<Scalar>::log1p), s);
  return half + half;
}

/// The standard normal's density and distribution function at one point.
template <class Lane>
struct Normal {
  Lane density;       ///< φ(x) = e^(−x²/2) / √(2π)
  Lane distribution;  ///< Φ(x); its relative error grows with x² below zero, as φ's does
};

template <class Lane>
CTNN_INLINE constexpr Normal<Lane> normal(Lane x) {
  using Scalar = ScalarOf<Lane>;
  const Lane bell = exp(x * x * Lane(Scalar(-0.5)));
  const Lane s = Lane(1) / mul_add((abs)(x), Scalar(0.35), Scalar(1));
  const Lane tail = bell * s * detail::polynomial(s, detail::Coefficients<Scalar>::normal_tail);
  return {bell * Lane(Scalar(0.39894228040143267794)), select(x > Lane(0), Lane(1) - tail, tail)};
}

}  // namespace ctnn::inline CTNN_VARIANT::math
