#include <ctnn/optimizers/rmsprop.hpp>
#include <string>

#include "plain.hpp"

using namespace ctnn;

TEST_CASE("RMSprop's defaults are Keras's") {
  static_assert(RMSprop{}.learning_rate == 0.001 && RMSprop{}.rho == 0.9 && RMSprop{}.momentum == 0 && RMSprop{}.epsilon == 1e-7 &&
                !RMSprop{}.centered && RMSprop{}.weight_decay == 0);
  static_assert(RMSprop{}.slots_in_use() == 1 && RMSprop{.momentum = 0.1}.slots_in_use() == 2 &&
                RMSprop{.centered = true}.slots_in_use() == 2 && RMSprop{.momentum = 0.1, .centered = true}.slots_in_use() == 3);
}

TEST_CASE("RMSprop follows its formula, plain, centered and with momentum") {
  checks::formula(RMSprop{.learning_rate = 0.01}, [](double& w, double g, checks::State& s, int) {
    s[0] = 0.9 * s[0] + 0.1 * g * g;
    w -= 0.01 * g / std::sqrt(s[0] + 1e-7);
  });
  checks::formula(RMSprop{.learning_rate = 0.01, .rho = 0.7, .momentum = 0.5, .epsilon = 1e-3},
                  [](double& w, double g, checks::State& s, int) {
                    s[0] = 0.7 * s[0] + 0.3 * g * g;
                    s[1] = 0.5 * s[1] + 0.01 * g / std::sqrt(s[0] + 1e-3);
                    w -= s[1];
                  });
  checks::formula(RMSprop{.learning_rate = 0.01, .epsilon = 1e-3, .centered = true},
                  [](double& w, double g, checks::State& s, int) {
                    s[0] = 0.9 * s[0] + 0.1 * g * g;
                    s[1] = 0.9 * s[1] + 0.1 * g;
                    w -= 0.01 * g / std::sqrt(s[0] - s[1] * s[1] + 1e-3);
                  });
  checks::formula(RMSprop{.learning_rate = 0.01, .momentum = 0.5, .epsilon = 1e-3, .centered = true, .weight_decay = 0.2},
                  [](double& w, double g, checks::State& s, int) {
                    w -= w * 0.2 * 0.01;
                    s[0] = 0.9 * s[0] + 0.1 * g * g;
                    s[2] = 0.9 * s[2] + 0.1 * g;
                    s[1] = 0.5 * s[1] + 0.01 * g / std::sqrt(s[0] - s[2] * s[2] + 1e-3);
                    w -= s[1];
                  });
}

TEST_CASE("a constant gradient, whose variance rounds below zero, leaves a centered RMSprop finite") {
  for (const float g : {1234.5f, 98765.4f, 0.1f, 1e25f}) {
    float w = 0, state[3] = {};
    const auto step = RMSprop{.centered = true}.at<float>(1);
    for (int t = 0; t < 500; ++t) step.update<2>(w, g, state);
    CHECK(std::isfinite(w));
  }
}

TEST_CASE("RMSprop says which option is out of range") {
  static_assert(RMSprop{}.problem<float>() == nullptr);
  checks::shared_options_refused<RMSprop>();
  for (const double bad : {-0.1, 1.1, std::nan("")}) {
    checks::refused(RMSprop{.rho = bad}, "RMSprop's rho must lie in [0, 1]");
    checks::refused(RMSprop{.momentum = bad}, "RMSprop's momentum must lie in [0, 1]");
  }
  for (const double bad : {0.0, -1.0, 1e-60, HUGE_VAL, std::nan("")})
    checks::refused(RMSprop{.epsilon = bad}, "RMSprop's epsilon must be positive, finite and normal as one of the model's numbers");
}

TEST_CASE("what RMSprop remembers of a gradient fades to zero") {
  checks::fades<1>(RMSprop{}, 1000);
  checks::fades<3>(RMSprop{.momentum = 0.9, .centered = true}, 1000);
}
