// ctnn against Keras: crossentropies, their gradients, metrics and a classifier's training of loss_fixtures.hpp, in float and in
// double.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <vector>

#include "../checks.hpp"
#include "agreement.hpp"
#include "loss_fixtures.hpp"

namespace {

using namespace ctnn;
using agreement::error;

template <class Scalar>
constexpr double tolerance = 1e-5;
template <>
constexpr double tolerance<double> = 1e-13;

template <class Scalar, std::size_t Count>
std::array<Scalar, Count> converted(const std::array<float, Count>& values) {
  std::array<Scalar, Count> result{};
  std::ranges::copy(values, result.begin());
  return result;
}

/// A batch of samples of a shape.
template <class Scalar, class Sample, std::size_t Count>
auto batch(const std::array<float, Count>& values) {
  std::array<std::size_t, Sample::rank + 1> shape{Count / Sample::size};
  for (std::size_t i = 0; i < Sample::rank; ++i) shape[i + 1] = Sample::dimensions.axes[i];
  return xt::xtensor<Scalar, Sample::rank + 1>(xt::cast<Scalar>(xt::adapt(values, shape)));
}

/// Checks loss and gradient of a network against Keras's, computed as a step does but without an optimizer's code, and in double
/// what test_on_batch gives: each is a network to compile.
template <class Net, class Scalar, class LossType>
void check(const auto& problem, const auto& target, const LossType& loss, const auto& reference) {
  const auto numbers = [](const auto& values) { return std::vector<Scalar>(values.begin(), values.end()); };
  const auto x = numbers(problem.x);
  Scalar value{};
  const auto gradient = checks::gradient<Net, kernels::NativeLane<Scalar>>(loss, numbers(problem.parameters), x, numbers(target),
                                                                           x.size() / Net::input_shape::size, &value);
  CHECK(error(value, reference.loss) <= tolerance<Scalar>);
  REQUIRE(gradient.size() == reference.gradient.size());
  CHECK(error(gradient.data(), reference.gradient) <= tolerance<Scalar>);
  if constexpr (std::same_as<Scalar, double>) {
    Model<Net, Scalar> model(converted<Scalar>(problem.parameters));
    const auto trainer = model.compile(SGD{}, loss);
    const auto samples = batch<Scalar, typename Net::input_shape>(problem.x);
    const auto targets = batch<Scalar, TargetShape<LossType, typename Net::output_shape>>(target);
    CHECK(error(trainer.test_on_batch(samples, targets), reference.loss) <= tolerance<Scalar>);
  }
}

/// The mean of a metric over samples of outputs and targets.
template <class LossType, class Output, class Scalar>
Scalar mean_metric(const auto& given, const auto& predicted, const auto& targets) {
  const auto metric = detail::metric_of(given);
  constexpr std::size_t target_size = TargetShape<LossType, Output>::size;
  const std::size_t count = predicted.size() / Output::size;
  Scalar sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto *const output = predicted.data() + i * Output::size, *const target = targets.data() + i * target_size;
    if constexpr (detail::is_loss_metric<std::remove_cvref_t<decltype(metric)>>) {
      Scalar unused[Output::size];
      sum += metric.template evaluate<Output>(output, target, static_cast<Scalar*>(unused));
    } else {
      sum += metric.template evaluate<LossType, Output>(output, target);
    }
  }
  return sum / static_cast<Scalar>(count);
}

template <class Output, class Scalar>
void check_metrics(const auto& reference) {
  const auto predicted = converted<Scalar>(reference.predicted), one_hot = converted<Scalar>(reference.one_hot);
  const auto numbers = converted<Scalar>(reference.numbers);
  const auto dense = [&](const auto& metric) {
    return mean_metric<CategoricalCrossentropy, Output, Scalar>(metric, predicted, one_hot);
  };
  const auto sparse = [&](const auto& metric) {
    return mean_metric<SparseCategoricalCrossentropy, Output, Scalar>(metric, predicted, numbers);
  };
  CHECK(error(dense(Accuracy{}), reference.accuracy) <= tolerance<Scalar>);
  CHECK(error(sparse(Accuracy{}), reference.sparse_accuracy) <= tolerance<Scalar>);
  CHECK(error(dense(CategoricalAccuracy{}), reference.categorical_accuracy) <= tolerance<Scalar>);
  CHECK(error(sparse(SparseCategoricalAccuracy{}), reference.sparse_categorical_accuracy) <= tolerance<Scalar>);
  CHECK(error(dense(TopKCategoricalAccuracy{.k = 2}), reference.top_2) <= tolerance<Scalar>);
  CHECK(error(dense(TopKCategoricalAccuracy{}), reference.top_5) <= tolerance<Scalar>);
  CHECK(error(sparse(SparseTopKCategoricalAccuracy{.k = 2}), reference.sparse_top_2) <= tolerance<Scalar>);
  CHECK(error(sparse(SparseTopKCategoricalAccuracy{}), reference.sparse_top_5) <= tolerance<Scalar>);
  CHECK(error(dense(BinaryAccuracy{}), reference.binary_accuracy) <= tolerance<Scalar>);
  CHECK(error(dense(BinaryAccuracy{.threshold = 0.25}), reference.binary_accuracy_above_quarter) <= tolerance<Scalar>);
  CHECK(error(dense(MeanAbsoluteError{}), reference.mean_absolute_error) <= tolerance<Scalar>);
  CHECK(error(dense(CategoricalCrossentropy{}), reference.categorical_crossentropy) <= tolerance<Scalar>);
}

// Each network in three forms: fused with the loss, not fused because something stands behind its last layer, and logits.
template <class Last>
using Classes = Sequential<Dense<3, 4>, Tanh, Dense<3>, Last>;
template <class Last>
using ClassesApart = Sequential<Dense<3, 4>, Tanh, Dense<3>, Last, Linear>;
using Labels = Sequential<Dense<3, 4>, Tanh, Dense<2>, Sigmoid>;
using LabelsApart = Sequential<Dense<3, 4>, Tanh, Dense<2>, Sigmoid, Linear>;
using LabelLogits = Sequential<Dense<3, 4>, Tanh, Dense<2>>;
using Positions = Sequential<Input<2, 3>, Dense<4>, Softmax>;
using PositionsApart = Sequential<Input<2, 3>, Dense<4>, Softmax, Linear>;
using PositionLogits = Sequential<Input<2, 3>, Dense<4>>;

TEST_CASE_TEMPLATE("categorical crossentropies agree with Keras's", Scalar, float, double) {
  namespace fixtures = loss_fixtures::classes;
  const auto compare = [](const auto& target, double smoothing, const auto& of_logits, const auto& plain, const auto& of_sigmoid) {
    const CategoricalCrossentropy loss{.label_smoothing = smoothing};
    const CategoricalCrossentropy from_logits{.from_logits = true, .label_smoothing = smoothing};
    check<Classes<Softmax>, Scalar>(fixtures::problem, target, loss, of_logits);
    // Behind a Softmax the option changes nothing.
    check<Classes<Softmax>, Scalar>(fixtures::problem, target, from_logits, of_logits);
    check<Classes<Linear>, Scalar>(fixtures::problem, target, from_logits, of_logits);
    check<ClassesApart<Softmax>, Scalar>(fixtures::problem, target, loss, plain);
    check<Classes<Sigmoid>, Scalar>(fixtures::problem, target, loss, of_sigmoid);
  };
  const auto& problem = fixtures::problem;
  compare(problem.one_hot, 0, fixtures::one_hot_of_logits, fixtures::one_hot, fixtures::one_hot_of_sigmoid);
  compare(problem.soft, 0, fixtures::soft_of_logits, fixtures::soft, fixtures::soft_of_sigmoid);
  compare(problem.one_hot, 0.1, fixtures::one_hot_smoothed_of_logits, fixtures::one_hot_smoothed,
          fixtures::one_hot_smoothed_of_sigmoid);
  compare(problem.soft, 0.1, fixtures::soft_smoothed_of_logits, fixtures::soft_smoothed, fixtures::soft_smoothed_of_sigmoid);
}

TEST_CASE_TEMPLATE("sparse categorical crossentropies agree with Keras's", Scalar, float, double) {
  namespace fixtures = loss_fixtures::classes;
  const auto& problem = fixtures::problem;
  const SparseCategoricalCrossentropy loss, from_logits{.from_logits = true};
  check<Classes<Softmax>, Scalar>(problem, problem.numbers, loss, fixtures::sparse_of_logits);
  check<Classes<Softmax>, Scalar>(problem, problem.numbers, from_logits, fixtures::sparse_of_logits);
  check<Classes<Linear>, Scalar>(problem, problem.numbers, from_logits, fixtures::sparse_of_logits);
  check<ClassesApart<Softmax>, Scalar>(problem, problem.numbers, loss, fixtures::sparse);
  check<Classes<Sigmoid>, Scalar>(problem, problem.numbers, loss, fixtures::sparse_of_sigmoid);
}

TEST_CASE_TEMPLATE("binary crossentropies agree with Keras's", Scalar, float, double) {
  namespace fixtures = loss_fixtures::labels;
  const auto compare = [](const auto& target, double smoothing, const auto& of_logits, const auto& plain) {
    const BinaryCrossentropy loss{.label_smoothing = smoothing};
    const BinaryCrossentropy from_logits{.from_logits = true, .label_smoothing = smoothing};
    check<Labels, Scalar>(fixtures::problem, target, loss, of_logits);
    check<Labels, Scalar>(fixtures::problem, target, from_logits, of_logits);
    check<LabelLogits, Scalar>(fixtures::problem, target, from_logits, of_logits);
    check<LabelsApart, Scalar>(fixtures::problem, target, loss, plain);
  };
  const auto& problem = fixtures::problem;
  compare(problem.whole, 0, fixtures::whole_of_logits, fixtures::whole);
  compare(problem.soft, 0, fixtures::soft_of_logits, fixtures::soft);
  compare(problem.whole, 0.1, fixtures::whole_smoothed_of_logits, fixtures::whole_smoothed);
  compare(problem.soft, 0.1, fixtures::soft_smoothed_of_logits, fixtures::soft_smoothed);
}

TEST_CASE("crossentropies over several positions agree with Keras's") {
  using Scalar = double;
  namespace fixtures = loss_fixtures::positions;
  const auto& problem = fixtures::problem;
  const SparseCategoricalCrossentropy sparse;
  const CategoricalCrossentropy categorical;
  check<Positions, Scalar>(problem, problem.numbers, sparse, fixtures::sparse_of_logits);
  check<PositionsApart, Scalar>(problem, problem.numbers, sparse, fixtures::sparse);
  check<PositionLogits, Scalar>(problem, problem.numbers, SparseCategoricalCrossentropy{.from_logits = true},
                                fixtures::sparse_of_logits);
  check<Positions, Scalar>(problem, problem.one_hot, categorical, fixtures::one_hot_of_logits);
  check<PositionsApart, Scalar>(problem, problem.one_hot, categorical, fixtures::one_hot);
  check<PositionLogits, Scalar>(problem, problem.one_hot, CategoricalCrossentropy{.from_logits = true},
                                fixtures::one_hot_of_logits);
  check<PositionLogits, Scalar>(problem, problem.one_hot, BinaryCrossentropy{.from_logits = true}, fixtures::binary_of_logits);
}

TEST_CASE_TEMPLATE("metrics agree with Keras's", Scalar, float, double) {
  check_metrics<Shape<7>, Scalar>(loss_fixtures::judged);
  check_metrics<Shape<3, 6>, Scalar>(loss_fixtures::judged_positions);
  const auto& one = loss_fixtures::judged_one;
  auto predicted = converted<Scalar>(one.predicted);
  const auto target = converted<Scalar>(one.target);
  CHECK(error(mean_metric<BinaryCrossentropy, Shape<1>, Scalar>(Accuracy{}, predicted, target), one.accuracy) <= tolerance<Scalar>);
  for (Scalar& value : predicted) value = std::min(value, Scalar(0.875));
  CHECK(error(mean_metric<MeanSquaredError, Shape<1>, Scalar>(BinaryCrossentropy{}, predicted, target), one.binary_crossentropy) <=
        tolerance<Scalar>);
}

TEST_CASE_TEMPLATE("a classifier learns as Keras's", Scalar, float, double) {
  const auto& reference = loss_fixtures::descent;
  using Net = Sequential<Dense<4, 8>, Tanh, Dense<3>, Softmax>;
  Model<Net, Scalar> model(converted<Scalar>(reference.first));
  const auto x = batch<Scalar, Shape<4>>(reference.x);
  const xt::xtensor<int, 1> y = xt::cast<int>(xt::adapt(reference.numbers));
  auto trainer = model.compile(SGD{.learning_rate = reference.learning_rate}, SparseCategoricalCrossentropy{}, Accuracy{});
  for (std::size_t step = 0; step < reference.loss.size(); ++step) {
    CAPTURE(step);
    const auto scores = trainer.train_on_batch(x, y);
    CHECK(error(scores.loss, reference.loss[step]) <= tolerance<Scalar>);
    CHECK(error(scores.metrics[0], reference.accuracy[step]) <= tolerance<Scalar>);
  }
  CHECK(error(model.data(), reference.parameters) <= tolerance<Scalar>);
}

}  // namespace
