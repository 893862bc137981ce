// What is done to a data set before training: labels to one-hot targets, bytes to numbers in [0, 1].
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "../batches.hpp"
#include "../errors.hpp"
#include "../xtensor_base.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// A tensor of integers, such as labels or the grey levels of images.
template <class Type>
concept IntegerTensor = Tensor<Type> && std::integral<typename std::remove_cvref_t<Type>::value_type> &&
                        !std::same_as<typename std::remove_cvref_t<Type>::value_type, bool>;

/// Labels 0 … classes − 1 as rows of `classes` numbers, 1 at the label and 0 elsewhere: axes (n) in, (n, classes) out.
/// Keras's to_categorical. Throws DataError for a label out of range, ShapeError for labels of another rank, OptionError for
/// no classes.
template <std::floating_point Scalar = float, IntegerTensor Labels>
xt::xtensor<Scalar, 2> one_hot(const Labels& labels, std::size_t classes) {
  if (classes == 0) throw OptionError("ctnn: one_hot: classes must be at least 1, but is 0");
  if (labels.dimension() != 1) {
    throw ShapeError(detail::concat("ctnn: one_hot: labels must have shape (n,), but have ",
                                    detail::shape_text("", labels.shape(), labels.dimension())));
  }
  const auto count = static_cast<std::size_t>(labels.shape()[0]);
  if (count > PTRDIFF_MAX / sizeof(Scalar) / classes) {
    throw OptionError(detail::concat("ctnn: one_hot: ", std::to_string(count), " labels of ", std::to_string(classes),
                                     " classes are more than memory can hold"));
  }
  auto result = xt::xtensor<Scalar, 2>::from_shape({count, classes});
  result.fill(Scalar(0));
  for (std::size_t i = 0; i < count; ++i) {
    const auto label = labels(i);
    if (std::cmp_less(label, 0) || std::cmp_greater_equal(label, classes)) {
      throw DataError(detail::concat("ctnn: one_hot: labels must lie in [0, ", std::to_string(classes), "), but label number ",
                                     std::to_string(i), " is ", std::to_string(label)));
    }
    result(i, static_cast<std::size_t>(label)) = Scalar(1);
  }
  return result;
}

namespace detail {

/// The container for numbers of a tensor's shape: an xtensor where the rank is known to the compiler.
template <class Scalar, class Shape>
struct ContainerFor {
  using type = xt::xarray<Scalar>;
};
template <class Scalar, class Length, std::size_t Rank>
struct ContainerFor<Scalar, std::array<Length, Rank>> {
  using type = xt::xtensor<Scalar, Rank>;
};
template <class Scalar, std::size_t... Axes>
struct ContainerFor<Scalar, xt::fixed_shape<Axes...>> {
  using type = xt::xtensor<Scalar, sizeof...(Axes)>;
};

}  // namespace detail

/// Bytes 0 … 255 as numbers in [0, 1], x / 255, in a tensor of the same shape.
template <std::floating_point Scalar = float, IntegerTensor Bytes>
  requires std::same_as<typename Bytes::value_type, std::uint8_t>
auto scaled(const Bytes& bytes) {
  using Container = typename detail::ContainerFor<Scalar, typename Bytes::shape_type>::type;
  auto result = Container::from_shape(bytes.shape());
  std::transform(bytes.template cbegin<xt::layout_type::row_major>(), bytes.template cend<xt::layout_type::row_major>(),
                 result.begin(), [](std::uint8_t byte) { return static_cast<Scalar>(byte) / Scalar(255); });
  return result;
}

}  // namespace ctnn::inline CTNN_VARIANT
