#include <ctnn/ctnn.hpp>
#include <ctnn/layers/batch_normalization.hpp>

#include "../checks.hpp"

using namespace ctnn;

TEST_CASE("BatchNormalization: inference uses what it keeps") {
  // gamma, beta, moving mean and variance of two channels.
  const std::array parameters{2.0f, 1.0f, 0.5f, 0.0f, 1.0f, -1.0f, 4.0f, 0.25f};
  const StaticModel<Sequential<Input<2>, BatchNormalization<0.99, 1e-9>>> model{parameters};
  const auto y = model(std::array{3.0f, 0.0f});
  CHECK(y[0] == doctest::Approx(2 * (3 - 1) / 2.0 + 0.5));
  CHECK(y[1] == doctest::Approx((0 + 1) / 0.5));
  static_assert(BatchNormalization<>::parameters({28, 28, 6})[3].shape == Dimensions{6});
  static_assert(BatchNormalization<>::parameters({4})[0].trainable && !BatchNormalization<>::parameters({4})[2].trainable);
}

TEST_CASE("BatchNormalization: gradient by central differences, through the batch's own statistics") {
  // Of three samples, small steps already bend the curve.
  const auto check = []<class Net>() { checks::central_differences<Net>({}, 2, 2e-9); };
  check.operator()<Sequential<Dense<3, 5>, BatchNormalization<>, Tanh, Dense<2>>>();
  check.operator()<Sequential<Input<3>, BatchNormalization<>, Dense<4>, BatchNormalization<0.9, 1e-2>, Dense<2>>>();
  check.operator()<Sequential<Dense<3, 4>, BatchNormalization<>, BatchNormalization<>>>();
  check.operator()<Sequential<Input<3, 4, 2>, Sequential<Dense<3>, Sequential<BatchNormalization<>>, Tanh>, Flatten, Dense<40>,
                              Dropout<0.3>, BatchNormalization<>, Dense<2>>>();
}

TEST_CASE("BatchNormalization: a variance that overflows is refused, and nothing moves") {
  using Net = Sequential<Input<2>, BatchNormalization<0.5>, Dense<1>>;
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const xt::xtensor<float, 2> large{{1e21f, 1.0f}, {-1e21f, 2.0f}};
  const xt::xtensor<float, 1> y{0.5f, -0.5f};
  const std::vector<float> before(model.data(), model.data() + Net::parameter_count);
  CHECK_THROWS_AS(trainer.train_on_batch(large, y), NonFiniteLossError);
  CHECK(std::equal(before.begin(), before.end(), model.data()));
  CHECK(trainer.iterations() == 0);
  // Moving statistics move with a step that is taken.
  trainer.train_on_batch(xt::xtensor<float, 2>{{3.0f, 1.0f}, {5.0f, 2.0f}}, y);
  CHECK(model.data()[4] == doctest::Approx(0.5 * 4));
  CHECK(model.data()[6] == doctest::Approx(0.5 * 1 + 0.5 * 1));
  CHECK(model.data()[7] == doctest::Approx(0.5 * 1 + 0.5 * 0.25));
}
