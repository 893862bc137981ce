#include <doctest/doctest.h>

#include <cstdint>
#include <ctnn/data/classes.hpp>
#include <vector>

using namespace ctnn;

TEST_CASE("class_counts: the samples of every class up to the largest") {
  CHECK(class_counts(xt::xtensor<int, 1>{2, 0, 2, 2, 4}) == std::vector<std::size_t>{1, 0, 3, 0, 1});
  CHECK(class_counts(xt::xarray<std::uint8_t>{1, 1}) == std::vector<std::size_t>{0, 2});
  CHECK(class_counts(xt::xtensor<int, 1>::from_shape({0})).empty());
}

TEST_CASE("balanced_class_weights: scikit-learn's compute_class_weight") {
  // compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 1, 1, 2, 2, 2, 2, 2]).
  const xt::xtensor<int, 1> labels{0, 1, 1, 2, 2, 2, 2, 2};
  CHECK(balanced_class_weights(labels) == std::vector<double>{8 / 3.0, 8 / 6.0, 8 / 15.0});
  CHECK(balanced_class_weights(xt::xtensor<std::int64_t, 1>{0, 0, 0}) == std::vector<double>{1});
  CHECK(balanced_class_weights(xt::xtensor<int, 1>::from_shape({0})).empty());
}

TEST_CASE("class_counts: labels that are no class numbers, and classes without samples, are refused") {
  CHECK_THROWS_WITH_AS(class_counts(xt::xtensor<int, 1>{0, -1}),
                       "ctnn: class_counts: labels must lie in [0, 16777216), but label number 1 is -1", DataError);
  CHECK_THROWS_WITH_AS(balanced_class_weights(xt::xtensor<std::uint64_t, 1>{UINT64_MAX}),
                       "ctnn: balanced_class_weights: labels must lie in [0, 16777216), but label number 0 is 18446744073709551615",
                       DataError);
  CHECK_THROWS_WITH_AS(class_counts(xt::xtensor<int, 2>{{1, 2}}),
                       "ctnn: class_counts: labels must have shape (n,), but have (1, 2)", ShapeError);
  CHECK_THROWS_WITH_AS(balanced_class_weights(xt::xtensor<int, 1>{0, 3, 1}),
                       "ctnn: balanced_class_weights: each class up to the largest, 3, must have a sample, but class 2 has none",
                       DataError);
}
