#include "metrics.hpp"

TEST_CASE("TopKCategoricalAccuracy: fewer than k outputs are larger than the target's") {
  const std::array predicted{0.1f, 0.4f, 0.4f, 0.05f, 0.05f};
  const auto of = [&](std::size_t k, std::size_t hot) {
    std::array<float, 5> target{};
    target[hot] = 1;
    return value<CategoricalCrossentropy, Shape<5>>(TopKCategoricalAccuracy{.k = k}, predicted, target);
  };
  // Equal ones share the better place, as in Keras.
  const std::array<std::size_t, 5> place{3, 1, 1, 4, 4};
  for (std::size_t hot = 0; hot < 5; ++hot) {
    for (const std::size_t k : {1u, 2u, 3u, 4u, 5u, 6u}) {
      CAPTURE(hot);
      CAPTURE(k);
      CHECK(of(k, hot) == (place[hot] <= k));
    }
    CHECK(of(SIZE_MAX, hot) == 1);
  }
  CHECK(TopKCategoricalAccuracy{}.k == 5);
}

TEST_CASE("TopKCategoricalAccuracy: the mean over positions; k from 1") {
  CHECK(value<CategoricalCrossentropy, Shape<2, 3>>(TopKCategoricalAccuracy{.k = 2}, std::array{0.1f, 0.2f, 0.7f, 0.1f, 0.2f, 0.7f},
                                                    std::array{1.0f, 0.0f, 0.0f, 0.0f, 1.0f, 0.0f}) == 0.5f);
  Model<Sequential<Dense<3, 6>, Softmax>> model;
  CHECK_THROWS_WITH_AS(model.compile(SGD{}, CategoricalCrossentropy{}, TopKCategoricalAccuracy{.k = 0}),
                       "ctnn: compile: TopKCategoricalAccuracy's k must be at least 1, but is 0", OptionError);
}

static_assert(TopKCategoricalAccuracy{.k = 1}.evaluate<CategoricalCrossentropy, Shape<2>>(std::array{0.9, 0.1}.data(),
                                                                                          std::array{0.0, 1.0}.data()) == 0);
