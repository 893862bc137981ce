#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("BinaryCrossentropy: value, scale and gradient") {
  static_assert(Loss<BinaryCrossentropy>);
  const double predicted[] = {0.25, 0.5}, target[] = {0, 1};
  double gradient[2];
  const BinaryCrossentropy loss;
  CHECK(loss.evaluate<Shape<2>>(predicted, target, 1.0, gradient) ==
        doctest::Approx((-std::log(0.75) - std::log(0.5)) / 2).epsilon(1e-14));
  CHECK(gradient[0] == doctest::Approx(1 / 0.75 / 2).epsilon(1e-14));
  CHECK(gradient[1] == doctest::Approx(-1 / 0.5 / 2).epsilon(1e-14));
  loss.evaluate<Shape<2>>(predicted, target, 0.25, gradient);
  CHECK(gradient[1] == doctest::Approx(-0.25).epsilon(1e-14));
  // Smoothed by 0.2 the targets are 0.1 and 0.9.
  const double smoothed = -0.1 * std::log(0.25) - 0.9 * std::log(0.75) - std::log(0.5);
  CHECK(BinaryCrossentropy{.label_smoothing = 0.2}.evaluate<Shape<2>>(predicted, target, 1.0, gradient) ==
        doctest::Approx(smoothed / 2).epsilon(1e-14));
}

TEST_CASE("BinaryCrossentropy clips probabilities as Keras does, with no gradient beyond") {
  const double certain[] = {1, 0}, wrong[] = {0, 1};
  double gradient[2];
  CHECK(BinaryCrossentropy{}.evaluate<Shape<2>>(certain, certain, 1.0, gradient) == doctest::Approx(1e-7).epsilon(1e-6));
  CHECK(BinaryCrossentropy{}.evaluate<Shape<2>>(certain, wrong, 1.0, gradient) == doctest::Approx(-std::log(1e-7)).epsilon(1e-9));
  CHECK(gradient[0] == 0);
  CHECK(gradient[1] == 0);
}

TEST_CASE("BinaryCrossentropy: gradients by central differences, through Sigmoid and without") {
  for (const double smoothing : {0.0, 0.3}) {
    const BinaryCrossentropy loss{.label_smoothing = smoothing};
    checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<1>, Sigmoid>>(loss);
    checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<5>, Sigmoid>>(loss);
    checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<1>, Sigmoid, Linear>>(loss);
    checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<5>, Sigmoid, Linear>>(loss);
    checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<5>>>(
        BinaryCrossentropy{.from_logits = true, .label_smoothing = smoothing});
  }
  // A Softmax is no Sigmoid, and is not taken over.
  checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<2>, Softmax>>(BinaryCrossentropy{});
}

TEST_CASE_TEMPLATE("BinaryCrossentropy stays exact for a network that is sure of itself", Lane, float, double,
                   kernels::NativeLane<float>, kernels::NativeLane<double>) {
  using Scalar = ScalarOf<Lane>;
  const auto first = [](Lane value) { return static_cast<double>(kernels::sum(value)) / kernels::width_of<Lane>; };
  for (const double x : {1e4, -1e4, 40.0, -40.0}) {
    for (const double y : {0.0, 1.0}) {
      CAPTURE(x);
      CAPTURE(y);
      const Lane logit(static_cast<Scalar>(x)), target(static_cast<Scalar>(y));
      Lane probability, gradient;
      const Lane loss = BinaryCrossentropy{}.evaluate_logits<Shape<1>>(&logit, &target, Scalar(1), &probability, &gradient);
      const double rest = std::exp(-std::abs(x)), exact = (x > 0) == (y > 0.5) ? rest : std::abs(x);
      const double tolerance = sizeof(Scalar) == 4 ? 1e-6 : 1e-14;
      CHECK(checks::relative_error(first(loss), exact, 1e-300) < tolerance);
      CHECK(checks::relative_error(first(probability), x > 0 ? 1 : rest, 1e-300) < tolerance);
      if (y == 0) CHECK(checks::relative_error(first(gradient), x > 0 ? 1 : rest, 1e-300) < tolerance);
      if (y == 1 && x < 0) CHECK(first(gradient) == -1);
    }
  }
}

TEST_CASE("BinaryCrossentropy takes over a Sigmoid at the network's end") {
  const xt::xtensor<float, 1> x{1.0f, -1.0f}, y{0.0f, 1.0f};
  Model<Sequential<Dense<1, 1>, Sigmoid>> fused(std::array{1e3f, 0.0f});
  Model<Sequential<Dense<1, 1>, Sigmoid, Linear>> apart(std::array{1e3f, 0.0f});
  CHECK(fused.compile(SGD{}, BinaryCrossentropy{}).test_on_batch(x, y) == 1e3f);
  CHECK(apart.compile(SGD{}, BinaryCrossentropy{}).test_on_batch(x, y) == doctest::Approx(-std::log(1e-7)).epsilon(0.02));
}

TEST_CASE("BinaryCrossentropy refuses other smoothings by name") {
  Model<Sequential<Dense<3, 1>, Sigmoid>> model;
  for (const double smoothing : {-0.1, 1.1, std::nan("")}) {
    CHECK_THROWS_WITH_AS(
        model.compile(SGD{}, BinaryCrossentropy{.label_smoothing = smoothing}),
        ("ctnn: compile: BinaryCrossentropy's label_smoothing must lie in [0, 1], but is " + detail::number_text(smoothing))
            .c_str(),
        OptionError);
  }
}

// The compiler evaluates it, fused and not.
static_assert([] {
  const double half = 0.5, zero = 0, target = 1;
  double probability = 0, gradient = 0;
  const double exact = 0.693147180559945, loss = BinaryCrossentropy{}.evaluate<Shape<1>>(&half, &target, 1.0, &gradient);
  const double fused = BinaryCrossentropy{}.evaluate_logits<Shape<1>>(&zero, &target, 1.0, &probability, &gradient);
  return loss - exact < 1e-14 && exact - loss < 1e-14 && fused - exact < 1e-14 && exact - fused < 1e-14 && probability == 0.5 &&
         gradient == -0.5;
}());
