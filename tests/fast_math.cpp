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
