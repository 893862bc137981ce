// The parameter gradient of a dense layer, dK += xᵀ dy: with a sum a lane for narrow layers, in blocks of registers for wide ones,
// and for samples by themselves.
#pragma once

#include <cstdint>

#include "features.hpp"
#include "product.hpp"
#include "transpose.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

namespace detail {

/// dK[i][o] += x[i]·dy[o] and db[o] += dy[o] for one sample and any sizes; the bias follows the kernel. `fresh`: in place of
/// adding.
template <std::floating_point Scalar>
CTNN_NOINLINE constexpr void gradient_in_loops(const Scalar* x, const Scalar* dy, std::size_t in, std::size_t out, bool fresh,
                                               Scalar* kernel) {
  for (std::size_t i = 0; i <= in; ++i) {
    const Scalar input = i < in ? x[i] : Scalar(1);
    for (std::size_t o = 0; o < out; ++o, ++kernel) *kernel = fresh ? dy[o] * input : math::mul_add(dy[o], input, *kernel);
  }
}

}  // namespace detail

/// dK[i][o] += x[i]·dy[o] and db[o] += dy[o], a sum a lane: narrow layers, reduced once a batch.
template <std::size_t In, std::size_t Out, class Lane>
CTNN_INLINE constexpr void affine_gradient(const Lane* x, const Lane* dy, Lane* kernel, Lane* bias) {
  if constexpr (width_of<Lane> == 1 && shares_loops) return detail::gradient_in_loops(x, dy, In, Out, false, kernel);
  const auto row = [&](std::size_t i) CTNN_INLINE_LAMBDA {
    if constexpr (Out <= 16) {
      CTNN_UNROLL
      for (std::size_t o = 0; o < Out; ++o) kernel[i * Out + o] = math::mul_add(x[i], dy[o], kernel[i * Out + o]);
    } else {
      for (std::size_t o = 0; o < Out; ++o) kernel[i * Out + o] = math::mul_add(x[i], dy[o], kernel[i * Out + o]);
    }
  };
  if constexpr (In * Out <= detail::unrolled_terms) {
    CTNN_UNROLL
    for (std::size_t i = 0; i < In; ++i) row(i);
    CTNN_UNROLL
    for (std::size_t o = 0; o < Out; ++o) bias[o] += dy[o];
  } else {
    for (std::size_t i = 0; i < In; ++i) row(i);
    for (std::size_t o = 0; o < Out; ++o) bias[o] += dy[o];
  }
}

namespace detail {

/// A block of kernel gradients in registers: rows of the kernel times registers of outputs. The sums of so many samples hide
/// what loading and storing the block costs; of few registers, six rows of two and their operands take all (measured).
template <std::size_t Vectors>
inline constexpr std::size_t gradient_rows = register_count == 16 || Vectors == 4 ? 6 : 8;
/// A kernel of at most so many bytes, its gradient, and the activations of a pass find room in the second-level cache.
inline constexpr std::size_t near_bytes = 524288;
inline constexpr std::size_t gradient_vectors = register_count == 32 ? 4 : 2;

/// dK[i][o] for `Rows` rows from `kernel` on, rows `Out` apart, and `Count` outputs: Σ over samples of x·dy. `x` are lanes of
/// samples, `In` of them a tile; `dy` holds for each sample a row of `Vectors` registers. `fresh`: in place of adding.
template <std::size_t Rows, std::size_t Vectors, std::size_t Count, std::size_t In, std::size_t Out, class Element,
          std::size_t Width>
CTNN_INLINE void gradient_block(const Vector<Element, Width>* x, const Element* dy, std::size_t tiles, bool fresh,
                                Element* kernel) {
  using Outputs = Vector<Element, Width>;
  constexpr std::size_t whole = Count / Width;
  if constexpr (In * Out * sizeof(Element) > near_bytes) {
    // The next rows are on their way while these are summed. Behind the last ones there are none: an address, but no pointer.
    const auto next = reinterpret_cast<std::uintptr_t>(kernel) + Rows * Out * sizeof(Element);
    CTNN_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      CTNN_UNROLL
      for (std::size_t v = 0; v < Vectors; ++v) {
        // NOLINTNEXTLINE(performance-no-int-to-ptr): nothing is read through it.
        __builtin_prefetch(reinterpret_cast<const void*>(next + (r * Out + v * Width) * sizeof(Element)), 0, 2);
      }
    }
  }
  Outputs sums[Rows][Vectors];
  const auto add = [&]<bool First>(std::bool_constant<First>, const Element* inputs) CTNN_INLINE_LAMBDA {
    Outputs row[Vectors];
    CTNN_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) {
      row[v] = Outputs::load(dy + v * Width);
      keep_in_register(row[v]);
    }
    CTNN_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      const Outputs input(inputs[r * Width]);
      CTNN_UNROLL
      for (std::size_t v = 0; v < Vectors; ++v) sums[r][v] = First ? input * row[v] : math::mul_add(input, row[v], sums[r][v]);
    }
    dy += Vectors * Width;
  };
  add(std::true_type{}, elements_of(x));
  std::size_t sample = 1;
  for (std::size_t t = 0; t < tiles; ++t, sample = 0) {
    const Element* const inputs = elements_of(x + t * In);
    for (; sample < Width; ++sample) add(std::false_type{}, inputs + sample);
  }
  if (!fresh) {
    // What was there is added to the sum of these samples, not they one by one to it: so many additions would make it drift.
    CTNN_UNROLL
    for (std::size_t r = 0; r < Rows; ++r) {
      CTNN_UNROLL
      for (std::size_t v = 0; v < whole; ++v) sums[r][v] += Outputs::load(kernel + r * Out + v * Width);
    }
  }
  CTNN_UNROLL
  for (std::size_t r = 0; r < Rows; ++r) {
    CTNN_UNROLL
    for (std::size_t v = 0; v < whole; ++v) sums[r][v].store(kernel + r * Out + v * Width);
    if constexpr (whole < Vectors) {
      // Fewer outputs than a register holds: the next row's begin where they end.
      alignas(alignment) Element rest[Width];
      sums[r][Vectors - 1].store(rest);
      Element* const last = kernel + r * Out + whole * Width;
      for (std::size_t o = 0; o < Count - whole * Width; ++o) last[o] = (fresh ? Element(0) : last[o]) + rest[o];
    }
  }
}

/// A panel of outputs: `Count` of them, `Vectors` registers wide when padded.
template <std::size_t In, std::size_t Out, std::size_t Vectors, std::size_t Count, class Element, std::size_t Width>
CTNN_INLINE void gradient_panel(const Vector<Element, Width>* x, const Vector<Element, Width>* dy, std::size_t tiles, bool fresh,
                                Element* kernel, Element* bias) {
  using Outputs = Vector<Element, Width>;
  constexpr std::size_t rows = gradient_rows<Vectors>, most = 8;
  alignas(alignment) Element outputs[most * Width * Vectors * Width];
  for (std::size_t from = 0; from < tiles; from += most) {
    const std::size_t here = tiles - from < most ? tiles - from : most;
    Outputs bias_sums[Vectors];
    CTNN_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) bias_sums[v] = Outputs(Element(0));
    for (std::size_t t = 0; t < here; ++t) {
      CTNN_UNROLL
      for (std::size_t v = 0; v < Vectors; ++v) {
        Outputs square[Width];
        CTNN_UNROLL
        for (std::size_t i = 0; i < Width; ++i) {
          const std::size_t o = v * Width + i;
          square[i] = o < Count ? dy[(from + t) * Out + (o < Count ? o : 0)] : Outputs(Element(0));
        }
        transpose(static_cast<Outputs*>(square));
        CTNN_UNROLL
        for (std::size_t sample = 0; sample < Width; ++sample) {
          square[sample].store(outputs + ((t * Width + sample) * Vectors + v) * Width);
          bias_sums[v] += square[sample];
        }
      }
    }
    const bool first = fresh && from == 0;
    alignas(alignment) Element sums[Vectors * Width];
    CTNN_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) bias_sums[v].store(sums + v * Width);
    for (std::size_t o = 0; o < Count; ++o) bias[o] = (first ? Element(0) : bias[o]) + sums[o];
    const auto add_rows = [&]<std::size_t Rows>(std::integral_constant<std::size_t, Rows>, std::size_t i) CTNN_INLINE_LAMBDA {
      gradient_block<Rows, Vectors, Count, In, Out>(x + from * In + i, static_cast<const Element*>(outputs), here, first,
                                                    kernel + i * Out);
    };
    for (std::size_t i = 0; i < In / rows * rows; i += rows) add_rows(std::integral_constant<std::size_t, rows>{}, i);
    if constexpr (In % rows != 0) add_rows(std::integral_constant<std::size_t, In % rows>{}, In / rows * rows);
  }
}

}  // namespace detail

/// dK[i][o] += x[i]·dy[o] and db[o] += dy[o], summed over the samples of `tiles` tiles, one after another: wide layers. dy is
/// transposed, so that each sample adds its outer product with outputs side by side in registers. `fresh`: the sums replace what
/// kernel and bias held.
template <std::size_t In, std::size_t Out, class Element, std::size_t Width>
CTNN_INLINE void affine_gradient(const Vector<Element, Width>* x, const Vector<Element, Width>* dy, std::size_t tiles, bool fresh,
                                 Element* kernel, Element* bias) {
  constexpr std::size_t panel = detail::gradient_vectors * Width, whole = Out / panel * panel, rest = Out - whole;
  for (std::size_t o = 0; o < whole; o += panel) {
    detail::gradient_panel<In, Out, detail::gradient_vectors, panel>(x, dy + o, tiles, fresh, kernel + o, bias + o);
  }
  if constexpr (rest > 0) {
    detail::gradient_panel<In, Out, (rest + Width - 1) / Width, rest>(x, dy + whole, tiles, fresh, kernel + whole, bias + whole);
  }
}

/// The same with a sum a lane, for narrow layers, reduced once a batch.
template <std::size_t In, std::size_t Out, class Element, std::size_t Width>
CTNN_INLINE void affine_gradient(const Vector<Element, Width>* x, const Vector<Element, Width>* dy, std::size_t tiles, bool fresh,
                                 Vector<Element, Width>* kernel, Vector<Element, Width>* bias) {
  using Lane = Vector<Element, Width>;
  // The sums of a few outputs stay in registers for all tiles.
  constexpr std::size_t together = Out < 8 ? Out : 8;
  const auto columns = [&]<std::size_t Count>(std::integral_constant<std::size_t, Count>, std::size_t o) CTNN_INLINE_LAMBDA {
    const auto row = [&](Lane* target, const auto& term) CTNN_INLINE_LAMBDA {
      Lane sums[Count];
      CTNN_UNROLL
      for (std::size_t k = 0; k < Count; ++k) sums[k] = fresh ? Lane(Element(0)) : target[o + k];
      for (std::size_t t = 0; t < tiles; ++t) {
        CTNN_UNROLL
        for (std::size_t k = 0; k < Count; ++k) sums[k] = term(t, dy[t * Out + o + k], sums[k]);
      }
      CTNN_UNROLL
      for (std::size_t k = 0; k < Count; ++k) target[o + k] = sums[k];
    };
    for (std::size_t i = 0; i < In; ++i) {
      row(kernel + i * Out,
          [&](std::size_t t, Lane gradient, Lane sum) CTNN_INLINE_LAMBDA { return math::mul_add(x[t * In + i], gradient, sum); });
    }
    row(bias, [&](std::size_t, Lane gradient, Lane sum) CTNN_INLINE_LAMBDA { return sum + gradient; });
  };
  for (std::size_t o = 0; o < Out / together * together; o += together) columns(std::integral_constant<std::size_t, together>{}, o);
  if constexpr (Out % together != 0) columns(std::integral_constant<std::size_t, Out % together>{}, Out / together * together);
}

/// The same of samples by themselves: an outer product each, outputs side by side in registers.
template <std::size_t In, std::size_t Out, std::floating_point Scalar>
CTNN_INLINE void affine_gradient(const Scalar* x, const Scalar* dy, std::size_t samples, bool fresh, Scalar* kernel, Scalar* bias) {
  for (std::size_t sample = 0; sample < samples; ++sample, x += In, dy += Out) {
    if constexpr (shares_loops) {
      detail::gradient_in_loops(x, dy, In, Out, fresh && sample == 0, kernel);
      continue;
    }
    const auto add = [&]<bool First>(std::bool_constant<First>) CTNN_INLINE_LAMBDA {
      const auto row = [&](Scalar input, Scalar* target) CTNN_INLINE_LAMBDA {
        for_each_feature<Out, Scalar>([&](const auto& step) CTNN_INLINE_LAMBDA {
          const auto term = step.load(dy);
          using Outputs = std::remove_const_t<decltype(term)>;
          step.store(target, First ? term * Outputs(input) : math::mul_add(term, Outputs(input), step.load(target)));
        });
      };
      for (std::size_t i = 0; i < In; ++i) row(x[i], kernel + i * Out);
      row(Scalar(1), bias);
    };
    if (fresh && sample == 0) {
      add(std::true_type{});
    } else {
      add(std::false_type{});
    }
  }
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
