#include <ctnn/kernels/square_root.hpp>
#include <limits>

#include "../checks.hpp"

using namespace ctnn;

static_assert(math::sqrt(0.0) == 0 && math::sqrt(4.0) == 2 && math::sqrt(0.25f) == 0.5f);
static_assert(math::sqrt(2.0) > 1.414213562373094 && math::sqrt(2.0) < 1.414213562373096);
static_assert(math::sqrt(1e-300) > 0.999999999999999e-150 && math::sqrt(1e300) < 1.000000000000001e150);
static_assert(math::sqrt(std::numeric_limits<double>::max()) < 1.35e154);

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
