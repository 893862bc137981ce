// ctnn's optimizers, schedules, clipping, weight decay and regularizers against Keras: optimizer_fixtures.hpp, in float and in
// double. An array agrees if no element is off by more than a tolerance times the array's largest reference.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "optimizer_fixtures.hpp"

namespace {

using namespace ctnn;
namespace fixtures = optimizer_fixtures;

template <class Scalar>
constexpr double tolerance = 1e-5;
template <>
constexpr double tolerance<double> = 1e-12;

template <class Scalar, std::size_t Count>
double error(const Scalar* values, const std::array<double, Count>& reference) {
  double largest = 0, worst = 0;
  for (std::size_t i = 0; i < Count; ++i) {
    const double difference = std::abs(static_cast<double>(values[i]) - reference[i]);
    largest = std::max(largest, std::abs(reference[i]));
    if (std::isnan(difference)) return difference;
    worst = std::max(worst, difference);
  }
  return worst / largest;
}

/// A layer whose parameters are saved but not trained, as Keras's trainable=False.
template <class Layer>
struct Frozen : Layer {
  static constexpr auto parameters(Dimensions input) {
    auto result = Layer::parameters(input);
    for (Parameter& parameter : result) parameter.trainable = false;
    return result;
  }
};

template <class First, class Second>
using Network = Sequential<First, Tanh, Second>;
using Plain = Network<Dense<3, 4>, Dense<2>>;

template <class Scalar, class Net = Plain>
void check(const char* name, const auto& optimizer, const fixtures::Run& reference) {
  INFO(name);
  std::array<Scalar, Net::parameter_count> parameters{};
  std::ranges::copy(fixtures::parameters, parameters.begin());
  Model<Net, Scalar> model(parameters);
  const xt::xtensor<Scalar, 2> x = xt::cast<Scalar>(xt::adapt(fixtures::x, std::array<std::size_t, 2>{19, 3}));
  const xt::xtensor<Scalar, 2> y = xt::cast<Scalar>(xt::adapt(fixtures::y, std::array<std::size_t, 2>{19, 2}));
  auto trainer = model.compile(optimizer, MeanSquaredError{});
  for (const double loss : reference.loss) {
    CAPTURE(trainer.iterations());
    const auto value = trainer.train_on_batch(x, y);
    CHECK(error(&value, std::array{loss}) <= tolerance<Scalar>);
  }
  CHECK(error(model.data(), reference.parameters) <= tolerance<Scalar>);
  const auto evaluated = trainer.evaluate(x, y, {.batch_size = 8});
  CHECK(error(&evaluated, std::array{reference.evaluated}) <= tolerance<Scalar>);
}

constexpr CosineDecay cosine{
    .initial_learning_rate = 0.002, .decay_steps = 12, .alpha = 0.1, .warmup_target = 0.05, .warmup_steps = 5};
constexpr ExponentialDecay exponential{.initial_learning_rate = 0.1, .decay_steps = 6, .decay_rate = 0.5};
constexpr PiecewiseConstantDecay piecewise{.boundaries = {4, 9}, .values = {0.1, 0.03, 0.01}};

TEST_CASE_TEMPLATE("SGD with clipping, weight decay and schedules descends as Keras's", Scalar, float, double) {
  check<Scalar>("sgd", SGD{.learning_rate = 0.1}, fixtures::sgd);
  check<Scalar>("clipnorm", SGD{.learning_rate = 0.1, .clipnorm = 0.3}, fixtures::sgd_clipnorm);
  check<Scalar>("clipvalue", SGD{.learning_rate = 0.1, .clipvalue = 0.1}, fixtures::sgd_clipvalue);
  check<Scalar>("global_clipnorm", SGD{.learning_rate = 0.1, .global_clipnorm = 0.5}, fixtures::sgd_global_clipnorm);
  check<Scalar>("weight_decay", SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true, .weight_decay = 0.05},
                fixtures::sgd_weight_decay);
  check<Scalar>("exponential decay", SGD{.learning_rate = exponential}, fixtures::sgd_exponential_decay);
  check<Scalar>("piecewise constant decay", SGD{.learning_rate = piecewise, .momentum = 0.5}, fixtures::sgd_piecewise_decay);
}

TEST_CASE_TEMPLATE("Adam descends as Keras's", Scalar, float, double) {
  check<Scalar>("adam", Adam{.learning_rate = 0.02}, fixtures::adam);
  check<Scalar>("options", Adam{.learning_rate = 0.02, .beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 1e-3}, fixtures::adam_options);
  check<Scalar>("amsgrad", Adam{.learning_rate = 0.2, .beta_2 = 0.5, .amsgrad = true}, fixtures::adam_amsgrad);
  check<Scalar>("no amsgrad", Adam{.learning_rate = 0.2, .beta_2 = 0.5}, fixtures::adam_no_amsgrad);
  check<Scalar>("clipnorm", Adam{.learning_rate = 0.02, .epsilon = 0.01, .clipnorm = 0.3}, fixtures::adam_clipnorm);
  check<Scalar>("epsilon", Adam{.learning_rate = 0.02, .epsilon = 0.01}, fixtures::adam_epsilon);
  check<Scalar>("cosine decay", Adam{.learning_rate = cosine, .weight_decay = 0.1}, fixtures::adam_cosine_decay);
}

TEST_CASE_TEMPLATE("AdamW descends as Keras's", Scalar, float, double) {
  check<Scalar>("adamw", AdamW{.learning_rate = 0.02}, fixtures::adamw);
  check<Scalar>("options", AdamW{.learning_rate = cosine, .weight_decay = 0.5, .amsgrad = true, .clipvalue = 0.1},
                fixtures::adamw_options);
}

TEST_CASE_TEMPLATE("RMSprop descends as Keras's", Scalar, float, double) {
  check<Scalar>("rmsprop", RMSprop{.learning_rate = 0.02}, fixtures::rmsprop);
  check<Scalar>("momentum", RMSprop{.learning_rate = 0.005, .rho = 0.8, .momentum = 0.7}, fixtures::rmsprop_momentum);
  check<Scalar>("centered", RMSprop{.learning_rate = 0.02, .epsilon = 1e-3, .centered = true}, fixtures::rmsprop_centered);
  check<Scalar>("both", RMSprop{.learning_rate = 0.002, .momentum = 0.7, .epsilon = 1e-3, .centered = true, .weight_decay = 0.2},
                fixtures::rmsprop_both);
}

TEST_CASE_TEMPLATE("Adagrad descends as Keras's", Scalar, float, double) {
  check<Scalar>("adagrad", Adagrad{.learning_rate = 0.1}, fixtures::adagrad);
  check<Scalar>("options", Adagrad{.learning_rate = 0.1, .initial_accumulator_value = 0, .epsilon = 1e-2, .global_clipnorm = 0.5},
                fixtures::adagrad_options);
}

TEST_CASE_TEMPLATE("penalties are part of the loss and of the gradient as Keras's", Scalar, float, double) {
  check<Scalar, Network<Regularized<Dense<3, 4>, L1{0.02}>, Regularized<Dense<2>, L2{0.05}>>>("sgd", SGD{.learning_rate = 0.1},
                                                                                              fixtures::sgd_regularized);
  check<Scalar, Network<Regularized<Dense<3, 4>, L1L2{.l1 = 0.01, .l2 = 0.03}>, Regularized<Dense<2>, L1{0.02}>>>(
      "adam", Adam{.learning_rate = 0.02}, fixtures::adam_regularized);
}

TEST_CASE_TEMPLATE("what is not trainable stays, and neither decays nor counts, as Keras's", Scalar, float, double) {
  check<Scalar, Network<Frozen<Regularized<Dense<3, 4>, L2{0.05}>>, Regularized<Dense<2>, L1{0.02}>>>(
      "sgd", SGD{.learning_rate = 0.1, .weight_decay = 0.05, .clipnorm = 0.3}, fixtures::sgd_frozen);
  check<Scalar, Network<Frozen<Dense<3, 4>>, Dense<2>>>(
      "adam", Adam{.learning_rate = 0.02, .epsilon = 0.01, .global_clipnorm = 0.3}, fixtures::adam_frozen);
}

template <class Schedule, std::size_t Count>
void check_rates(const char* name, const Schedule& schedule, const std::array<double, Count>& reference) {
  static_assert(LearningRateSchedule<Schedule>);
  INFO(name);
  CHECK(schedule.problem() == nullptr);
  const LearningRate rate = schedule;
  const double highest = *std::ranges::max_element(reference);
  for (std::size_t i = 0; i < Count; ++i) {
    INFO("step ", fixtures::rates::steps[i]);
    CHECK(std::abs(rate(fixtures::rates::steps[i]) - reference[i]) <= 1e-12 * std::max(std::abs(reference[i]), 1e-3 * highest));
    CHECK(rate(fixtures::rates::steps[i]) == schedule(fixtures::rates::steps[i]));
  }
}

TEST_CASE("schedules give Keras's rates, over a million steps") {
  namespace rates = fixtures::rates;
  check_rates("exponential", ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 30, .decay_rate = 0.96},
              rates::exponential_decay);
  check_rates("exponential, staircase",
              ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 30, .decay_rate = 0.96, .staircase = true},
              rates::exponential_decay_staircase);
  check_rates("exponential, growing", ExponentialDecay{.initial_learning_rate = 1e-6, .decay_steps = 1000, .decay_rate = 1.01},
              rates::exponential_growth);
  check_rates("inverse time", InverseTimeDecay{.initial_learning_rate = 0.1, .decay_steps = 30, .decay_rate = 0.5},
              rates::inverse_time_decay);
  check_rates("inverse time, staircase",
              InverseTimeDecay{.initial_learning_rate = 0.1, .decay_steps = 30, .decay_rate = 0.5, .staircase = true},
              rates::inverse_time_decay_staircase);
  check_rates("polynomial", PolynomialDecay{.initial_learning_rate = 0.1, .decay_steps = 60}, rates::polynomial_decay);
  check_rates("polynomial, root",
              PolynomialDecay{.initial_learning_rate = 0.1, .decay_steps = 60, .end_learning_rate = 0.01, .power = 0.5},
              rates::polynomial_decay_root);
  check_rates(
      "polynomial, cycle",
      PolynomialDecay{.initial_learning_rate = 0.1, .decay_steps = 30, .end_learning_rate = 0.02, .power = 2, .cycle = true},
      rates::polynomial_decay_cycle);
  check_rates("cosine", CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 1000}, rates::cosine_decay);
  check_rates("cosine, alpha", CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 60, .alpha = 0.25},
              rates::cosine_decay_alpha);
  check_rates("cosine, warm-up",
              CosineDecay{.initial_learning_rate = 0, .decay_steps = 990, .warmup_target = 0.2, .warmup_steps = 11},
              rates::cosine_decay_warmup);
  check_rates("cosine, target only",
              CosineDecay{.initial_learning_rate = 0.05, .decay_steps = 60, .alpha = 0.01, .warmup_target = 0.2},
              rates::cosine_decay_no_warmup_steps);
  check_rates("piecewise", PiecewiseConstantDecay{.boundaries = {11, 60, 1000}, .values = {0.3, 0.2, 0.1, 0.01}},
              rates::piecewise_constant_decay);
  check_rates("piecewise, once", PiecewiseConstantDecay{.boundaries = {30}, .values = {0.3, 0.2}},
              rates::piecewise_constant_decay_once);
}

}  // namespace
