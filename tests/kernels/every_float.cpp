// The elementary functions of lanes for every float there is where the environment has CTNN_EVERY_FLOAT, else for every 101st:
// errors in ulp, infinities, NaN, zeros and subnormals.
#include <cstdlib>
#include <ctnn/kernels/elementary.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

using Lane = kernels::NativeLane<float>;
constexpr std::size_t width = kernels::width_of<Lane>;

/// The largest error over all floats, in units in the last place, those of subnormal results in theirs; infinite where a NaN, an
/// infinity or the sign of a zero is missed. `exact` is the function in double.
template <class Function, class Exact>
double largest_ulp(const Function& function, const Exact& exact) {
  double worst = 0;
  const std::uint64_t step = std::getenv("CTNN_EVERY_FLOAT") ? 1 : 101;
  for (std::uint64_t bits = 0; bits < (std::uint64_t{1} << 32); bits += width * step) {
    float in[width], out[width];
    for (std::size_t j = 0; j < width; ++j) in[j] = std::bit_cast<float>(static_cast<std::uint32_t>(bits + j * step));
    if constexpr (width == 1) {
      out[0] = function(in[0]);
    } else {
      function(Lane::load(in)).store(out);
    }
    for (std::size_t j = 0; j < width; ++j) {
      const double result = exact(static_cast<double>(in[j]));
      const auto nearest = static_cast<float>(result);
      if (std::isnan(nearest) || std::isnan(out[j])) {
        if (std::isnan(nearest) != std::isnan(out[j])) return HUGE_VAL;
      } else if (nearest == 0 || std::isinf(nearest) || std::isinf(out[j])) {
        if (nearest != out[j] || std::signbit(nearest) != std::signbit(out[j])) return HUGE_VAL;
      } else {
        const float size = std::abs(nearest);
        const double gap = static_cast<double>(size) - static_cast<double>(std::nextafter(size, 0.0f));
        worst = std::max(worst, std::abs(static_cast<double>(out[j]) - result) / gap);
      }
    }
  }
  return worst;
}

}  // namespace

// Where a result is plain, the exact functions leave out what takes the time.

TEST_CASE("tanh") {
  const double worst = largest_ulp([](auto x) { return math::tanh(x); },
                                   [](double x) {
                                     return std::abs(x) < 0x1p-14 ? x : std::abs(x) > 20 ? std::copysign(1, x) : std::tanh(x);
                                   });
  MESSAGE(worst, " ulp");
#if defined(__FMA__) || defined(__aarch64__)
  CHECK(worst < (kernels::has_lookup<Lane> ? 2.2 : 5));
#else
  CHECK(worst < 5.2);
#endif
}

TEST_CASE("exp") {
  const double worst = largest_ulp([](auto x) { return math::exp(x); },
                                   [](double x) {
                                     return std::abs(x) < 0x1p-28 ? 1 : x > 90 ? HUGE_VAL : x < -105 ? 0 : std::exp(x);
                                   });
  MESSAGE(worst, " ulp");
  CHECK(worst < 1.2);
}

TEST_CASE("sigmoid") {
  const double worst = largest_ulp([](auto x) { return math::sigmoid(x); },
                                   [](double x) {
                                     return std::abs(x) < 0x1p-28 ? 0.5 : x > 40 ? 1 : x < -105 ? 0 : 1 / (1 + std::exp(-x));
                                   });
  MESSAGE(worst, " ulp");
  CHECK(worst < 2.5);
}

TEST_CASE("log") {
  const double worst =
      largest_ulp([](auto x) { return math::log(x); }, [](double x) { return x < 0 ? std::nan("") : std::log(x); });
  MESSAGE(worst, " ulp");
  CHECK(worst < (kernels::has_lookup<Lane> ? 2 : 1));
}
