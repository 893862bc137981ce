#include <ctnn/kernels/square_root.hpp>
#include <limits>

#include "../checks.hpp"

using namespace ctnn;

static_assert(math::sqrt(0.0) == 0 && math::sqrt(4.0) == 2 && math::sqrt(0.25f) == 0.5f);
static_assert(math::sqrt(2.0) == 1.4142135623730951 && math::sqrt(2.0f) == 1.41421354f);
static_assert(math::sqrt(1e-300) == 1e-150 && math::sqrt(1e300) == 1e150);

TEST_CASE_TEMPLATE("the root is the nearest number, in every lane", Lane, float, double, kernels::NativeLane<float>,
                   kernels::NativeLane<double>) {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>, count = 4096;
  const auto x = checks::numbers<Scalar>(count, 3, 0, 1);
  for (const Scalar factor : {Scalar(0), Scalar(1e-37), Scalar(1), Scalar(1e37), std::numeric_limits<Scalar>::infinity()}) {
    for (std::size_t i = 0; i < count; i += width) {
      Scalar in[width], out[width];
      for (std::size_t k = 0; k < width; ++k) in[k] = x[i + k] * factor;
      if constexpr (width == 1) {
        out[0] = math::sqrt(in[0]);
      } else {
        math::sqrt(Lane::load(in)).store(out);
      }
      for (std::size_t k = 0; k < width; ++k) REQUIRE(out[k] == std::sqrt(in[k]));
    }
  }
  if constexpr (width == 1) {
    CHECK(std::isnan(math::sqrt(Lane(-1))));
  } else {
    CHECK(std::isnan(math::sqrt(Lane(-1))[width - 1]));
  }
}

TEST_CASE_TEMPLATE("by digits it is the same number, whatever its size and sign", Scalar, float, double) {
  using Limits = std::numeric_limits<Scalar>;
  const auto check = [](Scalar x) {
    CAPTURE(x);
    const Scalar root = kernels::detail::square_root_by_digits(x), wanted = std::sqrt(x);
    REQUIRE((std::isnan(wanted) ? std::isnan(root) : root == wanted && std::signbit(root) == std::signbit(wanted)));
  };
  for (const Scalar x : {Scalar(0), Scalar(-0.0), Scalar(1), Scalar(-1), Limits::denorm_min(), Limits::min(), Limits::max(),
                         Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(), -Limits::denorm_min()}) {
    check(x);
  }
  for (int exponent = Limits::min_exponent - Limits::digits; exponent < Limits::max_exponent; exponent += 3) {
    for (const Scalar x : checks::numbers<Scalar>(64, static_cast<std::uint64_t>(exponent + 5000), 0.5, 1)) {
      check(std::ldexp(x, exponent));
      // Near a square, where rounding is decided by the last digit.
      const Scalar square = x * x;
      check(std::nextafter(square, Scalar(0)));
      check(std::nextafter(square, Scalar(1)));
    }
  }
}
