#include "metrics.hpp"

TEST_CASE("SparseCategoricalAccuracy: the largest output, the first of equal ones, against a class number") {
  const auto of = [](float a, float b, float c, float number) {
    return value<SparseCategoricalCrossentropy, Shape<3>>(SparseCategoricalAccuracy{}, std::array{a, b, c}, std::array{number});
  };
  CHECK(of(0.2f, 0.5f, 0.3f, 1) == 1);
  CHECK(of(0.2f, 0.5f, 0.3f, 0) == 0);
  CHECK(of(0.2f, 0.5f, 0.3f, 2) == 0);
  CHECK(of(0.4f, 0.4f, 0.2f, 0) == 1);
  CHECK(of(0.4f, 0.4f, 0.2f, 1) == 0);
  // Numbers that are no class are never met.
  for (const float number : {-1.0f, 3.0f, 0.5f, std::nanf("")}) CHECK(of(0.2f, 0.5f, 0.3f, number) == 0);
}

TEST_CASE("SparseCategoricalAccuracy: the mean over the positions of an output") {
  CHECK(value<SparseCategoricalCrossentropy, Shape<2, 2>>(SparseCategoricalAccuracy{}, std::array{0.1f, 0.9f, 0.1f, 0.9f},
                                                          std::array{1.0f, 0.0f}) == 0.5f);
}

static_assert(SparseCategoricalAccuracy{}.evaluate<SparseCategoricalCrossentropy, Shape<2>>(std::array{0.1, 0.9}.data(),
                                                                                            std::array{1.0}.data()) == 1);
