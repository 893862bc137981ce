#include <ctnn/kernels/reciprocal_root.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

/// The largest error in units in the last place of the result, over all exponents.
template <class Scalar>
double worst_ulp() {
  using Lane = kernels::NativeLane<Scalar>;
  const auto mantissas = checks::numbers<double>(400, 5, 1, 2);
  double worst = 0;
  for (int exponent = std::numeric_limits<Scalar>::min_exponent - 1; exponent < std::numeric_limits<Scalar>::max_exponent;
       ++exponent) {
    for (const double mantissa : mantissas) {
      const Scalar x = std::ldexp(static_cast<Scalar>(std::min(mantissa, 1.9999999)), exponent);
      const long double exact = 1 / std::sqrt(static_cast<long double>(x));
      const auto rounded = static_cast<Scalar>(exact);
      const long double ulp = std::nextafter(rounded, std::numeric_limits<Scalar>::max()) - rounded;
      for (const Scalar result : {math::rsqrt(x), math::rsqrt(Lane(x))[0]}) {
        worst = std::max(worst, static_cast<double>(std::abs(static_cast<long double>(result) - exact) / ulp));
      }
    }
  }
  return worst;
}

}  // namespace

TEST_CASE_TEMPLATE("rsqrt over all exponents", Scalar, float, double) {
  const double worst = worst_ulp<Scalar>();
  CAPTURE(worst);
#ifdef __FMA__
  CHECK(worst < 1);
#else
  CHECK(worst < 2);
#endif
}

TEST_CASE("rsqrt of infinity and NaN") {
  CHECK(math::rsqrt(std::numeric_limits<float>::infinity()) == 0);
  CHECK(math::rsqrt(std::numeric_limits<double>::infinity()) == 0);
  CHECK(std::isnan(math::rsqrt(std::nanf(""))));
  CHECK(std::isnan(math::rsqrt(kernels::NativeLane<double>(std::nan("")))[0]));
}

static_assert(math::rsqrt(4.0f) == 0.5f && math::rsqrt(0.0625) == 4.0);

TEST_CASE_TEMPLATE("rsqrt of a negative number overflows nothing", Scalar, float, double) {
  // The sanitizers look at it: a variance that was read from a file may be negative.
  for (const double x : {-0.0, -0.001, -0.002, -0.2, -0.234, -1e30}) {
    const auto value = static_cast<Scalar>(x);
    CHECK(!(math::rsqrt(value) == Scalar(2)));
    CHECK(!(math::rsqrt(kernels::NativeLane<Scalar>(value))[0] == Scalar(2)));
  }
  // Constant evaluation refuses what overflows.
  constexpr Scalar root = math::rsqrt(Scalar(-0.002));
  CHECK(root != Scalar(2));
}
