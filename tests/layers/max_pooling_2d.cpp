#include <ctnn/layers/max_pooling_2d.hpp>

#include "pooling_reference.hpp"

using namespace ctnn;

TEST_CASE("MaxPooling2D against the definition, ties included") {
  checks::check_geometries<MaxPooling2D>([](const std::vector<double>& values, std::vector<double>& share) {
    const auto largest = std::ranges::max_element(values);  // the first of several
    share[static_cast<std::size_t>(largest - values.begin())] = 1;
    return *largest;
  });
}

TEST_CASE("MaxPooling2D: Keras's defaults") {
  static_assert(MaxPooling2D<>::compute_output_shape({7, 6, 3}) == Dimensions{3, 3, 3});
  static_assert(MaxPooling2D<Pool<3>>::compute_output_shape({7, 6, 3}) == Dimensions{2, 2, 3}, "strides are the pool's size");
  static_assert(MaxPooling2D<Valid, Pool<3, 2>, Strides<1>>::compute_output_shape({7, 6, 3}) == Dimensions{5, 5, 3});
  static_assert(MaxPooling2D<Same>::compute_output_shape({7, 6, 3}) == Dimensions{4, 3, 3});
  using Net = Sequential<Input<28, 28, 6>, MaxPooling2D<>>;
  static_assert(Net::flops == 28 * 28 * 6 && Net::tape_bytes == sizeof(float) * (28 * 28 * 6 + 14 * 14 * 6));
}

TEST_CASE("MaxPooling2D: NaN and infinity as in Keras") {
  const float nan = std::nanf(""), infinity = std::numeric_limits<float>::infinity();
  const auto check = [&]<class Lane>(Lane) {
    constexpr std::size_t width = kernels::width_of<Lane>;
    for (std::size_t place = 0; place < 4; ++place) {
      std::vector<float> x(width * 4 * 3, 2.0f);
      for (std::size_t i = 0; i < x.size(); ++i) {
        if (i / 3 % 4 == place && i % 3 == 0) x[i] = nan;  // in the first channel of three
        if (i % 3 == 1) x[i] = -infinity;
      }
      const auto y = checks::run_layer<MaxPooling2D<>, Shape<2, 2, 3>, Lane>(x, {}, std::vector<float>(width * 3)).y;
      for (std::size_t s = 0; s < width; ++s) {
        CHECK(std::isnan(y[s * 3]));
        CHECK(y[s * 3 + 1] == -infinity);
        CHECK(y[s * 3 + 2] == 2);
      }
    }
  };
  check(float{});
  check(kernels::NativeLane<float>(0.0f));
}

TEST_CASE("MaxPooling2D: gradient by central differences") {
  checks::central_differences<Sequential<Input<4, 6, 2>, Dense<3>, MaxPooling2D<>, Flatten, Dense<2>>>();
  checks::central_differences<Sequential<Input<5, 4, 1>, Dense<2>, MaxPooling2D<Pool<3, 2>, Strides<2, 1>, Same>, Tanh>>();
}

// The compiler pools: of 1 … 9 in three rows, 2 × 2 windows one apart.
static_assert(StaticModel<Sequential<Input<3, 3, 1>, MaxPooling2D<Strides<1>>>>{}(std::array{
                  1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f, 8.0f, 9.0f}) == std::array{5.0f, 6.0f, 8.0f, 9.0f});
