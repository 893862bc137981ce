// An optimizer against its formula in plain loops: shared by the tests of optimizers.
#pragma once

#include <array>
#include <cmath>
#include <ctnn/core.hpp>
#include <ctnn/heap.hpp>
#include <functional>
#include <string>
#include <vector>

#include "../checks.hpp"

namespace checks {

using State = std::array<double, 3>;
/// Called with (parameter, gradient, state, t). One type for all, so that a network is compiled once for an optimizer.
using Formula = std::function<void(double&, double, State&, int)>;

/// The largest difference after twenty steps between training a network, and `formula` applied to each parameter by itself with
/// the gradients that training saw; relative to the largest parameter.
template <class Net, class Scalar, class Optimizer>
[[gnu::noinline]] double difference_from_formula(const Optimizer& optimizer, const Formula& formula, const State& first = {}) {
  constexpr std::size_t samples = 19, count = Net::parameter_count;
  ctnn::BasicModel<Net, Scalar, ctnn::OnHeap> model{ctnn::Seed{3}};
  const auto x = numbers<Scalar>(samples * Net::input_shape::size, 5), y = numbers<Scalar>(samples * Net::output_shape::size, 6);
  auto trainer = model.compile(optimizer, ctnn::MeanSquaredError{});
  std::vector<double> parameters(model.data(), model.data() + count);
  std::vector<State> states(count, first);
  for (int t = 1; t <= 20; ++t) {
    trainer.step({.data = x.data(), .stride = Net::input_shape::size}, {.data = y.data(), .stride = Net::output_shape::size},
                 samples);
    for (std::size_t i = 0; i < count; ++i) formula(parameters[i], static_cast<double>(trainer.gradient()[i]), states[i], t);
  }
  CHECK(trainer.iterations() == 20);
  double worst = 0, largest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(model.data()[i]) - parameters[i]));
    largest = std::max(largest, std::abs(parameters[i]));
    for (std::size_t k = 0; k < trainer.state().in_use(); ++k) {
      CHECK(relative_error(static_cast<double>(trainer.state().slot(k)[i]), states[i][k], 1e-2) <
            (sizeof(Scalar) == 4 ? 1e-4 : 1e-12));
    }
  }
  return worst / largest;
}

/// The same for a network that is updated number by number, one in registers with a remainder, and one of several registers; in
/// float and in double.
template <class Optimizer>
void formula(const Optimizer& optimizer, const Formula& formula, const State& first = {}) {
  using namespace ctnn;
  static_assert(ctnn::Optimizer<Optimizer>);
  REQUIRE(optimizer.template problem<float>() == nullptr);
  using Few = Sequential<Dense<1, 2>, Tanh, Dense<1>>;
  using Some = Sequential<Dense<3, 4>, Tanh, Dense<2>>;
  using Many = Sequential<Dense<9, 13>, Tanh, Dense<7>>;
  CHECK(difference_from_formula<Few, float>(optimizer, formula, first) < 1e-5);
  CHECK(difference_from_formula<Some, float>(optimizer, formula, first) < 1e-5);
  CHECK(difference_from_formula<Many, float>(optimizer, formula, first) < 1e-5);
  CHECK(difference_from_formula<Few, double>(optimizer, formula, first) < 1e-12);
  CHECK(difference_from_formula<Many, double>(optimizer, formula, first) < 1e-12);
}

/// Checks that an optimizer of float models is refused in these words.
template <class Optimizer>
void refused(const Optimizer& optimizer, const char* words) {
  const char* const problem = optimizer.template problem<float>();
  REQUIRE(problem != nullptr);
  CHECK(std::string(problem) == words);
}

/// The options that all optimizers share, refused by name.
template <class Optimizer>
void shared_options_refused() {
  const std::string name = Optimizer::name;
  const auto with = [](auto member, auto value) {
    Optimizer optimizer;
    optimizer.*member = value;
    return optimizer;
  };
  for (const double bad : {0.0, -1.0, std::nan(""), HUGE_VAL, 1e39, 1e-60}) {
    refused(with(&Optimizer::learning_rate, bad),
            (name + "'s learning_rate must be positive, finite and normal as one of the model's numbers").c_str());
  }
  CHECK(with(&Optimizer::learning_rate, 1e-60).template problem<double>() == nullptr);
  refused(with(&Optimizer::learning_rate, ctnn::CosineDecay{.initial_learning_rate = 0.1, .decay_steps = 0}),
          "CosineDecay's decay_steps must be at least 1");
  for (const double bad : {-1.0, std::nan(""), HUGE_VAL, 1e39, 1e-60}) {
    refused(with(&Optimizer::weight_decay, bad),
            (name + "'s weight_decay must be positive, finite and normal as one of the model's numbers, or 0 for none").c_str());
    refused(with(&Optimizer::clipnorm, bad),
            (name + "'s clipnorm must be positive, finite and normal as one of the model's numbers, or 0 for none").c_str());
    refused(with(&Optimizer::clipvalue, bad),
            (name + "'s clipvalue must be positive, finite and normal as one of the model's numbers, or 0 for none").c_str());
    refused(with(&Optimizer::global_clipnorm, bad),
            (name + "'s global_clipnorm must be positive, finite and normal as one of the model's numbers, or 0 for none").c_str());
  }
  for (const auto& [a, b] :
       {std::pair(&Optimizer::clipnorm, &Optimizer::clipvalue), std::pair(&Optimizer::clipvalue, &Optimizer::global_clipnorm),
        std::pair(&Optimizer::clipnorm, &Optimizer::global_clipnorm)}) {
    Optimizer optimizer = with(a, 1.0);
    optimizer.*b = 1.0;
    refused(optimizer, (name + " must be given at most one of clipnorm, clipvalue and global_clipnorm").c_str());
  }
}

/// After a gradient, nothing but zeros: what an optimizer remembers fades to zero, and never stays among the subnormal numbers, for
/// which processors take many times as long.
template <std::size_t InUse, class Optimizer>
void fades(const Optimizer& optimizer, std::uint64_t steps) {
  float w = 1, state[InUse] = {};
  std::size_t subnormal = 0;
  for (std::uint64_t t = 1; t <= steps; ++t) {
    optimizer.template at<float>(t).template update<InUse>(w, t == 1 ? 1.0f : 0.0f, state);
    for (const float value : state) subnormal += std::fpclassify(value) == FP_SUBNORMAL;
    if (t == 1) CHECK(state[InUse - 1] != 0);
  }
  CHECK(subnormal == 0);
  for (const float value : state) CHECK(value == 0);
}

}  // namespace checks
