#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "../checks.hpp"

using namespace ctnn;

static_assert(Loss<SparseCategoricalCrossentropy>);
static_assert(std::same_as<TargetShape<SparseCategoricalCrossentropy, Shape<3>>, Shape<1>>);
static_assert(std::same_as<TargetShape<SparseCategoricalCrossentropy, Shape<2, 3>>, Shape<2>>);
static_assert(std::same_as<TargetShape<SparseCategoricalCrossentropy, Shape<4, 5, 6>>, Shape<4, 5>>);

namespace {

constexpr SparseCategoricalCrossentropy of_probabilities, of_logits{.from_logits = true};

template <std::size_t Classes>
void check_gradients() {
  INFO(Classes, " classes");
  const auto targets = checks::class_targets<Classes>;
  checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<Classes>, Softmax>>(of_probabilities, 2, 1e-10, targets);
  checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<Classes>, Softmax, Linear>>(of_probabilities, 2, 1e-10, targets);
  checks::central_differences<Sequential<Dense<3, 4>, Tanh, Dense<Classes>>>(of_logits, 2, 1e-10, targets);
}

/// The loss with class numbers is that with one-hot targets, and so is its gradient.
template <class Lane, std::size_t Classes>
void check_against_one_hot() {
  using Scalar = ScalarOf<Lane>;
  const auto values = checks::numbers<Scalar>(Classes, 3, 0.1, 2);
  std::vector<Lane> predicted(Classes), one_hot(Classes), gradient(Classes), expected(Classes), p(Classes), q(Classes);
  for (std::size_t i = 0; i < Classes; ++i) predicted[i] = Lane(values[i]);
  for (const std::size_t hot : {std::size_t{0}, Classes / 2, Classes - 1}) {
    for (std::size_t i = 0; i < Classes; ++i) one_hot[i] = Lane(Scalar(i == hot));
    const Lane number(static_cast<Scalar>(hot));
    const auto same = [&](Lane sparse, Lane dense) {
      CHECK(kernels::sum(sparse) == doctest::Approx(kernels::sum(dense)).epsilon(1e-6));
      for (std::size_t i = 0; i < Classes; ++i)
        CHECK(kernels::sum(gradient[i]) == doctest::Approx(kernels::sum(expected[i])).epsilon(1e-5));
    };
    const Scalar scale(0.5);
    same(of_probabilities.evaluate<Shape<Classes>>(predicted.data(), &number, scale, gradient.data()),
         CategoricalCrossentropy{}.evaluate<Shape<Classes>>(predicted.data(), one_hot.data(), scale, expected.data()));
    same(of_logits.evaluate<Shape<Classes>>(predicted.data(), &number, scale, gradient.data()),
         CategoricalCrossentropy{.from_logits = true}.evaluate<Shape<Classes>>(predicted.data(), one_hot.data(), scale,
                                                                               expected.data()));
    same(of_probabilities.evaluate_logits<Shape<Classes>>(predicted.data(), &number, scale, p.data(), gradient.data()),
         CategoricalCrossentropy{}.evaluate_logits<Shape<Classes>>(predicted.data(), one_hot.data(), scale, q.data(),
                                                                   expected.data()));
  }
}

}  // namespace

TEST_CASE("SparseCategoricalCrossentropy: value, scale and gradient") {
  const double predicted[] = {0.2, 0.6, 1.2}, target = 2;
  double gradient[3];
  CHECK(of_probabilities.evaluate<Shape<3>>(predicted, &target, 1.0, gradient) == doctest::Approx(-std::log(0.6)).epsilon(1e-14));
  CHECK(gradient[0] == doctest::Approx(0.5).epsilon(1e-14));
  CHECK(gradient[2] == doctest::Approx(0.5 - 1 / 1.2).epsilon(1e-14));
  of_probabilities.evaluate<Shape<3>>(predicted, &target, 0.25, gradient);
  CHECK(gradient[0] == doctest::Approx(0.125).epsilon(1e-14));
  const double two[] = {0.2, 0.6, 1.2, 0.5, 0.25, 0.25}, numbers[] = {2, 0};
  double gradients[6];
  CHECK(of_probabilities.evaluate<Shape<2, 3>>(two, numbers, 1.0, gradients) ==
        doctest::Approx((-std::log(0.6) - std::log(0.5)) / 2).epsilon(1e-14));
}

TEST_CASE("SparseCategoricalCrossentropy: gradients by central differences, through Softmax and without") {
  check_gradients<2>();
  check_gradients<3>();
  check_gradients<17>();
  checks::central_differences<Sequential<Input<2, 3>, Dense<4>, Softmax>>(of_probabilities, 2, 1e-10, checks::class_targets<4>);
}

TEST_CASE_TEMPLATE("SparseCategoricalCrossentropy is CategoricalCrossentropy of one-hot targets", Lane, float, double,
                   kernels::NativeLane<float>, kernels::NativeLane<double>) {
  check_against_one_hot<Lane, 17>();
  if constexpr (std::same_as<Lane, kernels::NativeLane<float>>) {
    check_against_one_hot<Lane, 2>();
    check_against_one_hot<Lane, 1000>();
  }
}

TEST_CASE_TEMPLATE("SparseCategoricalCrossentropy stays exact for a network that is sure of itself", Scalar, float, double) {
  const Scalar logits[] = {Scalar(1e4), Scalar(-1e4), 0};
  Scalar probabilities[3], gradient[3];
  for (std::size_t hot = 0; hot < 3; ++hot) {
    const auto target = static_cast<Scalar>(hot);
    CHECK(of_probabilities.evaluate_logits<Shape<3>>(logits, &target, Scalar(1), probabilities, gradient) == (hot == 0   ? 0
                                                                                                              : hot == 1 ? 2e4
                                                                                                                         : 1e4));
    for (std::size_t i = 0; i < 3; ++i) CHECK(gradient[i] == (i == 0) - (i == hot));
  }
}

TEST_CASE("SparseCategoricalCrossentropy takes over a Softmax at the network's end") {
  Model<Sequential<Dense<1, 2>, Softmax>> model(std::array{1e3f, -1e3f, 0.0f, 0.0f});
  auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{}, SparseCategoricalCrossentropy{});
  const auto scores = trainer.test_on_batch(xt::xtensor<float, 2>{{1.0f}}, xt::xtensor<int, 1>{1});
  CHECK(scores.loss == 2e3f);
  // So it does as a metric.
  CHECK(scores.metrics[0] == 2e3f);
}

TEST_CASE("class numbers come as integers of any kind, as (batch) or (batch, 1)") {
  using Net = Sequential<Dense<3, 4>, Softmax>;
  const auto values = checks::numbers<float>(23 * 3, 9);
  const xt::xtensor<float, 2> x = xt::adapt(values, std::array{std::size_t{23}, std::size_t{3}});
  xt::xtensor<int, 1> y = xt::zeros<int>({23});
  for (std::size_t i = 0; i < 23; ++i) y(i) = static_cast<int>(i * i % 4);
  const auto step = [&](const auto& targets) {
    Model<Net> model{Seed{1}};
    auto trainer = model.compile(SGD{.learning_rate = 1}, SparseCategoricalCrossentropy{});
    std::array<float, 2> losses{};
    for (float& loss : losses) loss = trainer.train_on_batch(x, targets);
    CHECK(losses[1] < losses[0]);
    return losses[1];
  };
  const float expected = step(y);
  CHECK(step(xt::cast<std::uint8_t>(y)) == expected);
  CHECK(step(xt::xtensor<std::size_t, 1>(y)) == expected);
  CHECK(step(xt::xtensor<float, 1>(y)) == expected);
  CHECK(step(xt::reshape_view(y, {23, 1})) == expected);
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{});
  CHECK_THROWS_WITH_AS(trainer.train_on_batch(x, xt::xtensor<float, 2>(xt::zeros<float>({23, 4}))),
                       "ctnn: train_on_batch: the target y must have shape (batch, 1), but has (23, 4)", ShapeError);
}

TEST_CASE("a number that is no class makes the loss NaN, and the step is refused") {
  using Fused = Sequential<Dense<3, 4>, Softmax>;
  using Unfused = Sequential<Dense<3, 4>, Softmax, Linear>;
  const auto check = [](auto net, const SparseCategoricalCrossentropy& loss) {
    for (const std::size_t count : {1u, 16u, 19u}) {
      for (const float bad : {-1.0f, 4.0f, 0.5f, 2.9999998f, 255.0f, -1e30f, 1e30f, HUGE_VALF, std::nanf("")}) {
        const auto values = checks::numbers<float>(count * 3, 9);
        const xt::xtensor<float, 2> x = xt::adapt(values, std::array{count, std::size_t{3}});
        xt::xtensor<float, 1> y = xt::ones<float>({count});
        Model<decltype(net)> model{Seed{1}};
        auto trainer = model.compile(SGD{}, loss, Accuracy{});
        y(0) = -0.0f;
        const auto step = [&] { trainer.train_on_batch(x, y); };
        step();
        const std::vector<float> before(model.data(), model.data() + decltype(net)::parameter_count);
        y(count - 1) = bad;
        CHECK_THROWS_AS(step(), NonFiniteLossError);
        CHECK_THROWS_AS(trainer.test_on_batch(x, y), NonFiniteLossError);
        CHECK(std::vector<float>(model.data(), model.data() + decltype(net)::parameter_count) == before);
      }
    }
  };
  check(Fused{}, of_probabilities);
  check(Unfused{}, of_probabilities);
  check(Sequential<Dense<3, 4>>{}, of_logits);
}

// The compiler evaluates it and trains with it.
static_assert([] {
  StaticModel<Sequential<Dense<2, 3>, Softmax>> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 0.5}, SparseCategoricalCrossentropy{}, SparseCategoricalAccuracy{});
  const std::array<std::array<float, 2>, 3> x{{{1, 0}, {0, 1}, {-1, -1}}};
  const std::array<std::array<float, 1>, 3> y{{{0}, {1}, {2}}};
  const float before = trainer.train_on_batch(x, y).loss;
  for (int step = 0; step < 9; ++step) trainer.train_on_batch(x, y);
  const auto after = trainer.train_on_batch(x, y);
  return after.loss < 0.6f * before && after.metrics[0] > 0.99f;
}());
