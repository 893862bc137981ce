// Pooling2D: what the pooling layers share: their options, shape rule and windows. What is wrong with the options is for
// each layer to assert, in its own body: compilers drop a base class that is wrong, and report what then is missing.
#pragma once

#include <array>

#include "../kernels/arithmetic.hpp"
#include "../kernels/features.hpp"
#include "../layer.hpp"
#include "options_2d.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// The part of a window along one axis that lies inside the image.
struct WindowCut {
  std::size_t begin, size;
};

/// The windows along one axis. A table where some are cut off by an edge, so that the loops divide nothing.
template <WindowAxis Axis>
inline constexpr auto window_table = [] {
  std::array<WindowCut, Axis.count()> table{};
  for (std::size_t i = 0; i < Axis.count(); ++i) table[i] = {Axis.position(i, Axis.first(i)), Axis.end(i) - Axis.first(i)};
  return table;
}();

template <WindowAxis Axis>
CTNN_INLINE constexpr WindowCut window_cut(std::size_t index) {
  if constexpr (Axis.all_whole()) {
    return {index * Axis.stride, Axis.window};
  } else {
    return window_table<Axis>[index];
  }
}

/// Which positions along one axis are in a window.
template <WindowAxis Axis>
inline constexpr auto covered = [] {
  std::array<bool, Axis.length> table{};
  for (std::size_t i = 0; i < Axis.length; ++i) table[i] = Axis.covers(i);
  return table;
}();

/// A pooling layer `Layer` with its options. Channels are pooled each by itself.
template <class Layer, class... Options>
struct Pooling2D {
 private:
  using enum OptionKind;
  static constexpr Options2D options = read_options<pool, strides, padding>(std::type_identity<Options>{}...);
  static constexpr Extent window = options.get(pool, {2, 2});

 public:
  static constexpr Dimensions expected_input(Dimensions given) { return expected_image(given); }
  static constexpr Dimensions compute_output_shape(Dimensions input) { return windows(input).output(input.last()); }
  /// One operation for each element of a window.
  static constexpr std::size_t compute_flops(Dimensions input) {
    const auto elements = [](const WindowAxis& axis) {
      std::size_t sum = 0;
      for (std::size_t i = 0; i < axis.count(); ++i) sum += axis.end(i) - axis.first(i);
      return sum;
    };
    const Windows all = windows(input);
    return elements(all.rows) * elements(all.columns) * input.last();
  }

 protected:
  static constexpr Windows windows(Dimensions input) { return {input, window, options.get(strides, window), {1, 1}, options.same}; }

  template <Options2D::Mistake Mistake>
  using Mistaken = MistakenOption<options.mistake == Mistake, options.position, Options...>;

  template <class In>
  static constexpr bool disjoint = windows(In::dimensions).rows.disjoint() && windows(In::dimensions).columns.disjoint();

  /// Calls `visit(input, output, size)` for each window: the offsets of its first element inside the image and of its
  /// output, in lanes, and how much of it lies inside.
  template <class In, class Visit>
  CTNN_INLINE static constexpr void for_each_window(const Visit& visit) {
    constexpr WindowAxis rows = windows(In::dimensions).rows, columns = windows(In::dimensions).columns;
    constexpr std::size_t channels = In::dimensions.last();
    for (std::size_t row = 0; row < rows.count(); ++row) {
      const WindowCut vertical = window_cut<rows>(row);
      for (std::size_t column = 0; column < columns.count(); ++column) {
        const WindowCut horizontal = window_cut<columns>(column);
        visit((vertical.begin * columns.length + horizontal.begin) * channels, (row * columns.count() + column) * channels,
              Extent{vertical.size, horizontal.size});
      }
    }
  }

  /// Calls `visit(offset)` for each element of a window in row-major order: its offset from the window's first, in lanes.
  template <class In, class Visit>
  CTNN_INLINE static constexpr void for_each_element(Extent size, const Visit& visit) {
    constexpr std::size_t width = In::dimensions.axes[1], channels = In::dimensions.last();
    constexpr std::size_t count = window.height * window.width;
    if constexpr (count <= 16) {
      if (size == window) {
        CTNN_UNROLL
        for (std::size_t i = 0; i < count; ++i) visit((i / window.width * width + i % window.width) * channels);
        return;
      }
    }
    for (std::size_t i = 0; i < size.height; ++i) {
      for (std::size_t j = 0; j < size.width; ++j) visit((i * width + j) * channels);
    }
  }

  /// Writes zeros to what backward does not write by windows: all of dx where they overlap and add up, else the positions
  /// between and behind them.
  template <class In, class Lane>
  CTNN_INLINE static constexpr void clear_rest(Lane* dx) {
    constexpr WindowAxis rows = windows(In::dimensions).rows, columns = windows(In::dimensions).columns;
    constexpr std::size_t channels = In::dimensions.last();
    if constexpr (!disjoint<In>) {
      for (std::size_t i = 0; i < In::size; ++i) dx[i] = Lane(0);
    } else if constexpr (!rows.covers_all() || !columns.covers_all()) {
      for (std::size_t row = 0; row < rows.length; ++row) {
        for (std::size_t column = 0; column < columns.length; ++column) {
          if (covered<rows>[row] && covered<columns>[column]) continue;
          Lane* const place = dx + (row * columns.length + column) * channels;
          for (std::size_t i = 0; i < channels; ++i) place[i] = Lane(0);
        }
      }
    }
  }

  /// Gives one element of a window its gradient.
  template <class In, class Step, class Lane, class Value>
  CTNN_INLINE static constexpr void give(Step step, Lane* dx, Value value) {
    if constexpr (disjoint<In>) {
      step.store(dx, value);
    } else {
      step.store(dx, step.load(dx) + value);
    }
  }
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
