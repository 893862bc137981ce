#include <ctnn/layers/dropout.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

/// A training pass of Dropout on ones: what is left of them, sample after sample.
template <class Layer, std::size_t Size, class Lane>
std::vector<double> kept(std::uint64_t key, std::size_t first) {
  constexpr std::size_t width = kernels::width_of<Lane>;
  std::vector<Lane> x(Size, Lane(1)), y(Size), record(Size), dx(Size), dy(Size, Lane(1));
  Layer::template forward_training<Shape<Size>>(static_cast<const Lane*>(x.data()), static_cast<const ScalarOf<Lane>*>(nullptr),
                                                y.data(), record.data(), SampleRandom<Lane>(key, first));
  const Tape<Layer, Lane> tape(x.data(), y.data(), record.data());
  Layer::template backward<Shape<Size>>(tape, static_cast<const ScalarOf<Lane>*>(nullptr), static_cast<const Lane*>(dy.data()),
                                        nullptr, dx.data());
  std::vector<double> result(width * Size);
  for (std::size_t s = 0; s < width; ++s) {
    for (std::size_t i = 0; i < Size; ++i) {
      const auto at = [&](const std::vector<Lane>& lanes) {
        return static_cast<double>(reinterpret_cast<const ScalarOf<Lane>*>(lanes.data() + i)[s]);
      };
      result[s * Size + i] = at(y);
      CHECK(at(dx) == at(y));
    }
  }
  return result;
}

}  // namespace

TEST_CASE("Dropout: the identity outside training") {
  const StaticModel<Sequential<Input<3>, Dropout<0.5>>> model;
  CHECK(model(std::array{1.0f, -2.0f, 3.0f}) == std::array{1.0f, -2.0f, 3.0f});
  static_assert(Layer<Dropout<0.5>>);
}

TEST_CASE("Dropout: the rate of zeros, and what is left is scaled") {
  const auto check = [&]<class Layer>(Layer, double rate) {
    double zeros = 0, sum = 0;
    std::size_t count = 0;
    for (std::uint64_t key = 1; key <= 100; ++key) {
      for (const double value : kept<Layer, 50, kernels::NativeLane<float>>(key * 0x9e3779b97f4a7c15u, 0)) {
        zeros += value == 0;
        sum += value;
        ++count;
        CHECK((value == 0 || value == doctest::Approx(1 / (1 - rate))));
      }
    }
    const double share = zeros / static_cast<double>(count);
    INFO("rate ", rate);
    CHECK(std::abs(share - rate) < 5 * std::sqrt(rate * (1 - rate) / static_cast<double>(count)) + 1e-12);
    CHECK(sum / static_cast<double>(count) == doctest::Approx((1 - share) / (1 - rate)));
  };
  check(Dropout<0.0>{}, 0.0);
  check(Dropout<0.1>{}, 0.1);
  check(Dropout<0.5>{}, 0.5);
  check(Dropout<0.9>{}, 0.9);
}

TEST_CASE("Dropout: neighbouring values, samples, steps and layers are independent") {
  // Of two independent fair coins, half agree.
  const auto agreement = [](const std::vector<double>& a, const std::vector<double>& b) {
    std::size_t equal = 0;
    for (std::size_t i = 0; i < a.size(); ++i) equal += (a[i] == 0) == (b[i] == 0);
    return static_cast<double>(equal) / static_cast<double>(a.size());
  };
  constexpr std::size_t size = 4096;
  using Layer = Dropout<0.5>;
  const auto one = [](std::uint64_t key, std::size_t sample) { return kept<Layer, size, float>(key, sample); };
  const double spread = 5 * 0.5 / std::sqrt(static_cast<double>(size));
  const auto base = one(7, 0);
  for (std::size_t distance : {1u, 2u, 3u, 16u, 28u, 64u}) {
    std::vector<double> shifted(base.begin() + static_cast<std::ptrdiff_t>(distance), base.end());
    CHECK(std::abs(agreement(shifted, base) - 0.5) < 1.1 * spread);
  }
  for (std::size_t sample : {1u, 2u, 16u, 31u}) CHECK(std::abs(agreement(base, one(7, sample)) - 0.5) < spread);
  for (std::uint64_t key : {std::uint64_t{8}, std::uint64_t{7} << 32, 7 + 0x9e3779b97f4a7c15u})
    CHECK(std::abs(agreement(base, one(key, 0)) - 0.5) < spread);
}

TEST_CASE("Dropout: the same samples drop the same values, in whatever lanes") {
  constexpr std::size_t width = kernels::width_of<kernels::NativeLane<float>>;
  const auto together = kept<Dropout<0.4>, 9, kernels::NativeLane<float>>(123, 32);
  for (std::size_t s = 0; s < width; ++s) {
    const auto alone = kept<Dropout<0.4>, 9, float>(123, 32 + s);
    for (std::size_t i = 0; i < 9; ++i) CHECK(together[s * 9 + i] == alone[i]);
  }
  const auto doubles = kept<Dropout<0.4>, 9, kernels::NativeLane<double>>(123, 32);
  for (std::size_t i = 0; i < 9; ++i) CHECK((doubles[i] == 0) == (together[i] == 0));
}

TEST_CASE("Dropout: infinities that are dropped become zeros") {
  const std::array x{HUGE_VALF, HUGE_VALF, HUGE_VALF, HUGE_VALF, HUGE_VALF, HUGE_VALF, HUGE_VALF, HUGE_VALF};
  std::array<float, 8> y{}, record{};
  Dropout<0.5>::forward_training<Shape<8>>(x.data(), static_cast<const float*>(nullptr), y.data(), record.data(),
                                           SampleRandom<float>(5, 0));
  CHECK(std::ranges::count(y, 0.0f) + std::ranges::count(y, HUGE_VALF) == 8);
  CHECK(std::ranges::count(y, 0.0f) > 0);
}

TEST_CASE("Dropout: gradient by central differences, the same values dropped each time") {
  checks::central_differences<Sequential<Dense<3, 8>, Dropout<0.4>, Tanh, Dense<2>>>();
  checks::central_differences<Sequential<Dense<3, 40>, Tanh, Dropout<0.4>, Dense<30>, Dropout<0.2>, Dense<2>>>();
}
