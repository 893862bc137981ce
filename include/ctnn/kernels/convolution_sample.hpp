// A convolution of one sample, forward and backward: channels fill the registers, since kernel and images hold them side by side.
#pragma once

#include "convolution.hpp"
#include "product.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

namespace detail {

/// Elements of the input with zeros around it, so that every window lies inside.
template <TapAxis Axis>
inline constexpr std::size_t padded_length =
    (Axis.out - 1) * static_cast<std::size_t>(Axis.stride) + (Axis.window - 1) * static_cast<std::size_t>(Axis.step) + 1;

/// The same axis on the input with zeros around it.
template <TapAxis Axis>
inline constexpr TapAxis padded_axis{padded_length<Axis>, Axis.out, Axis.window, Axis.stride, Axis.step, 0};

template <TapAxis Axis>
inline constexpr bool all_inside = interior<Axis>.end - interior<Axis>.first == Axis.out;

/// `Positions` neighbours, `Vectors` registers of output channels each, at the channels given by offset(v).
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, std::size_t Positions, std::size_t Width,
          std::size_t Vectors, class Scalar, class Offset, class Store>
CTNN_INLINE void sample_block(const Scalar* x, const Scalar* kernel, std::size_t row, std::size_t column, TapRange rows,
                              TapRange columns, const Vector<Scalar, Width>* start, const Offset& offset, const Store& store) {
  using Channels = Vector<Scalar, Width>;
  Channels sums[Positions][Vectors];
  CTNN_UNROLL
  for (std::size_t p = 0; p < Positions; ++p) {
    CTNN_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) sums[p][v] = start[v];
  }
  constexpr std::size_t next = static_cast<std::size_t>(Columns.stride) * In;
  const auto add = [&](const Scalar* input, const Scalar* weight) CTNN_INLINE_LAMBDA {
    Channels weights[Vectors];
    CTNN_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) {
      weights[v] = Channels::load(weight + offset(v));
      keep_in_register(weights[v]);
    }
    CTNN_UNROLL
    for (std::size_t p = 0; p < Positions; ++p) {
      const Channels value(input[p * next]);
      CTNN_UNROLL
      for (std::size_t v = 0; v < Vectors; ++v) sums[p][v] = math::mul_add(value, weights[v], sums[p][v]);
    }
  };
  for (std::size_t i = rows.first; i < rows.end; ++i) {
    const Scalar* const line = x + (Rows.at(row, i) * static_cast<std::ptrdiff_t>(Columns.in) + Columns.at(column, columns.first)) *
                                       static_cast<std::ptrdiff_t>(In);
    const Scalar* const weights = kernel + (i * Columns.window + columns.first) * In * Out;
    for (std::size_t j = 0; j < columns.end - columns.first; ++j) {
      for (std::size_t k = 0; k < In; ++k) {
        add(opaque(line + j * static_cast<std::size_t>(Columns.step) * In + k), weights + (j * In + k) * Out);
      }
    }
  }
  CTNN_UNROLL
  for (std::size_t p = 0; p < Positions; ++p) {
    CTNN_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) store(p, v, sums[p][v]);
  }
}

/// All positions; the windows reach over no edge where `x` has zeros around it.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Scalar>
CTNN_INLINE void sample_image(const Scalar* x, const Scalar* parameters, Scalar* y) {
  constexpr std::size_t widest = register_bytes / sizeof(Scalar);
  constexpr std::size_t width = Out >= widest ? widest : std::bit_ceil(Out);
  constexpr std::size_t vectors = (Out + width - 1) / width, together = even_block(vectors, 4);
  constexpr std::size_t positions = block_registers / together < 12 ? block_registers / together : 12;
  constexpr std::size_t outputs = Rows.out * Columns.out * Out;
  const Scalar* const bias = parameters + Rows.window * Columns.window * In * Out;
  // The last register of channels begins where it still ends with the last channel, over some of the one before. Where one
  // holds more than all channels, its other elements are the next numbers in memory, of the kernel or the bias: there are as
  // many of these. What comes of them is overwritten by the next position, or never stored.
  constexpr auto channel = [](std::size_t v) { return Out < width || (v + 1) * width <= Out ? v * width : Out - width; };
  for_each_block<together, 0, vectors>(
      [&]<std::size_t Vectors>(std::integral_constant<std::size_t, Vectors>, std::size_t first) CTNN_INLINE_LAMBDA {
        Vector<Scalar, width> start[Vectors];
        for (std::size_t v = 0; v < Vectors; ++v) {
          if constexpr (Out < width) {
            start[v] = Vector<Scalar, width>::template load_first<Out>(bias);
          } else {
            start[v] = Vector<Scalar, width>::load(bias + channel(first + v));
          }
        }
        for (std::size_t row = 0; row < Rows.out; ++row) {
          for_each_run<Columns, positions>([&]<std::size_t Positions>(std::integral_constant<std::size_t, Positions>,
                                                                      std::size_t column, TapRange columns) CTNN_INLINE_LAMBDA {
            sample_block<Rows, Columns, In, Out, Positions, width, Vectors>(
                x, parameters, row, column, tap_ranges<Rows>[row], columns, static_cast<const Vector<Scalar, width>*>(start),
                [&](std::size_t v) CTNN_INLINE_LAMBDA { return channel(first + v); },
                [&](std::size_t p, std::size_t v, Vector<Scalar, width> sums) CTNN_INLINE_LAMBDA {
                  const std::size_t place = (row * Columns.out + column + p) * Out + channel(first + v);
                  if constexpr (Out < width) {
                    if (place + width > outputs) return sums.template store_first<Out>(y + place);
                  }
                  sums.store(y + place);
                });
          });
        }
      });
}

}  // namespace detail

/// `correlate` of one sample, with the weights of a forward pass: a kernel (row, column, In, Out) and behind it the bias.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Scalar>
CTNN_INLINE void correlate_sample(const Scalar* x, const Scalar* parameters, Scalar* y) {
  constexpr std::size_t height = detail::padded_length<Rows>, width = detail::padded_length<Columns>;
  constexpr bool inside = detail::all_inside<Rows> && detail::all_inside<Columns>;
  if constexpr (!inside && height * width * In * sizeof(Scalar) <= 32768) {
    // Zeros around a small image cost less than windows cut off at its edges.
    alignas(alignment) Scalar padded[height * width * In];
    for (Scalar& value : padded) value = Scalar(0);
    constexpr auto before = [](const TapAxis& axis) { return static_cast<std::size_t>(-axis.offset); };
    // Strides can leave the last rows and columns out.
    constexpr std::size_t used_rows = Rows.in + before(Rows) < height ? Rows.in : height - before(Rows);
    constexpr std::size_t used_columns = Columns.in + before(Columns) < width ? Columns.in : width - before(Columns);
    for (std::size_t row = 0; row < used_rows; ++row) {
      Scalar* const line = padded + ((row + before(Rows)) * width + before(Columns)) * In;
      for (std::size_t i = 0; i < used_columns * In; ++i) line[i] = x[row * Columns.in * In + i];
    }
    detail::sample_image<detail::padded_axis<Rows>, detail::padded_axis<Columns>, In, Out>(static_cast<const Scalar*>(padded),
                                                                                           parameters, y);
  } else {
    detail::sample_image<Rows, Columns, In, Out>(x, parameters, y);
  }
}

namespace detail {

/// The input gradient by a correlation of dy with the kernel turned round, its channels exchanged.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Scalar>
CTNN_INLINE void correlate_turned(const Scalar* dy, const Scalar* kernel, Scalar* dx) {
  constexpr std::size_t taps = Rows.window * Columns.window;
  // As the kernel is turned round, so are the windows: from dx's position the last element comes first.
  constexpr auto back = [](const TapAxis& axis) {
    return TapAxis{axis.out, axis.in,   axis.window,
                   1,        axis.step, -axis.offset - (static_cast<std::ptrdiff_t>(axis.window) - 1) * axis.step};
  };
  alignas(alignment) Scalar turned[taps * In * Out + In];
  for (std::size_t tap = 0; tap < taps; ++tap) {
    for (std::size_t k = 0; k < In; ++k) {
      for (std::size_t o = 0; o < Out; ++o) turned[((taps - 1 - tap) * Out + o) * In + k] = kernel[(tap * In + k) * Out + o];
    }
  }
  for (std::size_t k = 0; k < In; ++k) turned[taps * In * Out + k] = Scalar(0);
  correlate_sample<back(Rows), back(Columns), Out, In>(dy, static_cast<const Scalar*>(turned), dx);
}

/// The input gradient window by window: what a position's gradient is to each element of its window.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Scalar>
CTNN_INLINE void scatter_sample(const Scalar* dy, const Scalar* kernel, Scalar* dx) {
  for (std::size_t i = 0; i < Rows.in * Columns.in * In; ++i) dx[i] = Scalar(0);
  for (std::size_t row = 0; row < Rows.out; ++row) {
    for (std::size_t column = 0; column < Columns.out; ++column) {
      const Scalar* const gradient = dy + (row * Columns.out + column) * Out;
      const TapRange rows = tap_ranges<Rows>[row], columns = tap_ranges<Columns>[column];
      for (std::size_t i = rows.first; i < rows.end; ++i) {
        for (std::size_t j = columns.first; j < columns.end; ++j) {
          Scalar* const target =
              dx + (static_cast<std::size_t>(Rows.at(row, i)) * Columns.in + static_cast<std::size_t>(Columns.at(column, j))) * In;
          const Scalar* const weights = kernel + (i * Columns.window + j) * In * Out;
          for (std::size_t k = 0; k < In; ++k) {
            target[k] =
                dot<Out, sample_register_bytes(Out * sizeof(Scalar)) / sizeof(Scalar)>(weights + k * Out, gradient, target[k]);
          }
        }
      }
    }
  }
}

}  // namespace detail

/// The input gradient of one sample. Axes as in the forward pass, `In` channels of x and `Out` of dy.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Scalar>
CTNN_INLINE void correlate_input_gradient_sample(const Scalar* dy, const Scalar* kernel, Scalar* dx) {
  // The turned kernel lies on the stack.
  constexpr std::size_t room = 65536, kernel_bytes = Rows.window * Columns.window * In * Out * sizeof(Scalar);
  if constexpr (Rows.stride == 1 && Columns.stride == 1 && kernel_bytes <= room) {
    detail::correlate_turned<Rows, Columns, In, Out>(dy, kernel, dx);
  } else {
    detail::scatter_sample<Rows, Columns, In, Out>(dy, kernel, dx);
  }
}

namespace detail {

/// Σ x·dy over all positions for `Count` weights that follow one another, and a register of output channels: those of window row
/// `tap_row`, from number `first` on of what begins with the window's column `first_tap`. load(p) gives position p's of dy.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Count, class Channels, class Scalar, class Load>
CTNN_INLINE void weight_sums_sample(const Scalar* x, std::size_t tap_row, std::size_t first_tap, std::size_t first,
                                    const Load& load, Channels (&sums)[Count]) {
  for (Channels& sum : sums) sum = Channels(Scalar(0));
  for (std::size_t row = 0; row < Rows.out; ++row) {
    if (!Rows.inside(row, tap_row)) continue;
    const Scalar* const line = x + static_cast<std::size_t>(Rows.at(row, tap_row)) * Columns.in * In;
    const auto add = [&](std::size_t column, const auto& number) CTNN_INLINE_LAMBDA {
      const Channels gradient = load(row * Columns.out + column);
      CTNN_UNROLL
      for (std::size_t i = 0; i < Count; ++i) sums[i] = math::mul_add(Channels(number(i)), gradient, sums[i]);
    };
    // At the edges, what lies outside the image counts as zero.
    const auto edge = [&](std::size_t column) CTNN_INLINE_LAMBDA {
      add(column, [&](std::size_t i) CTNN_INLINE_LAMBDA {
        const std::size_t tap = first_tap + (first + i) / In;
        return Columns.inside(column, tap) ? line[static_cast<std::size_t>(Columns.at(column, tap)) * In + (first + i) % In]
                                           : Scalar(0);
      });
    };
    for (std::size_t column = 0; column < interior<Columns>.first; ++column) edge(column);
    for (std::size_t column = interior<Columns>.first; column < interior<Columns>.end; ++column) {
      const Scalar* const numbers = line + static_cast<std::size_t>(Columns.at(column, first_tap)) * In + first;
      add(column, [&](std::size_t i) CTNN_INLINE_LAMBDA { return numbers[i]; });
    }
    for (std::size_t column = interior<Columns>.end; column < Columns.out; ++column) edge(column);
  }
}

}  // namespace detail

/// `correlate_gradient` of one sample.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Scalar>
CTNN_INLINE void correlate_gradient_sample(const Scalar* x, const Scalar* dy, bool fresh, Scalar* kernel, Scalar* bias) {
  constexpr std::size_t widest = register_bytes / sizeof(Scalar), width = Out >= widest ? widest : std::bit_ceil(Out);
  constexpr std::size_t vectors = (Out + width - 1) / width, positions = Rows.out * Columns.out;
  // Weights whose inputs lie side by side: a line of the window or, where it has gaps, the channels of one element.
  constexpr std::size_t across = Columns.step == 1 ? 1 : Columns.window, run = Columns.window * In / across;
  using Channels = Vector<Scalar, width>;
  for (std::size_t v = 0; v < vectors; ++v) {
    // The last register begins where it still ends with the last channel, within the one before it.
    const std::size_t channel = Out < width || (v + 1) * width <= Out ? v * width : Out - width, known = v * width - channel;
    const auto load = [&](std::size_t position) CTNN_INLINE_LAMBDA {
      if constexpr (Out < width) {
        // What follows a position's channels are the next one's, whose sums nobody takes.
        if (position * Out + width > positions * Out) return Channels::template load_first<Out>(dy + position * Out);
      }
      return Channels::load(dy + position * Out + channel);
    };
    const auto give = [&](Channels sums, Scalar* target) CTNN_INLINE_LAMBDA {
      for (std::size_t o = known; o < (Out < width ? Out : width); ++o) {
        target[channel + o] = (fresh ? Scalar(0) : target[channel + o]) + sums[o];
      }
    };
    for (std::size_t line = 0; line < Rows.window * across; ++line) {
      detail::for_each_block<detail::even_block(run, detail::block_registers), 0, run>(
          [&]<std::size_t Count>(std::integral_constant<std::size_t, Count>, std::size_t first) CTNN_INLINE_LAMBDA {
            Channels sums[Count];
            detail::weight_sums_sample<Rows, Columns, In>(x, line / across, line % across, first, load, sums);
            for (std::size_t k = 0; k < Count; ++k) give(sums[k], kernel + (line * run + first + k) * Out);
          });
    }
    Channels sum(Scalar(0));
    for (std::size_t p = 0; p < positions; ++p) sum += load(p);
    give(sum, bias);
  }
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
