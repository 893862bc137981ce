#include <doctest/doctest.h>

#include <array>
#include <cstdint>
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
