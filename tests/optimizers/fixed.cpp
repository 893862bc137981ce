#include <algorithm>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

using Net = Sequential<Dense<2, 5>, Tanh, Dense<4>>;

constexpr Adam adam{.learning_rate = 0.02};
constexpr Adam amsgrad{
    .learning_rate = CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 9}, .amsgrad = true, .clipnorm = 0.1};
constexpr AdamW adamw{.learning_rate = 0.02, .weight_decay = 0.3};
constexpr Adagrad adagrad{.initial_accumulator_value = 0.3, .clipvalue = 0.01};
constexpr SGD plain{.learning_rate = 0.1, .global_clipnorm = 0.05};
constexpr SGD nesterov{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true};
constexpr RMSprop centered{.momentum = 0.5, .centered = true};
constexpr Adam wrong{.beta_1 = 2};

/// The parameters after ten steps.
template <class Optimizer>
std::vector<float> trained(const Optimizer& optimizer) {
  StaticModel<Net> model{Seed{1}};
  auto trainer = model.compile(optimizer, MeanSquaredError{});
  const auto x = checks::numbers<float>(2 * 9, 2), y = checks::numbers<float>(4 * 9, 3);
  for (int step = 0; step < 10; ++step) trainer.step({.data = x.data(), .stride = 2}, {.data = y.data(), .stride = 4}, 9);
  CHECK(trainer.iterations() == 10);
  return {model.data(), model.data() + Net::parameter_count};
}

template <const auto& Options>
void check() {
  CHECK(trained(Fixed<Options>{}) == trained(Options));
  CHECK(Fixed<Options>::slots == Options.slots_in_use());
}

template <class Optimizer>
constexpr std::size_t bytes =
    sizeof(std::declval<StaticModel<Net>&>().compile(std::declval<const Optimizer&>(), MeanSquaredError{}));

}  // namespace

TEST_CASE("a fixed optimizer moves parameters as its options do") {
  check<adam>();
  check<amsgrad>();
  check<adamw>();
  check<adagrad>();
  check<plain>();
  check<nesterov>();
  check<centered>();
  CHECK(trained(Fixed<plain>{}) != trained(Fixed<nesterov>{}));
}

TEST_CASE("its trainer holds the slots in use alone, and no options") {
  static_assert(bytes<Fixed<adam>> + sizeof(StaticModel<Net>) + sizeof(Adam) <= bytes<Adam> + 64);
  static_assert(bytes<Fixed<plain>> < bytes<Fixed<nesterov>>);
}

TEST_CASE("its options are checked as others are") {
  Model<Net> model;
  CHECK_THROWS_WITH_AS(model.compile(Fixed<wrong>{}, MeanSquaredError{}),
                       "ctnn: compile: Adam's beta_1 must lie in [0, 1), but is 2", OptionError);
  // A Trainer works with it.
  auto trainer = model.compile(Fixed<adam>{}, MeanSquaredError{});
  const xt::xtensor<float, 2> x = xt::ones<float>({8, 2}), y = xt::zeros<float>({8, 4});
  const float before = trainer.evaluate(x, y);
  trainer.fit(x, y, {.epochs = 50, .verbose = 0});
  CHECK(trainer.evaluate(x, y) < before);
}
