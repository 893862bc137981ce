#include "metrics.hpp"

static_assert(Metric<BinaryAccuracy>);

TEST_CASE("BinaryAccuracy: above the threshold is 1, the mean over a sample's values") {
  const std::array predicted{0.6f, 0.5f, 0.4f, 0.9f};
  const std::array target{1.0f, 1.0f, 0.0f, 0.0f};
  CHECK(value<BinaryCrossentropy, Shape<4>>(BinaryAccuracy{}, predicted, target) == 0.5f);
  CHECK(value<BinaryCrossentropy, Shape<2, 2>>(BinaryAccuracy{}, predicted, target) == 0.5f);
  CHECK(value<BinaryCrossentropy, Shape<4>>(BinaryAccuracy{.threshold = 0.45}, predicted, target) == 0.75f);
  CHECK(value<MeanSquaredError, Shape<1>>(BinaryAccuracy{}, std::array{0.7f}, std::array{1.0f}) == 1);
  CHECK(value<MeanSquaredError, Shape<1>>(BinaryAccuracy{}, std::array{0.7f}, std::array{0.0f}) == 0);
  // A target that is neither 0 nor 1 is never met, as in Keras.
  CHECK(value<MeanSquaredError, Shape<1>>(BinaryAccuracy{}, std::array{0.7f}, std::array{0.7f}) == 0);
}

TEST_CASE("BinaryAccuracy refuses other thresholds by name") {
  Model<Sequential<Dense<3, 1>, Sigmoid>> model;
  for (const double threshold : {HUGE_VAL, -HUGE_VAL, std::nan(""), 1e39}) {
    CHECK_THROWS_WITH_AS(model.compile(SGD{}, BinaryCrossentropy{}, BinaryAccuracy{.threshold = threshold}),
                         ("ctnn: compile: BinaryAccuracy's threshold must be finite as one of the model's numbers, but is " +
                          detail::number_text(threshold))
                             .c_str(),
                         OptionError);
  }
  CHECK_NOTHROW(model.compile(SGD{}, BinaryCrossentropy{}, BinaryAccuracy{.threshold = -1}));
}

static_assert(BinaryAccuracy{}.evaluate<MeanSquaredError, Shape<2>>(std::array{0.9, 0.1}.data(), std::array{1.0, 1.0}.data()) ==
              0.5);
