#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "checks.hpp"

using namespace ctnn;
using namespace ctnn::literals;

namespace {

xt::xtensor<float, 2> table(std::size_t rows, std::size_t columns, double low = -1, double high = 1) {
  return xt::adapt(checks::numbers<float>(rows * columns, 9, low, high), std::array{rows, columns});
}

/// Mean and variance of a column, in two passes.
template <class Table>
std::pair<double, double> moments(const Table& x, std::size_t column) {
  const auto rows = static_cast<double>(x.shape(0));
  double mean = 0, variance = 0;
  for (std::size_t i = 0; i < x.shape(0); ++i) mean += static_cast<double>(x(i, column)) / rows;
  for (std::size_t i = 0; i < x.shape(0); ++i) variance += std::pow(static_cast<double>(x(i, column)) - mean, 2) / rows;
  return {mean, variance};
}

using Net = Sequential<Input<3>, Normalization<>, Dense<2>>;

template <class Network, class Scalar>
std::vector<Scalar> all(const Model<Network, Scalar>& model) {
  return {model.data(), model.data() + Network::parameter_count};
}

}  // namespace

TEST_CASE("adapt: mean and variance of each column, where the mean is far larger than the deviation, too") {
  Model<Net> model{Seed{1}};
  xt::xtensor<float, 2> x = table(501, 3);
  xt::view(x, xt::all(), 1) += 1e6f;
  xt::view(x, xt::all(), 2) = 0.1f;
  const auto before = all(model);
  model[1_c].adapt(x);
  const auto [mean, variance, count] = model[1_c].weights();
  for (std::size_t c = 0; c < 2; ++c) {
    const auto [right_mean, right_variance] = moments(x, c);
    CHECK(mean(c) == doctest::Approx(right_mean).epsilon(1e-6));
    CHECK(variance(c) == doctest::Approx(right_variance).epsilon(1e-6));
  }
  // Of equal values, exactly.
  CHECK(mean(2) == 0.1f);
  CHECK(variance(2) == 0);
  CHECK(count() == 0);
  CHECK(std::equal(before.begin() + 7, before.end(), model.data() + 7));
  // A copy has them, and what they were before does not matter.
  Model<Net> copy = model;
  CHECK(all(copy) == all(model));
  copy.adapt(x);
  CHECK(all(copy) == all(model));
}

TEST_CASE("adapt: batches of every kind, and all axes but the last") {
  using Image = Sequential<Input<2, 3, 2>, Normalization<>>;
  Model<Image> model, other;
  const xt::xtensor<float, 4> x = xt::reshape_view(table(40, 12), {40, 2, 3, 2});
  model.adapt(x);
  const xt::xtensor<float, 2> channels = xt::reshape_view(x, {240, 2});
  for (std::size_t c = 0; c < 2; ++c) {
    const auto [mean, variance] = moments(channels, c);
    CHECK(model.data()[c] == doctest::Approx(mean));
    CHECK(model.data()[2 + c] == doctest::Approx(variance));
  }
  other.adapt(xt::xarray<double>(x));
  CHECK(all(other) == all(model));
  other.adapt(0.5f * x);
  CHECK(other.data()[0] == doctest::Approx(0.5 * model.data()[0]));
  other.adapt(xt::xtensor<float, 4, xt::layout_type::column_major>(x));
  CHECK(all(other) == all(model));

  Model<Sequential<Input<1>, Normalization<>>, double> plain;
  plain.adapt(xt::xtensor<double, 1>{1, 2, 3, 6});
  CHECK(plain.data()[0] == 3);
  CHECK(plain.data()[1] == 3.5);
}

TEST_CASE("adapt: each layer of a network is adapted to what comes to it, and those of the targets are left alone") {
  using Deep = Sequential<Input<3>, Normalization<>, Sequential<Dense<4>, Tanh>, Sequential<Rescaling<3>, Normalization<>>,
                          Dense<1>, Normalization<Invert>>;
  Model<Deep> model{Seed{2}};
  // More samples than go through the layers at a time.
  const auto x = table(20000, 3, 5, 9);
  const auto before = all(model);
  model.adapt(x);
  CHECK(std::equal(before.begin() + 7, before.begin() + 23, model.data() + 7));
  CHECK(std::equal(before.end() - 8, before.end(), model.data() + Deep::parameter_count - 8));

  Model<Sequential<Input<3>, Normalization<>, Dense<4>, Tanh, Rescaling<3>, Normalization<>>> first;
  std::copy_n(model.data(), decltype(first)::network::parameter_count, first.data());
  const auto y = first.predict(x);
  for (std::size_t c = 0; c < 4; ++c) {
    const auto [mean, variance] = moments(y, c);
    CHECK(std::abs(mean) < 1e-5);
    CHECK(variance == doctest::Approx(1).epsilon(1e-5));
  }
  // A block alone, and the layer behind the network, to targets.
  model[3_c].adapt(table(30, 4));
  CHECK(model.data()[23] == doctest::Approx(3 * moments(table(30, 4), 0).first));
  const xt::xtensor<float, 1> targets{10, 20, 60};
  model[5_c].adapt(targets);
  CHECK(model.data()[Deep::parameter_count - 3] == 30);
  CHECK(model.data()[Deep::parameter_count - 2] == doctest::Approx(1400.0 / 3));
}

TEST_CASE("adapt: wrong shapes, no samples, numbers that are not finite and too large variances are refused") {
  Model<Net> model{Seed{1}};
  model.adapt(table(20, 3));
  const auto before = all(model);
  const auto refused = [&](const auto& target, const auto& x, const char* sentence, auto type) {
    CHECK_THROWS_WITH_AS(target.adapt(x), sentence, decltype(type));
    CHECK(all(model) == before);
  };
  const auto layer = model[1_c];
  refused(layer, table(4, 2), "ctnn: adapt: the input x must have shape (batch, 3), but has (4, 2)", ShapeError(""));
  refused(layer, xt::xarray<float>::from_shape({6}), "ctnn: adapt: the input x must have shape (batch, 3), but has (6,)",
          ShapeError(""));
  refused(layer, xt::xtensor<float, 2>::from_shape({0, 3}),
          "ctnn: adapt: the input x must hold at least one sample, but its batch axis is 0 long", ShapeError(""));
  auto x = table(9, 3);
  x(7, 1) = std::numeric_limits<float>::quiet_NaN();
  refused(layer, x,
          "ctnn: adapt: x must hold finite numbers, but holds nan in row 7, column 1; leave such samples out, or fill in what is "
          "missing",
          DataError(""));
  x(7, 1) = 1e30f;
  refused(layer, x,
          "ctnn: adapt: the variance of x must fit into float, but that of column 1 is 9.87654e+58; scale the data, as by "
          "Rescaling",
          DataError(""));

  Model<Sequential<Input<2, 2, 3>, Normalization<>>, double> image;
  xt::xtensor<double, 4> pictures = xt::zeros<double>({3, 2, 2, 3});
  pictures(2, 1, 0, 2) = -std::numeric_limits<double>::infinity();
  CHECK_THROWS_WITH_AS(image.adapt(pictures),
                       "ctnn: adapt: x must hold finite numbers, but holds -inf in sample 2 at (1, 0, 2); leave such samples out, "
                       "or fill in what is missing",
                       DataError);
  // Even what a double's variance does not hold.
  pictures(2, 1, 0, 2) = -1.7e308;
  pictures(0, 0, 0, 2) = 1.7e308;
  CHECK_THROWS_WITH_AS(
      image.adapt(pictures),
      "ctnn: adapt: the variance of x must fit into double, but that of column 2 is infinite; scale the data, as by "
      "Rescaling",
      DataError);
  CHECK(image.data()[2] == 0);
  CHECK(image.data()[5] == 1);

  const Model<Net> taken = std::move(model);
  CHECK_THROWS_WITH_AS(model.adapt(table(4, 3)), "ctnn: adapt: the model is empty, because it was moved from", EmptyModelError);
}

TEST_CASE("adapt: all layers of a network, or none") {
  Model<Sequential<Input<3>, Normalization<>, Dense<2>, Normalization<>>> model{Seed{1}};
  model.data()[7] = std::numeric_limits<float>::infinity();
  const auto before = all(model);
  std::string sentence;
  try {
    model.adapt(table(5, 3));
  } catch (const DataError& error) {
    sentence = error.what();
  }
  CHECK(sentence.starts_with("ctnn: adapt: what comes to Normalization must hold finite numbers, but holds "));
  CHECK(all(model) == before);
}

namespace {

/// Trains, and looks whether what is not trained stays, and has no gradient.
template <class Network>
void check_training() {
  Model<Network> model{Seed{1}};
  const auto x = table(70, Network::input_shape::size, 90, 110);
  const xt::xtensor<float, 2> y = table(70, Network::output_shape::size);
  model.adapt(x);
  const auto before = all(model);
  constexpr std::size_t own = 2 * Network::input_shape::size + 1;
  auto trainer = model.compile(AdamW{.learning_rate = 0.01, .global_clipnorm = 1}, MeanSquaredError{});
  float first = 0;
  for (int step = 0; step < 20; ++step) {
    const float loss = trainer.train_on_batch(x, y);
    if (step == 0) first = loss;
  }
  CHECK(trainer.test_on_batch(x, y) < first);
  CHECK(std::equal(before.begin(), before.begin() + own, model.data()));
  CHECK(before[own] != model.data()[own]);
  for (std::size_t i = 0; i < own; ++i) CHECK(trainer.gradient()[i] == 0);
}

}  // namespace

TEST_CASE("training leaves what adapt found out") {
  check_training<Sequential<Input<3>, Normalization<>, Dense<4>, Tanh, Dense<1>>>();
  check_training<Sequential<Input<3>, Normalization<>, Dense<1200>, ReLU, Dense<2>>>();
  check_training<Sequential<Input<100>, Normalization<>, Dense<20>, BatchNormalization<>, ReLU, Dense<2>>>();
}

TEST_CASE("summary counts mean, variance and count as not trained") {
  std::ostringstream out;
  Model<Net>{}.summary(out);
  CHECK(out.str().find("│ normalization (Normalization)   │ (None, 3)              │             7 │             6 │") !=
        std::string::npos);
  CHECK(out.str().find(" Trainable params: 8 (32.00 B)\n Non-trainable params: 7 (28.00 B)\n") != std::string::npos);
}
