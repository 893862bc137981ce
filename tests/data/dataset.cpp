#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <ctnn/ctnn.hpp>
#include <ctnn/data/dataset.hpp>
#include <ctnn/xtensor.hpp>
#include <limits>
#include <type_traits>
#include <vector>

using namespace ctnn;

TEST_CASE("one_hot: a 1 at each label") {
  const xt::xtensor<float, 2> expected{{0, 0, 1, 0}, {1, 0, 0, 0}, {0, 0, 0, 1}};
  CHECK(one_hot(xt::xtensor<std::uint8_t, 1>{2, 0, 3}, 4) == expected);
  CHECK(one_hot(xt::xtensor<int, 1>{2, 0, 3}, 4) == expected);
  CHECK(one_hot(xt::xarray<std::int64_t>{2, 0, 3}, 4) == expected);
  const xt::xtensor<int, 1> spread{2, 9, 0, 9, 3};
  CHECK(one_hot(xt::view(spread, xt::range(0, 5, 2)), 4) == expected);
  const xt::xtensor<double, 2> in_double = one_hot<double>(xt::xtensor<int, 1>{1}, 2);
  CHECK(in_double == xt::xtensor<double, 2>{{0, 1}});
  CHECK(one_hot(xt::xtensor<int, 1>::from_shape({0}), 3).shape() == std::array<std::size_t, 2>{0, 3});
}

TEST_CASE("one_hot: labels out of range, of another rank, or no classes are refused") {
  CHECK_THROWS_WITH_AS(one_hot(xt::xtensor<std::uint8_t, 1>{0, 9, 10}, 10),
                       "ctnn: one_hot: labels must lie in [0, 10), but label number 2 is 10", DataError);
  CHECK_THROWS_WITH_AS(one_hot(xt::xtensor<int, 1>{-1}, 10), "ctnn: one_hot: labels must lie in [0, 10), but label number 0 is -1",
                       DataError);
  CHECK_THROWS_WITH_AS(one_hot(xt::xtensor<std::int64_t, 1>{std::numeric_limits<std::int64_t>::min()}, 10),
                       "ctnn: one_hot: labels must lie in [0, 10), but label number 0 is -9223372036854775808", DataError);
  CHECK_THROWS_WITH_AS(one_hot(xt::xtensor<int, 2>{{1, 2}}, 10), "ctnn: one_hot: labels must have shape (n,), but have (1, 2)",
                       ShapeError);
  CHECK_THROWS_WITH_AS(one_hot(xt::xtensor<int, 1>{0}, 0), "ctnn: one_hot: classes must be at least 1, but is 0", OptionError);
  CHECK_THROWS_WITH_AS(one_hot(xt::xtensor<int, 1>{0, 1}, SIZE_MAX),
                       "ctnn: one_hot: 2 labels of 18446744073709551615 classes are more than memory can hold", OptionError);
}

template <class Labels>
concept OneHotTakes = requires(const Labels& labels) { one_hot(labels, 2); };
static_assert(OneHotTakes<xt::xtensor<int, 1>> && !OneHotTakes<xt::xtensor<float, 1>> && !OneHotTakes<xt::xtensor<bool, 1>> &&
              !OneHotTakes<std::vector<int>>);

TEST_CASE("scaled: x / 255, in the same shape") {
  const xt::xtensor<std::uint8_t, 2> bytes{{0, 51, 255}, {1, 2, 128}};
  const auto x = scaled(bytes);
  static_assert(std::is_same_v<decltype(x), const xt::xtensor<float, 2>>);
  CHECK(x == xt::xtensor<float, 2>{{0.0f, 0.2f, 1.0f}, {1 / 255.0f, 2 / 255.0f, 128 / 255.0f}});
  CHECK(scaled<double>(bytes)(1, 0) == 1 / 255.0);
  // Views, arrays of any rank, other layouts, fixed shapes.
  CHECK(scaled(xt::view(bytes, xt::all(), xt::range(1, 3), xt::newaxis())) ==
        xt::xtensor<float, 3>{{{0.2f}, {1.0f}}, {{2 / 255.0f}, {128 / 255.0f}}});
  CHECK(scaled(xt::xarray<std::uint8_t>(bytes)) == x);
  CHECK(scaled(xt::xtensor<std::uint8_t, 2, xt::layout_type::column_major>(bytes)) == x);
  CHECK(scaled(xt::xtensor_fixed<std::uint8_t, xt::xshape<2, 3>>(bytes)) == x);
}

template <class Bytes>
concept ScaledTakes = requires(const Bytes& bytes) { scaled(bytes); };
static_assert(ScaledTakes<xt::xtensor<std::uint8_t, 3>> && !ScaledTakes<xt::xtensor<int, 3>> &&
              !ScaledTakes<xt::xtensor<float, 3>>);

TEST_CASE("train_validation_split: the last part is held back, and nothing is copied") {
  const xt::xtensor<float, 2> x = xt::arange<float>(20).reshape({10, 2});
  const xt::xtensor<float, 1> y = xt::arange<float>(10);
  const auto split = train_validation_split(x, y, 0.3);
  CHECK(split.train.x.shape()[0] == 7);
  CHECK(split.train.x.shape()[1] == 2);
  CHECK(split.validation.x == xt::xtensor<float, 2>{{14, 15}, {16, 17}, {18, 19}});
  CHECK(split.train.y == xt::xtensor<float, 1>{0, 1, 2, 3, 4, 5, 6});
  CHECK(split.validation.y == xt::xtensor<float, 1>{7, 8, 9});
  CHECK(&split.train.x(0, 0) == &x(0, 0));
  CHECK(&split.validation.x(0, 0) == &x(7, 0));
  CHECK(&split.validation.y(2) == &y(9));
  // Training reads the samples from where they are.
  CHECK(detail::samples_of<Shape<2>, float>(split.validation.x).data == &x(7, 0));

  // As many as Keras holds back: 10 · (1 − 0.15) = 8.5 leaves 8.
  CHECK(train_validation_split(x, y, 0.15).train.y.shape()[0] == 8);
  // Views of views and mutable tensors, too.
  xt::xtensor<float, 1> changing = y;
  const auto some = xt::view(changing, xt::range(3, 10));
  const auto parts = train_validation_split(split.train.x, some, 0.5);
  changing(9) = -1;
  CHECK(parts.validation.y == xt::xtensor<float, 1>{6, 7, 8, -1});
  CHECK(parts.validation.x == xt::xtensor<float, 2>{{6, 7}, {8, 9}, {10, 11}, {12, 13}});
}

TEST_CASE("train_validation_split: fit trains as it does with validation_split") {
  using Net = Sequential<Dense<2, 3>, Tanh, Dense<1>>;
  const xt::xtensor<float, 2> x = xt::cos(xt::arange<float>(46).reshape({23, 2}));
  const xt::xtensor<float, 1> y = xt::sin(xt::arange<float>(23));
  const auto column = xt::xtensor<float, 2>(xt::view(y, xt::all(), xt::newaxis()));
  Model<Net> one{Seed{3}}, other{Seed{3}};
  const auto held =
      one.compile(SGD{}, MeanSquaredError{}).fit(x, column, {.batch_size = 4, .epochs = 2, .validation_split = 0.25, .verbose = 0});
  const auto split = train_validation_split(x, column, 0.25);
  const auto given = other.compile(SGD{}, MeanSquaredError{})
                         .fit(split.train.x, split.train.y, {.batch_size = 4, .epochs = 2, .verbose = 0},
                              ValidationData{split.validation.x, split.validation.y});
  CHECK(held.loss == given.loss);
  CHECK(held.val_loss == given.val_loss);
}

TEST_CASE("train_validation_split: parts without samples and unequal numbers are refused") {
  const xt::xtensor<float, 2> x = xt::zeros<float>({10, 2});
  const xt::xtensor<float, 1> y = xt::zeros<float>({10}), fewer = xt::zeros<float>({9});
  const xt::xarray<float> number = 1.0f;
  CHECK_THROWS_WITH_AS(train_validation_split(x, fewer, 0.5),
                       "ctnn: train_validation_split: the target y must hold as many samples as x, 10, but holds 9", ShapeError);
  CHECK_THROWS_WITH_AS(train_validation_split(x, number, 0.5),
                       "ctnn: train_validation_split: x and y must have a batch axis, but one of them has no axis at all",
                       ShapeError);
  for (const double fraction : {0.0, 1.0, -0.5, 2.0}) {
    CHECK_THROWS_WITH_AS(
        train_validation_split(x, y, fraction),
        ("ctnn: train_validation_split: fraction must lie in (0, 1), but is " + detail::number_text(fraction)).c_str(),
        OptionError);
  }
  CHECK_THROWS_AS(train_validation_split(x, y, std::numeric_limits<double>::quiet_NaN()), OptionError);
  CHECK_THROWS_WITH_AS(train_validation_split(x, y, 0.95),
                       "ctnn: train_validation_split: both parts must hold a sample, but 10 samples are split into 0 and 10",
                       OptionError);
  CHECK_THROWS_WITH_AS(train_validation_split(x, y, 1e-20),
                       "ctnn: train_validation_split: both parts must hold a sample, but 10 samples are split into 10 and 0",
                       OptionError);
}
