#include <ctnn/optimizers/sgd.hpp>
#include <string>

#include "plain.hpp"

using namespace ctnn;

TEST_CASE("SGD: one step of each kind") {
  static_assert(Optimizer<SGD>);
  static_assert(SGD{}.learning_rate == 0.01 && SGD{}.momentum == 0 && !SGD{}.nesterov && SGD{}.weight_decay == 0 &&
                SGD{}.clipnorm == 0 && SGD{}.clipvalue == 0 && SGD{}.global_clipnorm == 0);
  double w = 1, v = 0.5;
  SGD{.learning_rate = 0.1}.at<double>(1).update<0>(w, 2.0, &v);
  CHECK(w == doctest::Approx(1 - 0.2));
  CHECK(v == 0.5);
  SGD{.learning_rate = 0.1, .momentum = 0.9}.at<double>(1).update<1>(w, 2.0, &v);
  CHECK(v == doctest::Approx(0.45 - 0.2));
  CHECK(w == doctest::Approx(0.8 + 0.25));
  SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}.at<double>(1).update<1>(w, 2.0, &v);
  CHECK(v == doctest::Approx(0.225 - 0.2));
  CHECK(w == doctest::Approx(1.05 + 0.9 * 0.025 - 0.2));
}

TEST_CASE("SGD follows its formula") {
  checks::formula(SGD{.learning_rate = 0.1}, [](double& w, double g, checks::State&, int) { w -= 0.1 * g; });
  checks::formula(SGD{.learning_rate = 0.1, .momentum = 0.9}, [](double& w, double g, checks::State& s, int) {
    s[0] = 0.9 * s[0] - 0.1 * g;
    w += s[0];
  });
  checks::formula(SGD{.learning_rate = 0.1, .momentum = 0.9, .nesterov = true, .weight_decay = 0.3},
                  [](double& w, double g, checks::State& s, int) {
                    w -= w * 0.3 * 0.1;
                    s[0] = 0.9 * s[0] - 0.1 * g;
                    w += 0.9 * s[0] - 0.1 * g;
                  });
}

TEST_CASE("SGD's rate follows a schedule that counts from 0") {
  const auto rate = [](std::uint64_t step) { return step == 0 ? 0.5 : 0.1 / static_cast<double>(step); };
  checks::formula(SGD{.learning_rate = rate, .weight_decay = 0.2}, [&](double& w, double g, checks::State&, int t) {
    const double lr = rate(static_cast<std::uint64_t>(t - 1));
    w -= w * 0.2 * lr;
    w -= lr * g;
  });
}

TEST_CASE("SGD says which option is out of range") {
  static_assert(SGD{}.problem<float>() == nullptr);
  checks::shared_options_refused<SGD>();
  for (const double momentum : {-0.1, 1.1, std::nan("")})
    checks::refused(SGD{.momentum = momentum}, "SGD's momentum must lie in [0, 1]");
}

TEST_CASE("what SGD remembers of a gradient fades to zero") { checks::fades<1>(SGD{.momentum = 0.9}, 1000); }
