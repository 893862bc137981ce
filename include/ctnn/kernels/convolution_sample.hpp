// A convolution of one sample, forward and backward: channels fill the registers, since kernel and images hold them side by side.
#pragma once

#include "convolution.hpp"

namespace ctnn::kernels {

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
    for (std::size_t v = 0; v < Vectors; ++v) weights[v] = Channels::load(weight + offset(v));
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
        add(line + j * static_cast<std::size_t>(Columns.step) * In + k, weights + (j * In + k) * Out);
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

namespace detail {

/// Calls body.operator()<Rows, Columns>(image) with an image that no window reaches over: x with zeros around it or, where that
/// would be large, x itself.
template <TapAxis Rows, TapAxis Columns, std::size_t In, class Scalar, class Body>
CTNN_INLINE void with_zeros_around(const Scalar* x, const Body& body) {
  constexpr std::size_t height = padded_length<Rows>, width = padded_length<Columns>;
  constexpr bool inside = all_inside<Rows> && all_inside<Columns>;
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
    body.template operator()<padded_axis<Rows>, padded_axis<Columns>>(static_cast<const Scalar*>(padded));
  } else {
    body.template operator()<Rows, Columns>(x);
  }
}

}  // namespace detail

/// `correlate` of one sample, with the weights of a forward pass: a kernel (row, column, In, Out) and behind it the bias.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Scalar>
CTNN_INLINE void correlate_sample(const Scalar* x, const Scalar* parameters, Scalar* y) {
  detail::with_zeros_around<Rows, Columns, In>(x, [&]<TapAxis R, TapAxis C>(const Scalar* image) CTNN_INLINE_LAMBDA {
    detail::sample_image<R, C, In, Out>(image, parameters, y);
  });
}

/// The input gradient of one sample, where windows lie side by side: dy is correlated with the kernel turned round, its channels
/// exchanged. Axes as in the forward pass, `In` channels of x and `Out` of dy.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Scalar>
CTNN_INLINE void correlate_input_gradient_sample(const Scalar* dy, const Scalar* kernel, Scalar* dx) {
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

namespace detail {

/// Σ x·dy over all positions, for `Count` numbers of the image that follow one another, from x on at the first position, and a
/// register of output channels: load(p) gives position p's of dy.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Count, class Channels, class Scalar, class Load>
CTNN_INLINE void weight_sums_sample(const Scalar* x, const Load& load, Channels (&sums)[Count]) {
  for (Channels& sum : sums) sum = Channels(Scalar(0));
  for (std::size_t row = 0; row < Rows.out; ++row) {
    const Scalar* const line = x + row * static_cast<std::size_t>(Rows.stride) * Columns.in * In;
    for (std::size_t column = 0; column < Columns.out; ++column) {
      const Channels gradient = load(row * Columns.out + column);
      const Scalar* const numbers = line + column * static_cast<std::size_t>(Columns.stride) * In;
      CTNN_UNROLL
      for (std::size_t i = 0; i < Count; ++i) sums[i] = math::mul_add(Channels(numbers[i]), gradient, sums[i]);
    }
  }
}

/// The weights' gradient of one sample whose windows reach over no edge.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Scalar>
CTNN_INLINE void weight_gradient_sample(const Scalar* image, const Scalar* dy, bool fresh, Scalar* kernel, Scalar* bias) {
  constexpr std::size_t widest = register_bytes / sizeof(Scalar), width = Out >= widest ? widest : std::bit_ceil(Out);
  constexpr std::size_t vectors = (Out + width - 1) / width, positions = Rows.out * Columns.out;
  // Elements of a window that lie side by side: a line of it or, where it has gaps, the channels of one.
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
      const Scalar* const first =
          image + static_cast<std::size_t>(Rows.at(0, line / across) * static_cast<std::ptrdiff_t>(Columns.in) +
                                           Columns.at(0, line % across)) *
                      In;
      for_each_block<even_block(run, block_registers), 0, run>(
          [&]<std::size_t Count>(std::integral_constant<std::size_t, Count>, std::size_t i) CTNN_INLINE_LAMBDA {
            Channels sums[Count];
            weight_sums_sample<Rows, Columns, In>(first + i, load, sums);
            for (std::size_t k = 0; k < Count; ++k) give(sums[k], kernel + (line * run + i + k) * Out);
          });
    }
    Channels sum(Scalar(0));
    for (std::size_t p = 0; p < positions; ++p) sum += load(p);
    give(sum, bias);
  }
}

}  // namespace detail

/// `correlate_gradient` of one sample, where an image with zeros around it is small enough (with_zeros_around); else false, and
/// nothing is done.
template <TapAxis Rows, TapAxis Columns, std::size_t In, std::size_t Out, class Scalar>
CTNN_INLINE bool correlate_gradient_sample(const Scalar* x, const Scalar* dy, bool fresh, Scalar* kernel, Scalar* bias) {
  bool done = false;
  detail::with_zeros_around<Rows, Columns, In>(x, [&]<TapAxis R, TapAxis C>(const Scalar* image) CTNN_INLINE_LAMBDA {
    if constexpr (detail::all_inside<R> && detail::all_inside<C>) {
      detail::weight_gradient_sample<R, C, In, Out>(image, dy, fresh, kernel, bias);
      done = true;
    }
  });
  return done;
}

}  // namespace ctnn::kernels
