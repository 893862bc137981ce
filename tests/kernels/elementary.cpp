#include <ctnn/kernels/elementary.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

/// The bounds of tanh and log in float.
template <class Lane>
constexpr double tanh_ulp = kernels::has_lookup<Lane> ? 2.2
#if defined(__FMA__) || defined(__aarch64__)
                                                      : 5;
#else
                                                      : 5.2;
#endif
template <class Lane>
constexpr double log_ulp = kernels::has_lookup<Lane> ? 2 : 1;

/// The largest error of a function over a range, in units in the last place of the exact result; infinite if a limit
/// or NaN is missed. The range is stepped through in representable numbers, so small exponents count like large ones.
template <class Lane, class Function, class Exact>
double largest_ulp(ScalarOf<Lane> low, ScalarOf<Lane> high, std::size_t count, const Function& function, const Exact& exact) {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>;
  using Bits = std::conditional_t<sizeof(Scalar) == 4, std::int32_t, std::int64_t>;
  const auto first = static_cast<double>(std::bit_cast<Bits>(low)), last = static_cast<double>(std::bit_cast<Bits>(high));
  double worst = 0;
  for (std::size_t k = 0; k < count; k += width) {
    Scalar in[width], out[width];
    for (std::size_t j = 0; j < width; ++j) {
      in[j] = std::bit_cast<Scalar>(
          static_cast<Bits>(first + (last - first) * static_cast<double>(k + j) / static_cast<double>(count + width)));
    }
    if constexpr (width == 1) {
      out[0] = function(in[0]);
    } else {
      function(Lane::load(in)).store(out);
    }
    for (std::size_t j = 0; j < width; ++j) {
      const long double result = exact(static_cast<long double>(in[j]));
      const auto nearest = static_cast<Scalar>(result);
      if (std::isinf(nearest) || std::isinf(out[j])) {
        if (nearest != out[j]) return HUGE_VAL;
        continue;
      }
      // Towards zero: the smaller of the two gaps at a power of two.
      const Scalar gap = nearest == 0 ? std::numeric_limits<Scalar>::denorm_min()
                                      : std::abs(nearest) - std::nextafter(std::abs(nearest), Scalar(0));
      worst =
          std::max(worst, static_cast<double>(std::abs(static_cast<long double>(out[j]) - result) / static_cast<long double>(gap)));
    }
  }
  return worst;
}

template <class Lane>
void check_functions() {
  using Scalar = ScalarOf<Lane>;
  constexpr bool is_float = sizeof(Scalar) == 4;
  const std::size_t count = is_float ? 2000000 : 200000;
  const auto tanh = [](auto x) { return math::tanh(x); };
  const auto exact_tanh = [](long double x) { return std::tanh(x); };
  CHECK(largest_ulp<Lane>(Scalar(1e-30), Scalar(12), count, tanh, exact_tanh) < (is_float ? tanh_ulp<Lane> : 2));
  CHECK(largest_ulp<Lane>(Scalar(0.1), Scalar(9.5), count, tanh, exact_tanh) < (is_float ? tanh_ulp<Lane> : 2));
  CHECK(largest_ulp<Lane>(Scalar(-1e-30), Scalar(-12), count, tanh, exact_tanh) < (is_float ? tanh_ulp<Lane> : 2));

  const auto exp = [](auto x) { return math::exp(x); };
  const auto exact_exp = [](long double x) { return std::exp(x); };
  const Scalar far = is_float ? Scalar(95) : Scalar(720);
  CHECK(largest_ulp<Lane>(Scalar(1e-10), far, count, exp, exact_exp) < (is_float ? 1.2 : 2));
  CHECK(largest_ulp<Lane>(Scalar(-1e-10), -Scalar(1.1) * far, count, exp, exact_exp) < (is_float ? 1.2 : 2));

  const auto expm1 = [](auto x) { return math::expm1(x); };
  const auto exact_expm1 = [](long double x) { return std::expm1(x); };
  CHECK(largest_ulp<Lane>(Scalar(1e-30), Scalar(80), count, expm1, exact_expm1) < 4);
  CHECK(largest_ulp<Lane>(Scalar(-1e-30), Scalar(-80), count, expm1, exact_expm1) < 4);

  const auto sigmoid = [](auto x) { return math::sigmoid(x); };
  const auto exact_sigmoid = [](long double x) { return 1 / (1 + std::exp(-x)); };
  CHECK(largest_ulp<Lane>(Scalar(1e-10), Scalar(80), count, sigmoid, exact_sigmoid) < 2.5);
  CHECK(largest_ulp<Lane>(Scalar(-1e-10), Scalar(-80), count, sigmoid, exact_sigmoid) < 2.5);

  CHECK(largest_ulp<Lane>(
            Scalar(1e-20), Scalar(1), count, [](auto x) { return math::log1p_unit(x); },
            [](long double x) { return std::log1p(x); }) < 3);

  // Over all exponents, subnormals and both sides of 1.
  const auto log = [](auto x) { return math::log(x); };
  const auto exact_log = [](long double x) { return std::log(x); };
  using Limits = std::numeric_limits<Scalar>;
  CHECK(largest_ulp<Lane>(Limits::denorm_min(), Limits::max(), count, log, exact_log) < log_ulp<Lane>);
  CHECK(largest_ulp<Lane>(Scalar(0.5), Scalar(2), count, log, exact_log) < log_ulp<Lane>);
  CHECK(largest_ulp<Lane>(Scalar(1) - Scalar(1e-4), Scalar(1) + Scalar(1e-4), count, log, exact_log) < log_ulp<Lane>);

  double worst = 0;
  for (double x = -6; x < 6; x += 0.01) {
    const auto normal = math::normal(Lane(static_cast<Scalar>(x)));
    Scalar distribution[kernels::width_of<Lane>], density[kernels::width_of<Lane>];
    if constexpr (kernels::width_of<Lane> == 1) {
      distribution[0] = normal.distribution, density[0] = normal.density;
    } else {
      normal.distribution.store(distribution), normal.density.store(density);
    }
    const auto exact = static_cast<double>(static_cast<Scalar>(x));
    worst =
        std::max(worst, checks::relative_error(static_cast<double>(distribution[0]), 0.5 * std::erfc(-exact / std::sqrt(2.0)), 0));
    worst = std::max(
        worst, checks::relative_error(static_cast<double>(density[0]), std::exp(-exact * exact / 2) / std::sqrt(2 * M_PI), 0));
  }
  CHECK(worst < (is_float ? 4e-6 : 1e-13));
}

}  // namespace

TEST_CASE_TEMPLATE("elementary functions within their stated ulp", Lane, float, double, kernels::NativeLane<float>,
                   kernels::NativeLane<double>) {
  check_functions<Lane>();
}

TEST_CASE_TEMPLATE("elementary functions at limits, NaN, zeros and subnormals", Lane, float, double, kernels::NativeLane<float>,
                   kernels::NativeLane<double>) {
  using Scalar = ScalarOf<Lane>;
  const auto first = [](Lane value) {
    if constexpr (kernels::width_of<Lane> == 1) {
      return value;
    } else {
      return value[0];
    }
  };
  const Scalar infinity = std::numeric_limits<Scalar>::infinity(), nan = std::numeric_limits<Scalar>::quiet_NaN();
  const Scalar tiny = std::numeric_limits<Scalar>::denorm_min() * 100;
  CHECK(first(math::tanh(Lane(infinity))) == 1);
  CHECK(first(math::tanh(Lane(-infinity))) == -1);
  CHECK(first(math::tanh(Lane(Scalar(-20)))) == -1);
  CHECK(std::isnan(first(math::tanh(Lane(nan)))));
  CHECK(first(math::tanh(Lane(tiny))) == tiny);
  CHECK(std::signbit(first(math::tanh(Lane(Scalar(-0.0))))));
  CHECK(first(math::exp(Lane(infinity))) == infinity);
  CHECK(first(math::exp(Lane(-infinity))) == 0);
  CHECK(std::isnan(first(math::exp(Lane(nan)))));
  CHECK(first(math::exp(Lane(Scalar(-12)))) == doctest::Approx(6.14421235e-6).epsilon(1e-6).scale(0));
  CHECK(first(math::sigmoid(Lane(infinity))) == 1);
  CHECK(first(math::sigmoid(Lane(-infinity))) == 0);
  CHECK(std::isnan(first(math::sigmoid(Lane(nan)))));
  for (const Scalar zero : {Scalar(0), Scalar(-0.0)}) CHECK(first(math::log(Lane(zero))) == -infinity);
  CHECK(first(math::log(Lane(infinity))) == infinity);
  for (const Scalar undefined : {-tiny, Scalar(-1), -infinity, nan, -nan}) CHECK(std::isnan(first(math::log(Lane(undefined)))));
  CHECK(first(math::log(Lane(Scalar(1)))) == 0);
  CHECK(std::isnan(first(math::max(Lane(0), Lane(nan)))));
  CHECK(std::isnan(first(math::min(Lane(0), Lane(nan)))));
  CHECK(math::is_finite(Scalar(1)));
  CHECK(!math::is_finite(nan));
  CHECK(!math::is_finite(-infinity));
  CHECK(first(math::nan_unless(Lane(2) == Lane(2), Lane(Scalar(-0.5)))) == Scalar(-0.5));
  CHECK(std::isnan(first(math::nan_unless(Lane(2) == Lane(3), Lane(Scalar(-0.5))))));
}

TEST_CASE("tanh: within its ulp, never beyond 1 and odd to the bit, for every eleventh float up to saturation") {
  using Lane = kernels::NativeLane<float>;
  constexpr std::size_t width = kernels::width_of<Lane>;
  double worst = 0;
  float largest = 0;
  bool odd = true;
  for (std::uint32_t bits = 0x30000000; bits < 0x41200000; bits += static_cast<std::uint32_t>(11 * width)) {
    float in[width], out[width], mirrored[width];
    for (std::size_t j = 0; j < width; ++j) in[j] = std::bit_cast<float>(static_cast<std::uint32_t>(bits + 11 * j));
    if constexpr (width == 1) {
      out[0] = math::tanh(in[0]), mirrored[0] = math::tanh(-in[0]);
    } else {
      math::tanh(Lane::load(in)).store(out);
      math::tanh(-Lane::load(in)).store(mirrored);
    }
    for (std::size_t j = 0; j < width; ++j) {
      const double exact = std::tanh(static_cast<double>(in[j]));
      const auto nearest = static_cast<float>(exact);
      const double gap = static_cast<double>(nearest - std::nextafter(nearest, 0.0f));
      worst = std::max(worst, std::abs(static_cast<double>(out[j]) - exact) / gap);
      largest = std::max(largest, out[j]);
      odd = odd && mirrored[j] == -out[j];
    }
  }
  CHECK(worst < tanh_ulp<Lane>);
  CHECK(largest == 1);
  CHECK(odd);
}

// The compiler evaluates them, too.
static_assert(math::tanh(0.0f) == 0.0f && math::tanh(50.0f) == 1.0f && math::tanh(-50.0) == -1.0);
static_assert(math::exp(0.0f) == 1.0f && math::exp(1.0) > 2.71828182845904 && math::exp(1.0) < 2.71828182845905);
static_assert(math::log(1.0f) == 0.0f && math::log(8.0) > 2.0794415416798 && math::log(8.0) < 2.0794415416799);
static_assert(math::log(0.0f) == -std::numeric_limits<float>::infinity() && !(math::log(-1.0) < 0) && !(math::log(-1.0) >= 0));
static_assert(math::sigmoid(0.0) == 0.5 && math::abs(-3.0f) == 3.0f && math::copysign(2.0f, -0.0f) == -2.0f);
