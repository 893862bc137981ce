// ctnn against Keras: outputs, losses, gradients, SGD and fit of keras_fixtures.hpp, in float and in double.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <string>
#include <vector>

#include "../checks.hpp"
#include "agreement.hpp"
#include "keras_fixtures.hpp"

namespace {

using namespace ctnn;
using agreement::error;

template <class Scalar>
constexpr double tolerance = 1e-5;
template <>
constexpr double tolerance<double> = 1e-13;

/// A model and data, as a fixture's problem gives them.
template <class Net, class Scalar>
struct Setup {
  explicit Setup(const auto& problem)
      : model(parameters(problem.parameters)),
        x(batch<typename Net::input_shape>(problem.x)),
        y(batch<typename Net::output_shape>(problem.y)) {}

  Model<Net, Scalar> model;
  xt::xtensor<Scalar, 2> x, y;

 private:
  template <std::size_t Count>
  static std::array<Scalar, Count> parameters(const std::array<float, Count>& values) {
    std::array<Scalar, Count> result{};
    std::ranges::copy(values, result.begin());
    return result;
  }
  template <class Sample, std::size_t Count>
  static xt::xtensor<Scalar, 2> batch(const std::array<float, Count>& values) {
    static_assert(Count % Sample::size == 0);
    return xt::cast<Scalar>(xt::adapt(values, std::array{Count / Sample::size, Sample::size}));
  }
};

/// Loss and gradient, computed as a step does but without an optimizer's code, and in double what predict gives: each is a
/// network to compile.
template <class Net, class Scalar, class LossType>
void check_outcome(const auto& problem, const LossType& loss, const auto& reference) {
  const auto numbers = [](const auto& values) { return std::vector<Scalar>(values.begin(), values.end()); };
  const auto x = numbers(problem.x), y = numbers(problem.y);
  Scalar value{};
  const auto gradient = checks::gradient<Net, kernels::NativeLane<Scalar>>(loss, numbers(problem.parameters), x, y,
                                                                           x.size() / Net::input_shape::size, &value);
  CHECK(error(value, reference.loss) <= tolerance<Scalar>);
  REQUIRE(gradient.size() == reference.gradient.size());
  CHECK(error(gradient.data(), reference.gradient) <= tolerance<Scalar>);
  if constexpr (std::same_as<Scalar, double>) {
    const Setup<Net, Scalar> setup(problem);
    CHECK(error(setup.model.predict(setup.x).data(), reference.predicted) <= tolerance<Scalar>);
  }
}

template <class Net, class Scalar>
void check_descents(const auto& problem, const auto& references) {
  for (const auto& reference : references) {
    CAPTURE(reference.momentum);
    CAPTURE(reference.nesterov);
    Setup<Net, Scalar> setup(problem);
    auto trainer = setup.model.compile(
        SGD{.learning_rate = reference.learning_rate, .momentum = reference.momentum, .nesterov = reference.nesterov},
        MeanSquaredError{});
    for (const double loss : reference.loss) {
      CAPTURE(trainer.iterations());
      CHECK(error(trainer.train_on_batch(setup.x, setup.y), loss) <= tolerance<Scalar>);
    }
    CHECK(error(setup.model.data(), reference.parameters) <= tolerance<Scalar>);
  }
}

using Narrow = Sequential<Dense<1, 2>, Tanh, Dense<1>, Tanh>;
using Wide = Sequential<Dense<3, 4>, Tanh, Dense<2>>;

TEST_CASE_TEMPLATE("activations agree with Keras's", Scalar, float, double) {
  namespace fixtures = keras_fixtures::activations;
  const auto check = []<class Activation>(Activation, const auto& reference) {
    INFO(std::string(Activation::class_name));
    check_outcome<Sequential<Dense<3, 5>, Activation, Dense<2>>, Scalar>(fixtures::problem, MeanSquaredError{}, reference);
  };
  check(Linear{}, fixtures::linear);
  check(Tanh{}, fixtures::tanh);
  check(ReLU{}, fixtures::relu);
  check(Sigmoid{}, fixtures::sigmoid);
  check(Softmax{}, fixtures::softmax);
  check(LeakyReLU<>{}, fixtures::leaky_relu);
  check(ELU<>{}, fixtures::elu);
  check(GELU{}, fixtures::gelu);
  check(SiLU{}, fixtures::silu);
  check(Softplus{}, fixtures::softplus);
}

TEST_CASE_TEMPLATE("losses agree with Keras's", Scalar, float, double) {
  namespace fixtures = keras_fixtures::losses;
  const auto check = [](const auto& loss, const auto& reference) {
    INFO(std::string(loss.name));
    check_outcome<Wide, Scalar>(fixtures::problem, loss, reference);
    Setup<Wide, Scalar> setup(fixtures::problem);
    CHECK(error(setup.model.compile(SGD{}, loss).test_on_batch(setup.x, setup.y), reference.loss) <= tolerance<Scalar>);
  };
  check(MeanSquaredError{}, fixtures::mean_squared_error);
  check(MeanAbsoluteError{}, fixtures::mean_absolute_error);
  check(Huber{1}, fixtures::huber);
}

TEST_CASE_TEMPLATE("SGD, its momentum and Nesterov's descend as Keras's", Scalar, float, double) {
  check_descents<Narrow, Scalar>(keras_fixtures::narrow::problem, keras_fixtures::narrow::descents);
  check_descents<Wide, Scalar>(keras_fixtures::wide::problem, keras_fixtures::wide::descents);
}

TEST_CASE_TEMPLATE("fit splits, batches and averages as Keras's", Scalar, float, double) {
  const auto& reference = keras_fixtures::narrow::fit;
  Setup<Narrow, Scalar> setup(keras_fixtures::narrow::problem);
  auto trainer = setup.model.compile(SGD{.learning_rate = reference.learning_rate}, MeanSquaredError{});
  const History history = trainer.fit(setup.x, setup.y,
                                      {.batch_size = reference.batch_size,
                                       .epochs = reference.epochs,
                                       .shuffle = false,
                                       .validation_split = reference.validation_split,
                                       .verbose = 0});
  REQUIRE(history.loss.size() == reference.epochs);
  REQUIRE(history.val_loss.size() == reference.epochs);
  for (std::size_t epoch = 0; epoch < reference.epochs; ++epoch) {
    CAPTURE(epoch);
    CHECK(error(history.loss[epoch], reference.loss[epoch]) <= tolerance<Scalar>);
    CHECK(error(history.val_loss[epoch], reference.val_loss[epoch]) <= tolerance<Scalar>);
  }
  CHECK(error(setup.model.data(), reference.parameters) <= tolerance<Scalar>);
  CHECK(error(trainer.evaluate(setup.x, setup.y, {.batch_size = reference.batch_size}), reference.evaluated) <= tolerance<Scalar>);
}

}  // namespace
