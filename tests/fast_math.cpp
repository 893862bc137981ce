// Built with -ffast-math, which ctnn does not need and must survive.
#include <ctnn/core.hpp>

#include "checks.hpp"

using namespace ctnn;

TEST_CASE_TEMPLATE("under -ffast-math the elementary functions keep their values", Lane, float, double, kernels::NativeLane<float>,
                   kernels::NativeLane<double>) {
  using Scalar = ScalarOf<Lane>;
  const double tolerance = sizeof(Scalar) == 4 ? 1e-6 : 1e-14;
  const auto first = [](Lane value) {
    if constexpr (kernels::width_of<Lane> == 1) {
      return static_cast<double>(value);
    } else {
      return static_cast<double>(value[0]);
    }
  };
  for (int step = -120; step <= 120; ++step) {
    const auto x = static_cast<Scalar>(0.1 * step);
    const auto exact = static_cast<double>(x);
    INFO("x = ", exact);
    CHECK(checks::relative_error(first(math::exp(Lane(x))), std::exp(exact), 1e-30) < tolerance);
    CHECK(checks::relative_error(first(math::tanh(Lane(x))), std::tanh(exact), 1e-30) < tolerance);
    CHECK(checks::relative_error(first(math::log(math::exp(Lane(x)))), exact, 1) < tolerance);
    CHECK(checks::relative_error(first(math::sigmoid(Lane(x))), 1 / (1 + std::exp(-exact)), 1e-30) < tolerance);
  }
}

TEST_CASE("under -ffast-math a loss that is not finite still changes nothing") {
  StaticModel<Sequential<Dense<1, 1>>> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const auto before = model(std::array{1.0f});
  volatile float huge = 1e30f;
  trainer.train_on_batch(std::array<std::array<float, 1>, 1>{{{huge}}}, std::array<std::array<float, 1>, 1>{{{-huge}}});
  CHECK(model(std::array{1.0f}) == before);
  CHECK(trainer.iterations() == 0);
}

TEST_CASE("under -ffast-math a number that is no class still changes nothing") {
  StaticModel<Sequential<Dense<1, 3>, Softmax>> model{Seed{1}};
  auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{}, Accuracy{});
  const auto before = model(std::array{1.0f});
  for (volatile float number : {3.0f, -1.0f, 0.5f, 1e30f}) {
    trainer.train_on_batch(std::array<std::array<float, 1>, 2>{{{1.0f}, {2.0f}}},
                           std::array<std::array<float, 1>, 2>{{{1.0f}, {number}}});
    CHECK(model(std::array{1.0f}) == before);
    CHECK(trainer.iterations() == 0);
  }
  trainer.train_on_batch(std::array<std::array<float, 1>, 1>{{{1.0f}}}, std::array<std::array<float, 1>, 1>{{{2.0f}}});
  CHECK(trainer.iterations() == 1);
}

TEST_CASE("under -ffast-math optimizers, schedules and clipping do what they do without it") {
  using Net = Sequential<Regularized<Dense<3, 9>, L2{0.01}>, Tanh, Dense<2>>;
  const auto x = checks::numbers<float>(3 * 19, 3), y = checks::numbers<float>(2 * 19, 4);
  const auto check = [&](const auto& optimizer, double loss_then) {
    StaticModel<Net> model{Seed{1}};
    auto trainer = model.compile(optimizer, MeanSquaredError{});
    for (int step = 0; step < 50; ++step) trainer.step({.data = x.data(), .stride = 3}, {.data = y.data(), .stride = 2}, 19);
    CHECK(trainer.evaluate({.data = x.data(), .stride = 3}, {.data = y.data(), .stride = 2}, 19) ==
          doctest::Approx(loss_then).epsilon(1e-4));
  };
  const CosineDecay cosine{.initial_learning_rate = 0.001, .decay_steps = 40, .warmup_target = 0.05, .warmup_steps = 5};
  check(SGD{.learning_rate = ExponentialDecay{.initial_learning_rate = 0.2, .decay_steps = 7, .decay_rate = 0.8}}, 0.319896);
  check(Adam{.learning_rate = cosine, .amsgrad = true, .clipnorm = 0.1}, 0.292901);
  check(AdamW{.learning_rate = cosine, .global_clipnorm = 0.1}, 0.291825);
  check(RMSprop{.learning_rate = 0.003, .momentum = 0.5, .centered = true, .clipvalue = 0.1}, 0.285347);
  check(Adagrad{.learning_rate = 0.1}, 0.307051);
}
