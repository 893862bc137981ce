#include <ctnn/optimizers/adamw.hpp>
#include <string>

#include "plain.hpp"

using namespace ctnn;

TEST_CASE("AdamW's defaults are Keras's") {
  static_assert(AdamW{}.learning_rate == 0.001 && AdamW{}.weight_decay == 0.004 && AdamW{}.beta_1 == 0.9 &&
                AdamW{}.beta_2 == 0.999 && AdamW{}.epsilon == 1e-7 && !AdamW{}.amsgrad);
}

TEST_CASE("AdamW decays every parameter, then takes Adam's step") {
  const auto adamw = [](double& w, double g, checks::State& s, int t) {
    w -= w * 0.4 * 0.02;
    s[0] = 0.9 * s[0] + 0.1 * g;
    s[1] = 0.999 * s[1] + 0.001 * g * g;
    s[2] = std::max(s[2], s[1]);
    w -= 0.02 * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t)) * s[0] / (std::sqrt(s[2]) + 1e-3);
  };
  checks::formula(AdamW{.learning_rate = 0.02, .weight_decay = 0.4, .epsilon = 1e-3, .amsgrad = true}, adamw);
}

TEST_CASE("AdamW without decay is Adam") {
  const auto step = AdamW{.weight_decay = 0}.at<double>(3);
  const auto adam = Adam{}.at<double>(3);
  CHECK(step.alpha == adam.alpha);
  using Net = Sequential<Dense<3, 9>>;
  StaticModel<Net> a{Seed{1}}, b{Seed{1}};
  auto first = a.compile(AdamW{.weight_decay = 0}, MeanSquaredError{});
  auto second = b.compile(Adam{}, MeanSquaredError{});
  const std::array<std::array<float, 3>, 1> x{{{1, 2, 3}}};
  const std::array<std::array<float, 9>, 1> y{};
  for (int i = 0; i < 3; ++i) CHECK(first.train_on_batch(x, y) == second.train_on_batch(x, y));
  for (std::size_t i = 0; i < Net::parameter_count; ++i) CHECK(a.data()[i] == b.data()[i]);
}

TEST_CASE("AdamW says which option is out of range") {
  static_assert(AdamW{}.problem<float>() == nullptr && AdamW{.weight_decay = 0}.problem<float>() == nullptr);
  checks::shared_options_refused<AdamW>();
  checks::refused(AdamW{.beta_1 = 1}, "AdamW's beta_1 must lie in [0, 1)");
  checks::refused(AdamW{.beta_2 = -1}, "AdamW's beta_2 must lie in [0, 1)");
  checks::refused(AdamW{.epsilon = 0}, "AdamW's epsilon must be positive, finite and normal as one of the model's numbers");
}
