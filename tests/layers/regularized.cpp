#include <ctnn/layers/dense.hpp>
#include <ctnn/layers/regularized.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

using Net = Sequential<Regularized<Dense<3, 17>, L1L2{.l1 = 0.02, .l2 = 0.3}>, Tanh, Regularized<Dense<2>, L2{}>, Dense<1>>;

constexpr auto arrays = Net::parameters(Dimensions{3});
static_assert(arrays[0].l1 == 0.02 && arrays[0].l2 == 0.3 && arrays[1].l1 == 0 && arrays[1].l2 == 0);
static_assert(arrays[2].l1 == 0 && arrays[2].l2 == 0.01 && arrays[4].l2 == 0 && arrays[4].trainable);
static_assert(L1{}.l1 == 0.01 && L1L2{}.l1 == 0 && L1L2{}.l2 == 0);

// A layer like any other, and the one it wraps in all else.
using Wrapped = Regularized<Dense<3, 17>, L1{}>;
static_assert(Layer<Wrapped> && Chainable<Wrapped, Tanh, Regularized<Dense<2>, L1{}>> && !Chainable<Wrapped, Dense<3, 1>>);
static_assert(Sequential<Wrapped>::parameter_count == 4 * 17 && Sequential<Wrapped>::flops == Sequential<Dense<3, 17>>::flops);
static_assert(std::same_as<Tape<Wrapped, float>, Tape<Dense<3, 17>, float>>);
static_assert(std::same_as<decltype(Wrapped{} >> Tanh{}), Sequential<Wrapped, Tanh>>);
// Penalties add up, and a block's kernels are all meant.
static_assert(Regularized<Wrapped, L1L2{.l1 = 0.5, .l2 = 1}>::parameters(Dimensions{3})[0].l1 == 0.51);
using Block = Sequential<Input<3>, Regularized<Sequential<Dense<4>, Tanh, Dense<2>>, L2{2}>>;
static_assert(detail::variables<Block>[0].l2 == 2 && detail::variables<Block>[1].l2 == 0 && detail::variables<Block>[2].l2 == 2);
static_assert(!detail::has_penalties<Sequential<Dense<1, 2>>> && detail::has_penalties<Block>);

/// The penalty of Net in plain loops, by its definition.
double penalty(const std::vector<double>& w) {
  double sum = 0;
  for (std::size_t i = 0; i < 51; ++i) sum += 0.02 * std::abs(w[i]) + 0.3 * w[i] * w[i];
  for (std::size_t i = 68; i < 102; ++i) sum += 0.01 * w[i] * w[i];
  return sum;
}

}  // namespace

TEST_CASE_TEMPLATE("the penalty and its gradient are those of the definition", Scalar, float, double) {
  static_assert(Net::parameter_count == 68 + 36 + 3);
  auto w = checks::numbers<Scalar>(Net::parameter_count, 4, -2, 2);
  w[5] = 0;
  const std::vector<double> exact(w.begin(), w.end());
  std::vector<Scalar> gradient(w.size(), Scalar(0.5));
  const double tolerance = sizeof(Scalar) == 4 ? 1e-6 : 1e-14;
  CHECK(checks::relative_error(static_cast<double>(detail::penalty<Net>(w.data())), penalty(exact), 1) < tolerance);
  const Scalar added = detail::add_penalties<Net>(w.data(), gradient.data());
  CHECK(added == detail::penalty<Net>(w.data()));
  for (std::size_t i = 0; i < w.size(); ++i) {
    // At 0 the slope of |w| is taken as 0.
    double slope = 0;
    if (i < 51) slope = 0.02 * ((exact[i] > 0) - (exact[i] < 0)) + 0.6 * exact[i];
    if (i >= 68 && i < 102) slope = 0.02 * exact[i];
    CHECK(static_cast<double>(gradient[i]) == doctest::Approx(0.5 + slope).epsilon(tolerance));
  }
  Scalar none = 3;
  CHECK(detail::add_penalties<Sequential<Dense<1, 2>>>(w.data(), &none) == 0);
  CHECK(none == 3);
}

TEST_CASE("training and evaluation report the loss with the penalty, and descend both") {
  using Plain = Sequential<Dense<3, 17>, Tanh, Dense<2>, Dense<1>>;
  StaticModel<Net, double> model{Seed{1}};
  StaticModel<Plain, double> plain{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{});
  auto plain_trainer = plain.compile(SGD{.learning_rate = 0.05}, MeanSquaredError{});
  const auto x = checks::numbers<double>(3 * 21, 3), y = checks::numbers<double>(21, 4);
  const Samples<double> inputs{.data = x.data(), .stride = 3}, targets{.data = y.data(), .stride = 1};
  const std::vector<double> w(model.data(), model.data() + Net::parameter_count);
  const double data_loss = plain_trainer.evaluate(inputs, targets, 21).loss;
  CHECK(trainer.evaluate(inputs, targets, 21).loss == doctest::Approx(data_loss + penalty(w)).epsilon(1e-13));
  double last = trainer.step(inputs, targets, 21);
  CHECK(last == doctest::Approx(data_loss + penalty(w)).epsilon(1e-13));
  // The whole loss by central differences, against the step's gradient.
  const auto total = [&](std::size_t i, double change) {
    StaticModel<Net, double> moved{Seed{1}};
    moved.data()[i] += change;
    return moved.compile(SGD{}, MeanSquaredError{}).evaluate(inputs, targets, 21).loss;
  };
  for (const std::size_t i : {0u, 17u, 50u, 51u, 67u, 68u, 101u, 102u, 104u, 106u})
    CHECK(trainer.gradient()[i] == doctest::Approx((total(i, 1e-5) - total(i, -1e-5)) / 2e-5).epsilon(1e-7));
  for (int i = 0; i < 50; ++i) last = trainer.step(inputs, targets, 21);
  CHECK(last < 0.5 * (data_loss + penalty(w)));
}

// Inside constant expressions, too.
static_assert([] {
  StaticModel<Sequential<Regularized<Dense<1, 1>, L2{1}>>, double> model(std::array{2.0, 0.0});
  auto trainer = model.compile(SGD{.learning_rate = 0.25}, MeanSquaredError{});
  const double loss = trainer.train_on_batch(std::array<std::array<double, 1>, 1>{}, std::array<std::array<double, 1>, 1>{});
  return loss == 4 && trainer.gradient()[0] == 4 && model.data()[0] == 1;
}());
