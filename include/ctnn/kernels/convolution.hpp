// The correlations of a convolutional layer, on images (height, width, channels) of lanes: no copy of patches and no
// transposition. A block of output positions and channels stays in registers while the window's elements go by.
#pragma once

#include <array>

#include "arithmetic.hpp"
#include "reduction.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

/// How output positions along one axis read the input: element `tap` of a window lies at position·stride + tap·step + offset.
/// A forward pass steps by the dilation, an input gradient backwards.
struct TapAxis {
  std::size_t in, out, window;
  std::ptrdiff_t stride, step, offset;

  constexpr std::ptrdiff_t at(std::size_t position, std::size_t tap) const {
    return static_cast<std::ptrdiff_t>(position) * stride + static_cast<std::ptrdiff_t>(tap) * step + offset;
  }
  constexpr bool inside(std::size_t position, std::size_t tap) const {
    const std::ptrdiff_t place = at(position, tap);
    return place >= 0 && place < static_cast<std::ptrdiff_t>(in);
  }
};

/// From one element of the weights to the next: along the window's rows and columns, the input's channels and the output's.
struct WeightStrides {
  std::size_t row, column, in, out;
};

namespace detail {

/// Elements [first, end) of a window lie inside the image.
struct TapRange {
  std::size_t first, end;
};

/// For each output position.
template <TapAxis Axis>
inline constexpr auto tap_ranges = [] {
  std::array<TapRange, Axis.out> ranges{};
  for (std::size_t i = 0; i < Axis.out; ++i) {
    std::size_t first = 0;
    while (first < Axis.window && !Axis.inside(i, first)) ++first;
    std::size_t end = first;
    while (end < Axis.window && Axis.inside(i, end)) ++end;
    ranges[i] = {first, end};
  }
  return ranges;
}();

/// The positions whose windows lie inside the image whole.
template <TapAxis Axis>
inline constexpr TapRange interior = [] {
  std::size_t first = 0;
  const auto whole = [](std::size_t i) { return tap_ranges<Axis>[i].first == 0 && tap_ranges<Axis>[i].end == Axis.window; };
  while (first < Axis.out && !whole(first)) ++first;
  std::size_t end = first;
  while (end < Axis.out && whole(end)) ++end;
  return TapRange{first, end};
}();

/// Sums that stay in registers together, with room for the operands.
inline constexpr std::size_t block_registers = register_count == 32 ? 24 : 12;

/// `count` cut into blocks of equal size, at most `most`: the size.
constexpr std::size_t even_block(std::size_t count, std::size_t most) {
  if (count == 0) return 1;
  const std::size_t blocks = (count + most - 1) / most;
  return (count + blocks - 1) / blocks;
}

/// Calls `visit(integral_constant<size>, first)` for blocks of [from, to): of `Size` each, then one of what is left.
template <std::size_t Size, std::size_t From, std::size_t To, class Visit>
CTNN_INLINE constexpr void for_each_block(const Visit& visit) {
  constexpr std::size_t whole = (To - From) / Size * Size;
  for (std::size_t i = From; i < From + whole; i += Size) visit(std::integral_constant<std::size_t, Size>{}, i);
  if constexpr (From + whole < To) visit(std::integral_constant<std::size_t, To - From - whole>{}, From + whole);
}

/// Calls `visit(integral_constant<size>, first, range)` for blocks of neighbouring positions, with the elements of their windows
/// inside the image: up to `Positions` of those whose windows are inside whole, and each of the others by itself.
template <TapAxis Axis, std::size_t Positions, class Visit>
CTNN_INLINE constexpr void for_each_run(const Visit& visit) {
  using One = std::integral_constant<std::size_t, 1>;
  for (std::size_t i = 0; i < interior<Axis>.first; ++i) visit(One{}, i, tap_ranges<Axis>[i]);
  for_each_block<even_block(interior<Axis>.end - interior<Axis>.first, Positions), interior<Axis>.first, interior<Axis>.end>(
      [&](auto size, std::size_t i) CTNN_INLINE_LAMBDA { visit(size, i, TapRange{0, Axis.window}); });
  for (std::size_t i = interior<Axis>.end; i < Axis.out; ++i) visit(One{}, i, tap_ranges<Axis>[i]);
}

/// Outputs of `Positions` neighbours, `Channels` each: y = start + Σ x·weights over window elements `rows` × `columns`.
template <TapAxis Rows, TapAxis Columns, std::size_t In, WeightStrides Weights, std::size_t Positions, std::size_t Channels,
          class Lane, class Start>
CTNN_INLINE constexpr void correlate_block(const Lane* x, const ScalarOf<Lane>* weights, std::size_t row, std::size_t column,
                                           TapRange rows, TapRange columns, const Start& start, Lane* y, std::size_t y_stride) {
  Lane sums[Positions][Channels];
  CTNN_UNROLL
  for (std::size_t o = 0; o < Channels; ++o) {
    const Lane value(start(o));
    CTNN_UNROLL
    for (std::size_t p = 0; p < Positions; ++p) sums[p][o] = value;
  }
  constexpr std::ptrdiff_t next = Columns.stride * static_cast<std::ptrdiff_t>(In);
  const auto add = [&](const Lane* input, const ScalarOf<Lane>* weight) CTNN_INLINE_LAMBDA {
    Lane values[Positions];
    CTNN_UNROLL
    for (std::size_t p = 0; p < Positions; ++p) values[p] = input[static_cast<std::ptrdiff_t>(p) * next];
    CTNN_UNROLL
    for (std::size_t o = 0; o < Channels; ++o) {
      const Lane factor(weight[o * Weights.out]);
      CTNN_UNROLL
      for (std::size_t p = 0; p < Positions; ++p) sums[p][o] = math::mul_add(values[p], factor, sums[p][o]);
    }
  };
  for (std::size_t i = rows.first; i < rows.end; ++i) {
    const Lane* const line = x + (Rows.at(row, i) * static_cast<std::ptrdiff_t>(Columns.in) + Columns.at(column, columns.first)) *
                                     static_cast<std::ptrdiff_t>(In);
    const ScalarOf<Lane>* const line_weights = weights + i * Weights.row + columns.first * Weights.column;
    if constexpr (Columns.step == 1 && Weights.column == In * Weights.in) {
      // A line of the window is one run of numbers.
      const std::size_t run = (columns.end - columns.first) * In;
      for (std::size_t k = 0; k < run; ++k) add(line + k, line_weights + k * Weights.in);
    } else {
      for (std::size_t j = 0; j < columns.end - columns.first; ++j) {
        const Lane* const input = line + static_cast<std::ptrdiff_t>(j) * Columns.step * static_cast<std::ptrdiff_t>(In);
        for (std::size_t k = 0; k < In; ++k) add(input + k, line_weights + j * Weights.column + k * Weights.in);
      }
    }
  }
  CTNN_UNROLL
  for (std::size_t p = 0; p < Positions; ++p) {
    CTNN_UNROLL
    for (std::size_t o = 0; o < Channels; ++o) y[p * y_stride + o] = sums[p][o];
  }
}

}  // namespace detail

/// y[r][c][o] = start(o) + Σ x[row(r, i)][column(c, j)][k]·weights[i][j][k][o] over window elements (i, j) inside the image and
/// the `In` channels k of x; y has `Out` channels.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, WeightStrides Weights, class Lane, class Start>
CTNN_INLINE constexpr void correlate(const Lane* x, const ScalarOf<Lane>* weights, const Start& start, Lane* y) {
  constexpr std::size_t channels = detail::even_block(Out, detail::block_registers);
  constexpr std::size_t positions = detail::block_registers / channels < 4 ? detail::block_registers / channels : 4;
  for (std::size_t row = 0; row < Rows.out; ++row) {
    const detail::TapRange rows = detail::tap_ranges<Rows>[row];
    detail::for_each_block<channels, 0, Out>([&]<std::size_t Channels>(std::integral_constant<std::size_t, Channels>,
                                                                       std::size_t channel) CTNN_INLINE_LAMBDA {
      detail::for_each_run<Columns, positions>(
          [&]<std::size_t Positions>(std::integral_constant<std::size_t, Positions>, std::size_t column, detail::TapRange columns)
              CTNN_INLINE_LAMBDA {
                detail::correlate_block<Rows, Columns, In, Weights, Positions, Channels>(
                    x, weights + channel * Weights.out, row, column, rows, columns,
                    [&](std::size_t o) CTNN_INLINE_LAMBDA { return start(channel + o); },
                    y + (row * Columns.out + column) * Out + channel, Out);
              });
    });
  }
}

namespace detail {

/// The gradient of a block of weights: window row `tap_row`, `Taps` columns of the window from `first_tap` on, input channel
/// `k`, `Channels` outputs; x and dy point to that channel and to the first of those outputs.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, std::size_t Taps, std::size_t Channels, class Lane>
CTNN_INLINE constexpr void weight_sums(const Lane* x, std::size_t x_stride, const Lane* dy, std::size_t dy_stride,
                                       std::size_t tiles, std::size_t tap_row, std::size_t first_tap,
                                       Lane (&sums)[Taps][Channels]) {
  const auto add = [&](const Lane* gradient, const auto& input) CTNN_INLINE_LAMBDA {
    Lane values[Channels];
    CTNN_UNROLL
    for (std::size_t o = 0; o < Channels; ++o) values[o] = gradient[o];
    CTNN_UNROLL
    for (std::size_t j = 0; j < Taps; ++j) {
      const Lane value = input(j);
      CTNN_UNROLL
      for (std::size_t o = 0; o < Channels; ++o) sums[j][o] = math::mul_add(value, values[o], sums[j][o]);
    }
  };
  for (std::size_t t = 0; t < tiles; ++t) {
    for (std::size_t row = 0; row < Rows.out; ++row) {
      if (!Rows.inside(row, tap_row)) continue;
      const Lane* const line = x + t * x_stride + static_cast<std::size_t>(Rows.at(row, tap_row)) * Columns.in * In;
      const Lane* const gradients = dy + t * dy_stride + row * Columns.out * Out;
      // At the edges, what lies outside the image counts as zero.
      const auto edge = [&](std::size_t column) CTNN_INLINE_LAMBDA {
        add(gradients + column * Out, [&](std::size_t j) CTNN_INLINE_LAMBDA {
          const std::size_t tap = first_tap + j;
          return Columns.inside(column, tap) ? line[static_cast<std::size_t>(Columns.at(column, tap)) * In] : Lane(0);
        });
      };
      for (std::size_t column = 0; column < interior<Columns>.first; ++column) edge(column);
      for (std::size_t column = interior<Columns>.first; column < interior<Columns>.end; ++column) {
        const Lane* const inputs = line + static_cast<std::size_t>(Columns.at(column, first_tap)) * In;
        add(gradients + column * Out,
            [&](std::size_t j) CTNN_INLINE_LAMBDA { return inputs[j * static_cast<std::size_t>(Columns.step) * In]; });
      }
      for (std::size_t column = interior<Columns>.end; column < Columns.out; ++column) edge(column);
    }
  }
}

}  // namespace detail

/// dK[i][j][k][o] += Σ x[row(r, i)][column(c, j)][k]·dy[r][c][o] and db[o] += Σ dy[r][c][o], over output positions (r, c) and the
/// samples of `tiles` tiles, whose x and dy follow one another. `fresh`: the sums replace what kernel and bias held.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Lane>
CTNN_INLINE constexpr void correlate_gradient(const Lane* x, const Lane* dy, std::size_t tiles, bool fresh, ScalarOf<Lane>* kernel,
                                              ScalarOf<Lane>* bias) {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t positions = Rows.out * Columns.out, x_stride = Rows.in * Columns.in * In, dy_stride = positions * Out;
  const auto give = [&](Scalar& target, Scalar sum) CTNN_INLINE_LAMBDA { target = (fresh ? Scalar(0) : target) + sum; };
  const auto reduce = [&]<std::size_t Count>(const Lane(&sums)[Count], Scalar(&results)[Count]) CTNN_INLINE_LAMBDA {
    if constexpr (width_of<Lane> == 1) {
      for (std::size_t i = 0; i < Count; ++i) results[i] = sums[i];
    } else {
      sum_each<Count>(static_cast<const Lane*>(sums), static_cast<Scalar*>(results));
    }
  };
  constexpr std::size_t taps = detail::even_block(Columns.window, 8);
  constexpr std::size_t channels = detail::even_block(Out, detail::block_registers / taps);
  detail::for_each_block<channels, 0, Out>(
      [&]<std::size_t Channels>(std::integral_constant<std::size_t, Channels>, std::size_t channel) CTNN_INLINE_LAMBDA {
        Lane bias_sums[Channels];
        for (Lane& sum : bias_sums) sum = Lane(0);
        for (std::size_t t = 0; t < tiles; ++t) {
          for (std::size_t p = 0; p < positions; ++p) {
            CTNN_UNROLL
            for (std::size_t o = 0; o < Channels; ++o) bias_sums[o] += dy[t * dy_stride + p * Out + channel + o];
          }
        }
        Scalar bias_results[Channels];
        reduce(bias_sums, bias_results);
        for (std::size_t o = 0; o < Channels; ++o) give(bias[channel + o], bias_results[o]);
        for (std::size_t k = 0; k < In; ++k) {
          for (std::size_t i = 0; i < Rows.window; ++i) {
            detail::for_each_block<taps, 0, Columns.window>(
                [&]<std::size_t Taps>(std::integral_constant<std::size_t, Taps>, std::size_t tap) CTNN_INLINE_LAMBDA {
                  Lane sums[Taps][Channels];
                  CTNN_UNROLL
                  for (std::size_t j = 0; j < Taps; ++j) {
                    CTNN_UNROLL
                    for (std::size_t o = 0; o < Channels; ++o) sums[j][o] = Lane(0);
                  }
                  detail::weight_sums<Rows, Columns, In, Out>(x + k, x_stride, dy + channel, dy_stride, tiles, i, tap, sums);
                  for (std::size_t j = 0; j < Taps; ++j) {
                    Scalar results[Channels];
                    reduce(sums[j], results);
                    for (std::size_t o = 0; o < Channels; ++o) {
                      give(kernel[((i * Columns.window + tap + j) * In + k) * Out + channel + o], results[o]);
                    }
                  }
                });
          }
        }
      });
}

/// dx = 0, then dx[row(r, i)][column(c, j)][k] += Σ dy[r][c][o]·weights[i][j][k][o]: the input gradient where windows lie more than
/// one position apart, so that it is no correlation.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Lane>
CTNN_INLINE constexpr void scatter(const Lane* dy, const ScalarOf<Lane>* kernel, Lane* dx) {
  for (std::size_t i = 0; i < Rows.in * Columns.in * In; ++i) dx[i] = Lane(0);
  constexpr std::size_t channels = detail::even_block(In, detail::block_registers);
  for (std::size_t row = 0; row < Rows.out; ++row) {
    const detail::TapRange rows = detail::tap_ranges<Rows>[row];
    for (std::size_t column = 0; column < Columns.out; ++column) {
      const detail::TapRange columns = detail::tap_ranges<Columns>[column];
      const Lane* const gradient = dy + (row * Columns.out + column) * Out;
      for (std::size_t i = rows.first; i < rows.end; ++i) {
        for (std::size_t j = columns.first; j < columns.end; ++j) {
          const std::size_t place =
              static_cast<std::size_t>(Rows.at(row, i)) * Columns.in + static_cast<std::size_t>(Columns.at(column, j));
          detail::for_each_block<channels, 0, In>(
              [&]<std::size_t Channels>(std::integral_constant<std::size_t, Channels>, std::size_t channel) CTNN_INLINE_LAMBDA {
                Lane* const target = dx + place * In + channel;
                Lane sums[Channels];
                CTNN_UNROLL
                for (std::size_t k = 0; k < Channels; ++k) sums[k] = target[k];
                const ScalarOf<Lane>* const weights = kernel + ((i * Columns.window + j) * In + channel) * Out;
                for (std::size_t o = 0; o < Out; ++o) {
                  CTNN_UNROLL
                  for (std::size_t k = 0; k < Channels; ++k)
                    sums[k] = math::mul_add(gradient[o], Lane(weights[k * Out + o]), sums[k]);
                }
                CTNN_UNROLL
                for (std::size_t k = 0; k < Channels; ++k) target[k] = sums[k];
              });
        }
      }
    }
  }
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
