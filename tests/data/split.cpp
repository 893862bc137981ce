#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <ctnn/ctnn.hpp>
#include <ctnn/data/split.hpp>
#include <ctnn/xtensor.hpp>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

using namespace ctnn;

namespace {

/// Samples that are their own numbers, twice.
xt::xtensor<float, 2> numbered(std::size_t count) {
  xt::xtensor<float, 2> x = xt::zeros<float>({count, std::size_t{2}});
  for (std::size_t i = 0; i < count; ++i) x(i, 0) = x(i, 1) = static_cast<float>(i);
  return x;
}

/// The numbers of the samples in a part.
template <class Part>
std::vector<std::size_t> members(const Part& part) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < part.x.shape()[0]; ++i) result.push_back(static_cast<std::size_t>(part.x(i, 0)));
  return result;
}

template <class Y>
double count_of(const Y& y, int label) {
  return static_cast<double>(std::count(y.begin(), y.end(), label));
}

}  // namespace

TEST_CASE("train_test_split: every sample is in one part, beside its target") {
  const auto x = numbered(50);
  const xt::xtensor<double, 1> y = xt::arange<double>(50) * 3;
  const auto split = train_test_split(x, y, {.test = 0.3, .validation = 0.1});
  CHECK(split.train.x.shape() == std::array<std::size_t, 2>{30, 2});
  CHECK(split.validation.x.shape() == std::array<std::size_t, 2>{5, 2});
  CHECK(split.test.x.shape() == std::array<std::size_t, 2>{15, 2});
  std::vector<std::size_t> all;
  for (const auto& part : {split.train, split.validation, split.test}) {
    for (std::size_t i = 0; i < part.y.size(); ++i) {
      CHECK(part.y(i) == 3 * static_cast<double>(part.x(i, 1)));
      all.push_back(static_cast<std::size_t>(part.x(i, 0)));
    }
  }
  CHECK(!std::is_sorted(all.begin(), all.begin() + 30));
  std::sort(all.begin(), all.end());
  for (std::size_t i = 0; i < 50; ++i) CHECK(all[i] == i);
  CHECK(all.size() == 50);
  // By itself, a fifth is for testing.
  CHECK(train_test_split(x, y).test.y.size() == 10);
  CHECK(train_test_split(x, y).validation.y.size() == 0);
}

TEST_CASE("train_test_split: the same split on every platform, another with another seed") {
  const auto x = numbered(10);
  const xt::xtensor<float, 1> numbers = xt::zeros<float>({10});
  const xt::xtensor<int, 1> classes{1, 0, 0, 0, 0, 0, 0, 0, 1, 1};
  CHECK(members(train_test_split(x, numbers, {.seed = Seed{1}}).train) == std::vector<std::size_t>{9, 1, 5, 4, 6, 7, 2, 3});
  CHECK(members(train_test_split(x, classes, {.seed = Seed{1}}).train) == std::vector<std::size_t>{9, 1, 5, 4, 6, 7, 2, 0});
  CHECK(members(train_test_split(x, classes, {.seed = Seed{2}}).train) !=
        members(train_test_split(x, classes, {.seed = Seed{1}}).train));
}

TEST_CASE("train_test_split: without shuffling, the parts follow one another") {
  const auto x = numbered(10);
  const xt::xtensor<int, 1> y{0, 0, 0, 0, 0, 1, 1, 1, 1, 2};
  const auto split = train_test_split(x, y, {.test = 0.2, .validation = 0.3, .shuffle = false});
  CHECK(members(split.train) == std::vector<std::size_t>{0, 1, 2, 3, 4});
  CHECK(members(split.validation) == std::vector<std::size_t>{5, 6, 7});
  CHECK(members(split.test) == std::vector<std::size_t>{8, 9});
  CHECK(split.test.y == xt::xtensor<int, 1>{1, 2});
}

TEST_CASE("train_test_split: each part has every class in its share") {
  xt::xtensor<int, 1> y = xt::zeros<int>({1000});
  for (std::size_t i = 0; i < 1000; ++i) y(i) = i < 700 ? 5 : i < 903 ? -2 : i < 996 ? 7 : 8;
  const auto x = numbered(1000);
  for (const double test : {0.1, 0.2, 0.25, 0.5, 0.333}) {
    for (const unsigned seed : {0u, 1u, 2u}) {
      const auto split = train_test_split(x, y, {.test = test, .seed = Seed{seed}});
      for (const int label : {5, -2, 7, 8}) {
        INFO(test, ", class ", label);
        CHECK(std::abs(count_of(split.test.y, label) - test * count_of(y, label)) <= 1);
        CHECK(count_of(split.train.y, label) + count_of(split.test.y, label) == count_of(y, label));
      }
      // Which samples of a class they are is left to chance.
      CHECK(members(split.test) != members(train_test_split(x, y, {.test = test, .seed = Seed{seed + 3}}).test));
      const auto three = train_test_split(x, y, {.test = test, .validation = 0.15, .seed = Seed{seed}});
      for (const int label : {5, -2, 7, 8}) {
        CHECK(std::abs(count_of(three.validation.y, label) - 0.15 * count_of(y, label)) < 2);
        CHECK(std::abs(count_of(three.test.y, label) - test * count_of(y, label)) < 2);
        CHECK(std::abs(count_of(three.train.y, label) - (0.85 - test) * count_of(y, label)) <= 1);
      }
    }
  }
  // Without strata, chance decides on the classes, too.
  const auto free = train_test_split(x, y, {.test = 0.5, .stratify = false});
  CHECK(std::abs(count_of(free.test.y, -2) - 101.5) > 1);
}

TEST_CASE("train_test_split: what is left of rounding down goes to the largest remainders") {
  using Sizes = std::vector<std::size_t>;
  // Shares 3.5, 1.5, 5.0; 0.6, 1.2, 1.2; 2.33 each.
  CHECK(detail::shares({7, 3, 10}, 10) == Sizes{4, 1, 5});
  CHECK(detail::shares({1, 2, 2}, 3) == Sizes{1, 1, 1});
  CHECK(detail::shares({5, 5, 5}, 7) == Sizes{3, 2, 2});
  CHECK(detail::shares({0, 4}, 4) == Sizes{0, 4});
  CHECK(detail::shares({3, 4}, 0) == Sizes{0, 0});
  CHECK(detail::shares({UINT32_MAX - 1, 1}, UINT32_MAX - 1) == Sizes{UINT32_MAX - 2, 1});
}

TEST_CASE("train_test_split: tensors of any rank, views, expressions and other layouts") {
  const xt::xtensor<std::uint8_t, 4> images = xt::cast<std::uint8_t>(xt::arange<int>(96).reshape({8, 3, 2, 2}));
  const xt::xtensor<int, 1> y = xt::arange<int>(8);
  const SplitOptions ends{.test = 0.25, .shuffle = false};
  const auto split = train_test_split(images, y, ends);
  static_assert(std::is_same_v<decltype(split.test.x), xt::xtensor<std::uint8_t, 4>>);
  CHECK(split.test.x == xt::view(images, xt::range(6, 8)));
  const auto of_view = train_test_split(xt::view(images, xt::all(), 1, xt::all(), 0), xt::view(images, xt::all(), 0, 0), ends);
  static_assert(std::is_same_v<decltype(of_view.train.y), xt::xtensor<std::uint8_t, 2>>);
  CHECK(of_view.test.x == xt::xtensor<std::uint8_t, 2>{{76, 78}, {88, 90}});
  CHECK(train_test_split(2 * xt::arange<int>(8), xt::xarray<int>(y), ends).test.x == xt::xtensor<int, 1>{12, 14});
  using Columns = xt::xtensor<std::uint8_t, 4, xt::layout_type::column_major>;
  CHECK(train_test_split(Columns(images), y, ends).train.x == split.train.x);
}

TEST_CASE("train_test_split: fit trains as it does with validation_split") {
  using Net = Sequential<Dense<2, 3>, Tanh, Dense<1>>;
  const xt::xtensor<float, 2> x = xt::cos(xt::arange<float>(48).reshape({24, 2}));
  const xt::xtensor<float, 1> y = xt::sin(xt::arange<float>(24));
  const auto column = xt::xtensor<float, 2>(xt::view(y, xt::all(), xt::newaxis()));
  Model<Net> one{Seed{3}}, other{Seed{3}};
  const auto held =
      one.compile(SGD{}, MeanSquaredError{}).fit(x, column, {.batch_size = 4, .epochs = 2, .validation_split = 0.25, .verbose = 0});
  const auto split = train_test_split(x, column, {.test = 0, .validation = 0.25, .shuffle = false});
  const auto given = other.compile(SGD{}, MeanSquaredError{})
                         .fit(split.train.x, split.train.y, {.batch_size = 4, .epochs = 2, .verbose = 0},
                              ValidationData{split.validation.x, split.validation.y});
  CHECK(held.loss == given.loss);
  CHECK(held.val_loss == given.val_loss);
}

TEST_CASE("train_test_split: parts without samples, rare classes and unequal numbers are refused") {
  const auto x = numbered(10);
  const xt::xtensor<float, 1> y = xt::zeros<float>({10}), fewer = xt::zeros<float>({9});
  CHECK_THROWS_WITH_AS(train_test_split(x, fewer),
                       "ctnn: train_test_split: the target y must hold as many samples as x, 10, but holds 9", ShapeError);
  CHECK_THROWS_WITH_AS(train_test_split(x, xt::xarray<float>(1.0f)),
                       "ctnn: train_test_split: x and y must have a batch axis, but one of them has no axis at all", ShapeError);
  for (const double wrong : {1.0, -0.5, 2.0, std::numeric_limits<double>::quiet_NaN()}) {
    CHECK_THROWS_WITH_AS(train_test_split(x, y, {.test = wrong}),
                         ("ctnn: train_test_split: test must lie in [0, 1), but is " + detail::number_text(wrong)).c_str(),
                         OptionError);
    CHECK_THROWS_AS(train_test_split(x, y, {.validation = wrong}), OptionError);
  }
  CHECK_THROWS_WITH_AS(train_test_split(x, y, {.validation = 0.01}),
                       "ctnn: train_test_split: each part must hold a sample, but validation = 0.01 of 10 samples is none",
                       OptionError);
  CHECK_THROWS_WITH_AS(train_test_split(x, y, {.test = 0.5, .validation = 0.5}),
                       "ctnn: train_test_split: a sample must be left to train on, but test and validation take 10 of 10",
                       OptionError);
  const xt::xtensor<float, 2> none = xt::zeros<float>({0, 2});
  CHECK_THROWS_AS(train_test_split(none, xt::xtensor<int, 1>::from_shape({0}), {.test = 0}), OptionError);

  const xt::xtensor<std::int8_t, 1> rare{1, 1, 1, 1, 1, 1, 1, 1, 1, -7};
  CHECK_THROWS_WITH_AS(
      train_test_split(x, rare),
      "ctnn: train_test_split: each class must have enough samples for every part, but class -7 has 1 for 2 parts, 1 "
      "of them to train on; {.stratify = false} splits without looking at classes",
      DataError);
  const xt::xtensor<std::int8_t, 1> untrained{1, 1, 1, 1, 1, 1, 1, 1, 2, 2};
  CHECK_THROWS_WITH_AS(
      train_test_split(x, untrained, {.test = 0.8}),
      "ctnn: train_test_split: each class must have enough samples for every part, but class 2 has 2 for 2 parts, 0 of "
      "them to train on; {.stratify = false} splits without looking at classes",
      DataError);
  CHECK(train_test_split(x, rare, {.stratify = false}).test.y.size() == 2);
  // With one part, nothing needs to be shared.
  CHECK(train_test_split(x, rare, {.test = 0}).train.y.size() == 10);
}
