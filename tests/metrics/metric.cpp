#include <ctnn/metrics/metric.hpp>
#include <ctnn/xtensor.hpp>

#include "metrics.hpp"

namespace {

/// A loss as a user writes one: it is a metric without a word about metrics.
struct LargestError {
  static constexpr const char* name = "largest_error";

  template <class Output, class Lane>
  constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane>, Lane* gradient) const {
    Lane largest(0);
    for (std::size_t i = 0; i < Output::size; ++i) {
      largest = math::max(largest, math::abs(predicted[i] - target[i]));
      gradient[i] = Lane(0);
    }
    return largest;
  }
};

template <class Type>
constexpr const char* name_of = detail::MetricOf<Type>::name;

}  // namespace

static_assert(MetricOrLoss<MeanSquaredError> && !Metric<MeanSquaredError> && Metric<LossMetric<MeanSquaredError>>);
static_assert(MetricOrLoss<Accuracy> && !Loss<Accuracy> && std::same_as<detail::MetricOf<Accuracy>, Accuracy>);

TEST_CASE("a loss is a metric, too, under its own name and with its options checked") {
  CHECK(std::string(name_of<MeanAbsoluteError>) == "mean_absolute_error");
  CHECK(std::string(name_of<Accuracy>) == "accuracy");
  Model<Sequential<Dense<2, 2>>> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{}, MeanAbsoluteError{}, Huber{.delta = 0.5}, LargestError{});
  const xt::xtensor<float, 2> x{{0.5f, -1.0f}, {2.0f, 0.25f}, {-0.5f, 1.5f}}, y{{1.0f, -1.0f}, {0.0f, 0.5f}, {0.25f, -3.0f}};
  const auto scores = trainer.test_on_batch(x, y);
  CHECK(scores.metrics[0] == model.compile(SGD{}, MeanAbsoluteError{}).test_on_batch(x, y));
  CHECK(scores.metrics[1] == model.compile(SGD{}, Huber{.delta = 0.5}).test_on_batch(x, y));
  CHECK(scores.metrics[2] == model.compile(SGD{}, LargestError{}).test_on_batch(x, y));
  CHECK(scores.metrics[2] > scores.metrics[0]);
  CHECK_THROWS_WITH_AS(model.compile(SGD{}, MeanSquaredError{}, Huber{.delta = -1}),
                       "ctnn: compile: Huber's delta must be positive, finite and normal as one of the model's numbers, but is -1",
                       OptionError);
}

namespace {

/// The loss and the metric of one sample, whose logits are the bias.
template <class Net, class Loss, class Metric>
auto of_logits(const std::array<float, Net::output_shape::size>& logits, const xt::xtensor<float, 2>& y, const Loss& loss,
               const Metric& metric) {
  Model<Net> model;
  std::copy(logits.begin(), logits.end(), model.data() + Net::parameter_count - logits.size());
  std::fill_n(model.data(), Net::parameter_count - logits.size(), 0.0f);
  const xt::xtensor<float, 2> x = xt::ones<float>({std::size_t{1}, Net::input_shape::size});
  return model.compile(SGD{}, loss, metric).test_on_batch(x, y);
}

using Classes = Sequential<Dense<2, 2>, Softmax>;
using Probability = Sequential<Dense<1, 1>, Sigmoid>;

}  // namespace

TEST_CASE("a crossentropy as a metric is computed from logits, as the loss is") {
  const auto check = [](const auto& scores, float expected) {
    CHECK(scores.loss == doctest::Approx(expected));
    CHECK(scores.metrics[0] == doctest::Approx(expected));
  };
  const xt::xtensor<float, 2> second{{0, 1}}, zero{{0}};
  check(of_logits<Classes>({40, 0}, second, CategoricalCrossentropy{}, CategoricalCrossentropy{}), 40);
  check(of_logits<Probability>({40}, zero, BinaryCrossentropy{}, BinaryCrossentropy{}), 40);
  constexpr CategoricalCrossentropy categorical{.from_logits = true};
  check(of_logits<Classes>({1, 0}, second, categorical, categorical), 1.313262f);
  constexpr BinaryCrossentropy binary{.from_logits = true};
  check(of_logits<Probability>({1}, zero, binary, binary), 1.313262f);
}

TEST_CASE("so it is beside another loss, whose gradient goes through the layer that is left to the metric") {
  const xt::xtensor<float, 2> second{{0, 1}}, zero{{0}};
  const auto classes = of_logits<Classes>({40, 0}, second, MeanSquaredError{}, CategoricalCrossentropy{});
  CHECK(classes.loss == 1);
  CHECK(classes.metrics[0] == 40);
  const auto probability = of_logits<Probability>({40}, zero, MeanSquaredError{}, BinaryCrossentropy{});
  CHECK(probability.loss == 1);
  CHECK(probability.metrics[0] == 40);
  CHECK(of_logits<Classes>({40, 0}, second, CategoricalCrossentropy{}, MeanSquaredError{}).metrics[0] == 1);

  const auto train = []<class Net>(Net*, const auto&... metrics) {
    Model<Net> model{Seed{1}};
    const xt::xtensor<float, 2> x = xt::adapt(checks::numbers<float>(33 * 3, 1), std::array<std::size_t, 2>{33, 3});
    const xt::xtensor<float, 2> y = xt::adapt(checks::numbers<float>(33 * 4, 2, 0, 1), std::array<std::size_t, 2>{33, 4});
    auto trainer = model.compile(SGD{}, MeanSquaredError{}, metrics...);
    trainer.train_on_batch(x, y);
    trainer.train_on_batch(x, y);
    return std::vector<float>(trainer.gradient(), trainer.gradient() + Net::parameter_count);
  };
  const auto check = [&]<class Net>(Net* net) {
    const auto alone = train(net), beside = train(net, CategoricalCrossentropy{}, BinaryCrossentropy{}, MeanAbsoluteError{});
    for (std::size_t i = 0; i < alone.size(); ++i) CHECK(beside[i] == doctest::Approx(alone[i]).epsilon(1e-5));
  };
  check(static_cast<Sequential<Dense<3, 4>, Softmax>*>(nullptr));
  check(static_cast<Sequential<Dense<3, 70>, Tanh, Sequential<Dense<4>, Sigmoid>>*>(nullptr));
  check(static_cast<Sequential<Dense<3, 5>, BatchNormalization<>, Dense<4>, Softmax>*>(nullptr));
}

TEST_CASE("a loss as a metric needs no stack for the outputs of a network that does not") {
  // Of 786,432 outputs in lanes of four, one array takes 12 MB.
  using Net = Sequential<Dense<1, 786432>, Softmax>;
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(SGD{}, CategoricalCrossentropy{}, CategoricalCrossentropy{}, MeanAbsoluteError{});
  const xt::xtensor<float, 1> x{1, 2, 3};
  xt::xtensor<float, 2> y = xt::zeros<float>({3, 786432});
  xt::view(y, xt::all(), 0) = 1;
  const auto scores = trainer.train_on_batch(x, y);
  CHECK(scores.metrics[0] == scores.loss);
  CHECK(scores.metrics[1] == doctest::Approx(2 / 786432.0).epsilon(1e-3));
}
