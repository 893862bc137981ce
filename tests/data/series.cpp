#include <doctest/doctest.h>

#include <array>
#include <ctnn/ctnn.hpp>
#include <ctnn/data/series.hpp>
#include <ctnn/xtensor.hpp>
#include <vector>

using namespace ctnn;

TEST_CASE("windows: a series' windows and what comes after them, without a copy") {
  const xt::xtensor<float, 1> series{0, 10, 20, 30, 40, 50, 60};
  const auto [x, y] = windows(series, 3);
  CHECK(x == xt::xtensor<float, 2>{{0, 10, 20}, {10, 20, 30}, {20, 30, 40}, {30, 40, 50}});
  CHECK(y == xt::xtensor<float, 1>{30, 40, 50, 60});
  CHECK(&x(1, 0) == &series(1));
  CHECK(&y(0) == &series(3));
  // Training reads the windows from where they are.
  CHECK(detail::samples_of<Shape<3>, float>(x).data == series.data());
  CHECK(detail::samples_of<Shape<1>, float>(y).data == series.data() + 3);

  const auto later = windows(series, 2, 3, 2);
  CHECK(later.x == xt::xtensor<float, 2>{{0, 10}, {20, 30}});
  CHECK(later.y == xt::xtensor<float, 1>{40, 60});
  // All of the series, and a stride beyond its end.
  CHECK(windows(series, 6).y == xt::xtensor<float, 1>{60});
  CHECK(windows(series, 1, 6).x == xt::xtensor<float, 2>{{0}});
  CHECK(windows(series, 3, 1, 100).x == xt::xtensor<float, 2>{{0, 10, 20}});
}

TEST_CASE("windows: of a series with features, of views, of vectors") {
  const xt::xtensor<double, 2> series{{0, 1}, {10, 11}, {20, 21}, {30, 31}};
  const auto [x, y] = windows(series, 2);
  CHECK(x == xt::xtensor<double, 3>{{{0, 1}, {10, 11}}, {{10, 11}, {20, 21}}});
  CHECK(y == xt::xtensor<double, 2>{{20, 21}, {30, 31}});
  CHECK(detail::samples_of<Shape<2, 2>, double>(x).data == series.data());

  const auto column = xt::view(series, xt::all(), 1);
  CHECK(windows(column, 2).x == xt::xtensor<double, 2>{{1, 11}, {11, 21}});
  CHECK(windows(column, 2).y == xt::xtensor<double, 1>{21, 31});
  const auto from_second = xt::view(series, xt::range(1, 4), xt::all());
  CHECK(windows(from_second, 2).y == xt::xtensor<double, 2>{{30, 31}});
  const xt::xtensor<double, 2> single{{1}, {2}, {3}};
  CHECK(windows(single, 1).x == xt::xtensor<double, 3>{{{1}}, {{2}}});
  const xt::xtensor<double, 2, xt::layout_type::column_major> columns(series);
  CHECK(windows(columns, 2).x == x);
  const std::vector<float> v{1, 2, 3};
  const auto of_vector = as_batch(v, v.size());
  CHECK(windows(of_vector, 2).x == xt::xtensor<float, 2>{{1, 2}});
}

TEST_CASE("windows: a model trains on them as on copies") {
  using Net = Sequential<Dense<5, 4>, Tanh, Dense<1>>;
  const xt::xtensor<float, 1> series = xt::sin(xt::arange<float>(60) * 0.3f);
  const auto [x, y] = windows(series, 5, 2);
  const xt::xtensor<float, 2> rows = x;
  const xt::xtensor<float, 1> targets = y;
  Model<Net> one{Seed{1}}, other{Seed{1}};
  const FitOptions options{.batch_size = 8, .epochs = 2, .validation_split = 0.2, .verbose = 0};
  const auto on_windows = one.compile(SGD{}, MeanSquaredError{}).fit(x, y, options);
  const auto on_copies = other.compile(SGD{}, MeanSquaredError{}).fit(rows, targets, options);
  CHECK(on_windows.loss == on_copies.loss);
  CHECK(on_windows.val_loss == on_copies.val_loss);
  CHECK(one.predict(x) == other.predict(rows));
}

TEST_CASE("windows: lengths of 0 and series that are too short are refused") {
  const xt::xtensor<float, 1> series = xt::arange<float>(5);
  CHECK_THROWS_WITH_AS(windows(series, 0), "ctnn: windows: length must be at least 1, but is 0", OptionError);
  CHECK_THROWS_WITH_AS(windows(series, 1, 0), "ctnn: windows: horizon must be at least 1, but is 0", OptionError);
  CHECK_THROWS_WITH_AS(windows(series, 1, 1, 0), "ctnn: windows: stride must be at least 1, but is 0", OptionError);
  CHECK_THROWS_WITH_AS(windows(series, 3, 3),
                       "ctnn: windows: the series must have a time for a window of 3 and for what comes 3 later, but has 5",
                       ShapeError);
  CHECK_THROWS_AS(windows(series, SIZE_MAX, SIZE_MAX), ShapeError);
  CHECK(windows(series, 3, 2).y == xt::xtensor<float, 1>{4});
}
