#include <ctnn/optimizers/sgd.hpp>
#include <string>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("SGD: one step of each kind") {
  static_assert(Optimizer<SGD>);
  static_assert(SGD{}.learning_rate == 0.01 && SGD{}.momentum == 0 && !SGD{}.nesterov);
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

TEST_CASE("SGD says which option is out of range") {
  static_assert(SGD{}.problem<float>() == nullptr);
  for (const double rate : {0.0, -1.0, std::nan(""), HUGE_VAL, 1e39, 1e-60}) {
    CHECK(std::string(SGD{.learning_rate = rate}.problem<float>()) ==
          "SGD's learning_rate must be positive and finite as one of the model's numbers");
  }
  for (const double momentum : {-0.1, 1.1, std::nan("")}) {
    CHECK(std::string(SGD{.momentum = momentum}.problem<float>()) == "SGD's momentum must lie in [0, 1]");
  }
  CHECK(SGD{.learning_rate = 1e-60}.problem<double>() == nullptr);
}
