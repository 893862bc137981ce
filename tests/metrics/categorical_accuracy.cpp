#include "metrics.hpp"

static_assert(Metric<CategoricalAccuracy>);

TEST_CASE("CategoricalAccuracy: the largest output against the largest target, the first of equal ones") {
  const std::array second{0.0f, 1.0f, 0.0f};
  const auto of = [&](float a, float b, float c) {
    return value<CategoricalCrossentropy, Shape<3>>(CategoricalAccuracy{}, std::array{a, b, c}, second);
  };
  CHECK(of(0.2f, 0.5f, 0.3f) == 1);
  CHECK(of(0.5f, 0.2f, 0.3f) == 0);
  CHECK(of(0.1f, 0.2f, 0.3f) == 0);
  CHECK(of(0.4f, 0.4f, 0.2f) == 0);
  CHECK(of(0.2f, 0.4f, 0.4f) == 1);
  CHECK(of(-3.0f, -1.0f, -2.0f) == 1);
  // Smoothed targets are as good.
  CHECK(value<MeanSquaredError, Shape<3>>(CategoricalAccuracy{}, std::array{0.1f, 0.2f, 0.3f}, std::array{0.3f, 0.3f, 0.4f}) == 1);
}

TEST_CASE("CategoricalAccuracy: the mean over the positions of an output") {
  CHECK(value<CategoricalCrossentropy, Shape<2, 2>>(CategoricalAccuracy{}, std::array{0.1f, 0.9f, 0.1f, 0.9f},
                                                    std::array{0.0f, 1.0f, 1.0f, 0.0f}) == 0.5f);
}

static_assert(CategoricalAccuracy{}.evaluate<CategoricalCrossentropy, Shape<2>>(std::array{0.9, 0.1}.data(),
                                                                                std::array{1.0, 0.0}.data()) == 1);
