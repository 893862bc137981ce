#include "metrics.hpp"

TEST_CASE("SparseTopKCategoricalAccuracy: fewer than k outputs are larger than the named class's") {
  const std::array predicted{0.1f, 0.4f, 0.4f, 0.05f, 0.05f};
  const auto of = [&](std::size_t k, float number) {
    return value<SparseCategoricalCrossentropy, Shape<5>>(SparseTopKCategoricalAccuracy{.k = k}, predicted, std::array{number});
  };
  const std::array<std::size_t, 5> place{3, 1, 1, 4, 4};
  for (std::size_t number = 0; number < 5; ++number) {
    for (const std::size_t k : {1u, 2u, 3u, 4u, 5u, 6u}) {
      CAPTURE(number);
      CAPTURE(k);
      CHECK(of(k, static_cast<float>(number)) == (place[number] <= k));
    }
  }
  // Numbers that are no class are in no top.
  for (const float number : {-1.0f, 5.0f, 0.5f, std::nanf("")}) CHECK(of(5, number) == 0);
  CHECK(SparseTopKCategoricalAccuracy{}.k == 5);
}

TEST_CASE("SparseTopKCategoricalAccuracy: the mean over positions; k from 1") {
  CHECK(value<SparseCategoricalCrossentropy, Shape<2, 3>>(
            SparseTopKCategoricalAccuracy{.k = 2}, std::array{0.1f, 0.2f, 0.7f, 0.1f, 0.2f, 0.7f}, std::array{0.0f, 1.0f}) == 0.5f);
  Model<Sequential<Dense<3, 6>, Softmax>> model;
  CHECK_THROWS_WITH_AS(model.compile(SGD{}, SparseCategoricalCrossentropy{}, SparseTopKCategoricalAccuracy{.k = 0}),
                       "ctnn: compile: SparseTopKCategoricalAccuracy's k must be at least 1, but is 0", OptionError);
}

static_assert(SparseTopKCategoricalAccuracy{.k = 1}.evaluate<SparseCategoricalCrossentropy, Shape<2>>(std::array{0.9, 0.1}.data(),
                                                                                                      std::array{1.0}.data()) == 0);
