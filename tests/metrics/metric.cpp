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
                       "ctnn: compile: Huber's delta must be positive and finite as one of the model's numbers", OptionError);
}
