#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

using namespace ctnn;

TEST_CASE("as_batch: what a vector, an array, a span or a pointer leads to, without a copy") {
  const xt::xtensor<float, 2> expected{{1, 2, 3}, {4, 5, 6}};
  std::vector<float> vector{1, 2, 3, 4, 5, 6};
  const auto same = [&](const auto& batch, const float* data) {
    static_assert(std::is_same_v<typename std::remove_cvref_t<decltype(batch)>::value_type, float>);
    CHECK(batch == expected);
    CHECK(&batch(0, 0) == data);
    // Training reads the samples from where they are.
    CHECK(detail::samples_of<Shape<3>, float>(batch).data == data);
  };
  same(as_batch(vector, 2, 3), vector.data());
  same(as_batch(std::as_const(vector), std::size_t{2}, 3u), vector.data());
  same(as_batch(std::span(vector), 2, 3), vector.data());
  same(as_batch(std::span<const float, 6>(vector), 2, 3), vector.data());
  same(as_batch(vector.data(), 2, 3), vector.data());
  const float* const pointer = vector.data();
  same(as_batch(pointer, 2, 3), pointer);
  const std::array<float, 6> array{1, 2, 3, 4, 5, 6};
  same(as_batch(array, 2, 3), array.data());
  const float plain[] = {1, 2, 3, 4, 5, 6};
  same(as_batch(plain, 2, 3), plain);

  // What is written to the vector is in the batch.
  const auto batch = as_batch(vector, 6);
  vector[5] = -1;
  CHECK(batch == xt::xtensor<float, 1>{1, 2, 3, 4, 5, -1});
  const std::vector<std::uint8_t> labels{3, 1, 2};
  CHECK(as_batch(labels, 3) == xt::xtensor<std::uint8_t, 1>{3, 1, 2});
  CHECK(as_batch(vector, 1, 2, 3, 1).shape() == std::array<std::size_t, 4>{1, 2, 3, 1});
  CHECK(as_batch(std::span<const float>(), 0, 3).shape() == std::array<std::size_t, 2>{0, 3});
}

TEST_CASE("as_batch: a model trains on vectors as on tensors of the same numbers") {
  using Net = Sequential<Dense<3, 4>, Softmax>;
  const xt::xtensor<float, 2> x = xt::sin(xt::arange<float>(90).reshape({30, 3}));
  const xt::xtensor<int, 1> y = xt::arange<int>(30) % 4;
  const std::vector<float> inputs(x.begin(), x.end());
  const std::vector<int> labels(y.begin(), y.end());
  Model<Net> one{Seed{1}}, other{Seed{1}};
  const FitOptions options{.batch_size = 7, .epochs = 2, .verbose = 0};
  const auto expected = one.compile(SGD{}, SparseCategoricalCrossentropy{}).fit(x, y, options);
  const auto batch = as_batch(inputs, 30, 3);
  CHECK(other.compile(SGD{}, SparseCategoricalCrossentropy{}).fit(batch, as_batch(labels, 30), options).loss == expected.loss);
  CHECK(other.predict(batch) == one.predict(x));
  CHECK(other.predict(as_batch(inputs.data(), 2, 3)) == one.predict(xt::view(x, xt::range(0, 2))));
}

TEST_CASE("as_batch: numbers that do not fill the shape are refused") {
  const std::vector<float> v(6);
  CHECK_THROWS_WITH_AS(as_batch(v, 2, 4), "ctnn: as_batch: shape (2, 4) needs 8 numbers, but there are 6", ShapeError);
  CHECK_THROWS_WITH_AS(as_batch(v, 5), "ctnn: as_batch: shape (5,) needs 5 numbers, but there are 6", ShapeError);
  CHECK_THROWS_WITH_AS(as_batch(v, -1, 3),
                       "ctnn: as_batch: the lengths of the shape must not be negative, and must fit into memory, but are (-1, 3)",
                       ShapeError);
  CHECK_THROWS_AS(as_batch(v, std::size_t{1} << 33, std::size_t{1} << 33), ShapeError);
  CHECK_THROWS_AS(as_batch(v.data(), std::size_t{1} << 33, std::size_t{1} << 33), ShapeError);
  CHECK_THROWS_AS(as_batch(v.data(), 0, std::size_t{1} << 33, std::size_t{1} << 33), ShapeError);
  const float* const nowhere = nullptr;
  CHECK_THROWS_WITH_AS(as_batch(nowhere, 2, 3),
                       "ctnn: as_batch: the numbers of shape (2, 3) must lie somewhere, but the pointer is null", ShapeError);
}
