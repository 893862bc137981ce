#include <ctnn/optimizers/adagrad.hpp>
#include <string>

#include "plain.hpp"

using namespace ctnn;

TEST_CASE("Adagrad's defaults are Keras's") {
  static_assert(Adagrad{}.learning_rate == 0.001 && Adagrad{}.initial_accumulator_value == 0.1 && Adagrad{}.epsilon == 1e-7 &&
                Adagrad{}.weight_decay == 0);
}

TEST_CASE("Adagrad follows its formula, from its first accumulator") {
  const auto adagrad = [](double epsilon) {
    return [=](double& w, double g, checks::State& s, int) {
      s[0] += g * g;
      w -= 0.1 * g / std::sqrt(s[0] + epsilon);
    };
  };
  checks::formula(Adagrad{.learning_rate = 0.1}, adagrad(1e-7), {0.1});
  checks::formula(Adagrad{.learning_rate = 0.1, .initial_accumulator_value = 0, .epsilon = 0.01}, adagrad(0.01));
  checks::formula(Adagrad{.learning_rate = 0.1, .initial_accumulator_value = 3}, adagrad(1e-7), {3});
}

TEST_CASE("gradients whose squares overflow leave Adagrad finite") {
  float w = 0, state[1] = {};
  for (int t = 0; t < 3; ++t) {
    Adagrad{}.at<float>(1).update<1>(w, 1e25f, state);
    CHECK(std::isfinite(w));
    CHECK(std::isfinite(state[0]));
  }
}

TEST_CASE("Adagrad says which option is out of range") {
  static_assert(Adagrad{}.problem<float>() == nullptr && Adagrad{.initial_accumulator_value = 0}.problem<float>() == nullptr);
  checks::shared_options_refused<Adagrad>();
  for (const double bad : {-0.1, 1e39, HUGE_VAL, std::nan("")}) {
    checks::refused(Adagrad{.initial_accumulator_value = bad},
                    "Adagrad's initial_accumulator_value must be finite as one of the model's numbers and not negative");
  }
  for (const double bad : {0.0, -1.0, 1e-60, HUGE_VAL, std::nan("")})
    checks::refused(Adagrad{.epsilon = bad}, "Adagrad's epsilon must be positive, finite and normal as one of the model's numbers");
}
