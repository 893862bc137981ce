// Where the windows of convolutions and poolings lie on an image (height, width, channels), as Keras and TensorFlow lay them.
#pragma once

#include <cstddef>

#include "shape.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// A height and a width.
struct Extent {
  std::size_t height = 1;
  std::size_t width = 1;

  friend constexpr bool operator==(const Extent&, const Extent&) = default;
};

/// How windows lie along one axis of an image, as Keras and TensorFlow lay them.
struct WindowAxis {
  std::size_t length;    ///< of the image
  std::size_t window;    ///< elements of a window
  std::size_t stride;    ///< from one window to the next
  std::size_t dilation;  ///< from one element of a window to the next
  bool same;             ///< whether windows reach over the edges

  /// From a window's first element to its last, both counted.
  constexpr std::size_t span() const { return (window - 1) * dilation + 1; }
  /// The number of windows; 0 where none fits.
  constexpr std::size_t count() const {
    if (same) return (length + stride - 1) / stride;
    return length < span() ? 0 : (length - span()) / stride + 1;
  }
  /// Positions by which the first window begins before the image.
  constexpr std::size_t before() const { return padding() / 2; }
  /// Positions by which the windows reach beyond the image on both sides together.
  constexpr std::size_t padding() const {
    if (!same || count() == 0) return 0;
    const std::size_t reach = (count() - 1) * stride + span();
    return reach > length ? reach - length : 0;
  }
  /// Window `index` holds its elements [first(index), end(index)); the others lie outside the image.
  constexpr std::size_t first(std::size_t index) const {
    const std::size_t start = index * stride;
    return start >= before() ? 0 : (before() - start + dilation - 1) / dilation;
  }
  constexpr std::size_t end(std::size_t index) const {
    const std::size_t inside = (length + before() - index * stride + dilation - 1) / dilation;
    return inside < window ? inside : window;
  }
  /// The position in the image of element `element` of window `index`, which must be inside.
  constexpr std::size_t position(std::size_t index, std::size_t element) const {
    return index * stride + element * dilation - before();
  }
  /// Whether no window reaches over an edge.
  constexpr bool all_whole() const { return padding() == 0; }
  /// Whether no position is in two windows.
  constexpr bool disjoint() const { return dilation == 1 && stride >= window; }
  /// Whether a position is in a window, where they are disjoint.
  constexpr bool covers(std::size_t place) const {
    const std::size_t shifted = place + before();
    return shifted % stride < window && shifted / stride < count();
  }
  constexpr bool covers_all() const {
    for (std::size_t i = 0; i < length; ++i) {
      if (!covers(i)) return false;
    }
    return true;
  }
};

/// The windows of a layer on an image.
struct Windows {
  WindowAxis rows, columns;

  /// `input` has three axes.
  constexpr Windows(Dimensions input, Extent window, Extent strides, Extent dilation, bool same)
      : rows{input.axes[0], window.height, strides.height, dilation.height, same},
        columns{input.axes[1], window.width, strides.width, dilation.width, same} {}

  /// The output's shape, with so many channels; with an axis of length 0 where no window fits, which no network may have.
  constexpr Dimensions output(std::size_t channels) const { return {rows.count(), columns.count(), channels}; }
};

/// The image that a layer wants in place of `given`: itself if it has three axes. A lone channel axis that was left out is
/// added, missing rows and columns too; of more than three axes the first two and the last are kept.
constexpr Dimensions expected_image(Dimensions given) {
  switch (given.rank) {
    case 0:
    case 3:
      return given;
    case 1:
      return {std::size_t{1}, std::size_t{1}, given.axes[0]};
    case 2:
      return {given.axes[0], given.axes[1], std::size_t{1}};
    default:
      return {given.axes[0], given.axes[1], given.last()};
  }
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
