#include <ctnn/optimizers/adam.hpp>
#include <string>

#include "plain.hpp"

using namespace ctnn;

namespace {

/// Kingma and Ba's algorithm 1 with ε̂, bias corrections on m and v apart.
auto adam(double lr, double b1, double b2, double epsilon, bool amsgrad) {
  return [=](double& w, double g, checks::State& s, int t) {
    s[0] = b1 * s[0] + (1 - b1) * g;
    s[1] = b2 * s[1] + (1 - b2) * g * g;
    s[2] = std::max(s[2], s[1]);
    const double alpha = lr * std::sqrt(1 - std::pow(b2, t)) / (1 - std::pow(b1, t));
    w -= alpha * s[0] / (std::sqrt(amsgrad ? s[2] : s[1]) + epsilon);
  };
}

}  // namespace

TEST_CASE("Adam's defaults are Keras's") {
  static_assert(Adam{}.learning_rate == 0.001 && Adam{}.beta_1 == 0.9 && Adam{}.beta_2 == 0.999 && Adam{}.epsilon == 1e-7 &&
                !Adam{}.amsgrad && Adam{}.weight_decay == 0);
  static_assert(Adam{}.slots_in_use() == 2 && Adam{.amsgrad = true}.slots_in_use() == 3);
}

TEST_CASE("Adam follows its formula") {
  checks::formula(Adam{.learning_rate = 0.02}, adam(0.02, 0.9, 0.999, 1e-7, false));
  checks::formula(Adam{.learning_rate = 0.02, .beta_1 = 0.5, .beta_2 = 0.7, .epsilon = 0.01}, adam(0.02, 0.5, 0.7, 0.01, false));
  checks::formula(Adam{.learning_rate = 0.1, .beta_2 = 0.5, .amsgrad = true}, adam(0.1, 0.9, 0.5, 1e-7, true));
}

TEST_CASE("Adam's first step is the learning rate, and a late one costs no more") {
  for (const double g : {1e-3, 1.0, 1e3}) {
    double w = 0, state[3] = {};
    Adam{.learning_rate = 0.5}.at<double>(1).update<2>(w, g, state);
    CHECK(w == doctest::Approx(-0.5 * g / (g + 1e-7 / std::sqrt(0.001))).epsilon(1e-10));
  }
  // Without averages, each step is the learning rate in the gradient's direction.
  double w = 0, state[3] = {};
  for (std::uint64_t t = 1; t <= 4; ++t)
    Adam{.learning_rate = 0.5, .beta_1 = 0, .beta_2 = 0}.at<double>(t).update<2>(w, -2.0, state);
  CHECK(w == doctest::Approx(2).epsilon(1e-6));
  // After very many steps nothing is left of the corrections.
  CHECK(Adam{}.at<double>(UINT64_MAX).alpha == 0.001);
  CHECK(Adam{}.at<double>(1000).alpha ==
        doctest::Approx(0.001 * std::sqrt(1 - std::pow(0.999, 1000)) / (1 - std::pow(0.9, 1000))).epsilon(1e-13));
}

TEST_CASE("a gradient whose square overflows leaves Adam able to go on") {
  for (const bool amsgrad : {false, true}) {
    float w = 1, state[3] = {};
    for (int t = 1; t <= 3; ++t) {
      const auto step = Adam{.amsgrad = amsgrad}.at<float>(static_cast<std::uint64_t>(t));
      if (amsgrad) {
        step.update<3>(w, t == 1 ? 1e25f : 1.0f, state);
      } else {
        step.update<2>(w, t == 1 ? 1e25f : 1.0f, state);
      }
      CHECK(std::isfinite(w));
      CHECK(std::isfinite(state[1]));
    }
  }
}

TEST_CASE("Adam says which option is out of range") {
  static_assert(Adam{}.problem<float>() == nullptr);
  checks::shared_options_refused<Adam>();
  for (const double bad : {-0.1, 1.0, 1.1, std::nan("")}) {
    checks::refused(Adam{.beta_1 = bad}, "Adam's beta_1 must lie in [0, 1)");
    checks::refused(Adam{.beta_2 = bad}, "Adam's beta_2 must lie in [0, 1)");
  }
  for (const double bad : {0.0, -1.0, 1e-60, HUGE_VAL, std::nan("")})
    checks::refused(Adam{.epsilon = bad}, "Adam's epsilon must be positive, finite and normal as one of the model's numbers");
}

TEST_CASE("what Adam remembers of a gradient fades to zero") { checks::fades<2>(Adam{.beta_2 = 0.99}, 10000); }
