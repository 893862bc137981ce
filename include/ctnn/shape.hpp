// Shapes: the axes of one sample, the batch axis left out. `Shape<28, 28, 1>` is a type and names a network's
// input and output; `Dimensions` is the same as a value, which a layer's shape rule computes with.
#pragma once

#include <concepts>
#include <cstddef>

#include "version.hpp"

namespace ctnn {

// Functions of shapes are always inlined: files that are compiled differently share no code (version.hpp), but shapes stand in
// every error, which the namespace of a variant would make longer.

/// The lengths of a sample's axes, as a value; rank 0 means "not known yet".
struct Dimensions {
  static constexpr std::size_t max_rank = 8;

  std::size_t rank = 0;
  std::size_t axes[max_rank] = {};

  [[gnu::always_inline]] constexpr Dimensions() {}
  template <std::convertible_to<std::size_t>... Axes>
    requires(sizeof...(Axes) > 0 && sizeof...(Axes) <= max_rank)
  [[gnu::always_inline]] constexpr Dimensions(Axes... lengths)
      : rank(sizeof...(Axes)), axes{static_cast<std::size_t>(lengths)...} {}

  /// Whether the shape is known.
  [[gnu::always_inline]] constexpr bool known() const { return rank != 0; }
  /// Elements in one sample.
  [[gnu::always_inline]] constexpr std::size_t size() const {
    std::size_t product = 1;
    for (std::size_t i = 0; i < rank; ++i) product *= axes[i];
    return product;
  }
  /// The last axis: the features of a dense layer, the channels of an image.
  [[gnu::always_inline]] constexpr std::size_t last() const { return axes[rank - 1]; }
  /// The same shape with another last axis.
  [[gnu::always_inline]] constexpr Dimensions with_last(std::size_t length) const {
    Dimensions result = *this;
    result.axes[rank - 1] = length;
    return result;
  }

  [[gnu::always_inline]] friend constexpr bool operator==(const Dimensions& a, const Dimensions& b) {
    if (a.rank != b.rank) return false;
    for (std::size_t i = 0; i < a.rank; ++i) {
      if (a.axes[i] != b.axes[i]) return false;
    }
    return true;
  }
};

/// The lengths of a sample's axes, as a type.
template <std::size_t... Axes>
struct Shape {
  static_assert(sizeof...(Axes) <= Dimensions::max_rank, "ctnn: a shape must have at most eight axes");
  static constexpr std::size_t rank = sizeof...(Axes);
  static constexpr std::size_t size = (std::size_t{1} * ... * Axes);
  static constexpr Dimensions dimensions{Axes...};
};
template <>
struct Shape<> {
  static constexpr std::size_t rank = 0;
  static constexpr std::size_t size = 1;
  static constexpr Dimensions dimensions{};
};

}  // namespace ctnn
