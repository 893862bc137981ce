#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

template <std::size_t Classes>
void check_gradients() {
  INFO(Classes, " classes");
  using Logits = Sequential<Dense<3, 4>, Tanh, Dense<Classes>>;
  using Fused = Sequential<Dense<3, 4>, Tanh, Dense<Classes>, Softmax>;
  using Unfused = Sequential<Dense<3, 4>, Tanh, Dense<Classes>, Softmax, Linear>;
  for (const double smoothing : {0.0, 0.3}) {
    checks::central_differences<Fused>(CategoricalCrossentropy{.label_smoothing = smoothing});
    checks::central_differences<Unfused>(CategoricalCrossentropy{.label_smoothing = smoothing});
    checks::central_differences<Logits>(CategoricalCrossentropy{.from_logits = true, .label_smoothing = smoothing});
  }
}

}  // namespace

TEST_CASE("CategoricalCrossentropy: value, scale and gradient") {
  static_assert(Loss<CategoricalCrossentropy>);
  const double predicted[] = {0.2, 0.6, 1.2}, target[] = {0, 0, 1};
  double gradient[3];
  const CategoricalCrossentropy loss;
  // The outputs are divided by their sum, 2.
  CHECK(loss.evaluate<Shape<3>>(predicted, target, 1.0, gradient) == doctest::Approx(-std::log(0.6)).epsilon(1e-14));
  CHECK(gradient[0] == doctest::Approx(0.5).epsilon(1e-14));
  CHECK(gradient[2] == doctest::Approx(0.5 - 1 / 1.2).epsilon(1e-14));
  const double whole[] = {gradient[0], gradient[1], gradient[2]};
  loss.evaluate<Shape<3>>(predicted, target, 0.25, gradient);
  for (std::size_t i = 0; i < 3; ++i) CHECK(gradient[i] == doctest::Approx(whole[i] / 4).epsilon(1e-14));
  // Smoothed by 0.3 the target is 0.1, 0.1, 0.8.
  const double smoothed = -0.1 * std::log(0.1) - 0.1 * std::log(0.3) - 0.8 * std::log(0.6);
  CHECK(CategoricalCrossentropy{.label_smoothing = 0.3}.evaluate<Shape<3>>(predicted, target, 1.0, gradient) ==
        doctest::Approx(smoothed).epsilon(1e-14));
  // Two positions of three classes: the mean of both.
  const double two[] = {0.2, 0.6, 1.2, 0.5, 0.25, 0.25}, two_targets[] = {0, 0, 1, 1, 0, 0};
  double two_gradients[6];
  CHECK(loss.evaluate<Shape<2, 3>>(two, two_targets, 1.0, two_gradients) ==
        doctest::Approx((-std::log(0.6) - std::log(0.5)) / 2).epsilon(1e-14));
  CHECK(two_gradients[2] == doctest::Approx(whole[2] / 2).epsilon(1e-14));
}

TEST_CASE("CategoricalCrossentropy clips probabilities as Keras does, with no gradient beyond") {
  const CategoricalCrossentropy loss;
  const double certain[] = {1, 0}, right[] = {1, 0}, wrong[] = {0, 1};
  double gradient[2];
  CHECK(loss.evaluate<Shape<2>>(certain, right, 1.0, gradient) == doctest::Approx(-std::log(1 - 1e-7)).epsilon(1e-9));
  CHECK(loss.evaluate<Shape<2>>(certain, wrong, 1.0, gradient) == doctest::Approx(-std::log(1e-7)).epsilon(1e-14));
  CHECK(gradient[0] == 0);
  CHECK(gradient[1] == 0);
}

TEST_CASE("CategoricalCrossentropy: gradients by central differences, through Softmax and without") {
  check_gradients<2>();
  check_gradients<3>();
  check_gradients<17>();
  checks::central_differences<Sequential<Input<2, 3>, Dense<4>, Softmax>>(CategoricalCrossentropy{});
  checks::central_differences<Sequential<Input<2, 3>, Dense<4>, Softmax, Linear>>(CategoricalCrossentropy{});
  // The layer may end a block.
  checks::central_differences<Sequential<Dense<3, 4>, Sequential<Tanh, Dense<5>, Softmax>>>(CategoricalCrossentropy{});
}

TEST_CASE_TEMPLATE("CategoricalCrossentropy stays exact for a network that is sure of itself", Lane, float, double,
                   kernels::NativeLane<float>, kernels::NativeLane<double>) {
  using Scalar = ScalarOf<Lane>;
  const auto first = [](Lane value) { return static_cast<double>(kernels::sum(value)) / kernels::width_of<Lane>; };
  const Lane logits[] = {Lane(Scalar(1e4)), Lane(Scalar(-1e4)), Lane(0)};
  Lane probabilities[3], gradient[3];
  const CategoricalCrossentropy loss;
  for (std::size_t hot = 0; hot < 3; ++hot) {
    Lane target[] = {Lane(0), Lane(0), Lane(0)};
    target[hot] = Lane(1);
    const Lane value = loss.evaluate_logits<Shape<3>>(logits, target, Scalar(1), probabilities, gradient);
    CHECK(first(value) == (hot == 0 ? 0 : hot == 1 ? 2e4 : 1e4));
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(first(probabilities[i]) == (i == 0));
      CHECK(first(gradient[i]) == (i == 0) - (i == hot));
    }
    const Lane same = CategoricalCrossentropy{.from_logits = true}.evaluate<Shape<3>>(logits, target, Scalar(1), gradient);
    CHECK(first(same) == first(value));
    CHECK(first(gradient[hot]) == (hot == 0 ? 0 : -1));
  }
}

TEST_CASE("CategoricalCrossentropy takes over a Softmax at the network's end, and no other layer") {
  const std::array parameters{1e3f, -1e3f, 0.0f, 0.0f};
  const xt::xtensor<float, 2> x{{1.0f}}, y{{0.0f, 1.0f}};
  const auto loss = [&](auto net) {
    Model<decltype(net)> model(parameters);
    return model.compile(SGD{}, CategoricalCrossentropy{}).test_on_batch(x, y);
  };
  CHECK(loss(Sequential<Dense<1, 2>, Softmax>{}) == 2e3f);
  CHECK(loss(Sequential<Dense<1, 2>, Sequential<Softmax>>{}) == 2e3f);
  CHECK(loss(Sequential<Dense<1, 2>, Softmax, Linear>{}) == doctest::Approx(-std::log(1e-7)));
}

TEST_CASE("CategoricalCrossentropy refuses other smoothings by name") {
  Model<Sequential<Dense<3, 2>, Softmax>> model;
  for (const double smoothing : {-0.1, 1.1, std::nan("")}) {
    CHECK_THROWS_WITH_AS(
        model.compile(SGD{}, CategoricalCrossentropy{.label_smoothing = smoothing}),
        ("ctnn: compile: CategoricalCrossentropy's label_smoothing must lie in [0, 1], but is " + detail::number_text(smoothing))
            .c_str(),
        OptionError);
  }
  for (const double smoothing : {0.0, 1.0}) {
    CHECK_NOTHROW(model.compile(SGD{}, CategoricalCrossentropy{.label_smoothing = smoothing}));
  }
}

// The compiler evaluates it, fused and not, and trains with it.
static_assert([] {
  const double equal[] = {1, 1, 1, 1}, target[] = {0, 1, 0, 0};
  double probabilities[4]{}, gradient[4]{};
  const double exact = 1.38629436111989, loss = CategoricalCrossentropy{}.evaluate<Shape<4>>(equal, target, 1.0, gradient);
  const double fused = CategoricalCrossentropy{}.evaluate_logits<Shape<4>>(equal, target, 1.0, probabilities, gradient);
  return loss - exact < 1e-14 && exact - loss < 1e-14 && fused - exact < 1e-14 && exact - fused < 1e-14 &&
         probabilities[3] == 0.25 && gradient[1] == -0.75 && gradient[2] == 0.25;
}());
static_assert([] {
  StaticModel<Sequential<Dense<2, 3>, Softmax>> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 0.5}, CategoricalCrossentropy{.label_smoothing = 0.1});
  const std::array<std::array<float, 2>, 3> x{{{1, 0}, {0, 1}, {-1, -1}}};
  const std::array<std::array<float, 3>, 3> y{{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
  const float before = trainer.train_on_batch(x, y).loss;
  for (int step = 0; step < 5; ++step) trainer.train_on_batch(x, y);
  return trainer.train_on_batch(x, y).loss < 0.7f * before;
}());
