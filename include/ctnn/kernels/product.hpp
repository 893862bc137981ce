// The products of a dense layer: y = xK + b, dx = dy Kᵀ and dK += xᵀ dy, K in Keras's layout (in, out).
//
// Over vectors of samples each is a loop around a register block: a few outputs times the samples of one or two
// registers, with the kernel's elements broadcast; no packing, no transposition. Over one sample the outputs
// themselves fill the registers, since a row of K holds them side by side.
#pragma once

#include "arithmetic.hpp"
#include "reduction.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

namespace detail {

/// Chains of dependent additions that keep the FMA units busy: their latency times their number.
inline constexpr std::size_t chains = 8;
/// Outputs whose sums stay in registers together; with 16 registers, 12 leave room for the operands.
inline constexpr std::size_t block = 12;
/// A product of at most this many terms is unrolled whole, so that its activations can stay in registers.
inline constexpr std::size_t unrolled_terms = 24;
/// Rows of a kernel that are gone through at a time: parts of them stay in the first-level cache, or in the second-level one where
/// their distance makes them share few of its places (measured).
inline constexpr std::size_t near_rows = 200;

/// Sums that each output of a block is split into over K, so that a block of few outputs does not wait for them one after another.
constexpr std::size_t sums_of_output(std::size_t outputs, std::size_t k) {
  const std::size_t wanted = outputs >= 4 ? 1 : 4 / outputs;
  return k / 2 < wanted ? (k < 4 ? 1 : k / 2) : wanted;
}

/// Outputs of each register block of J, and those that are in whole ones.
struct Blocks {
  std::size_t size, whole;
};
template <class Scalar>
constexpr Blocks blocks_of(std::size_t j, std::size_t stride_j) {
  const std::size_t most = stride_j * sizeof(Scalar) % 4096 == 0 ? 8 : (j > 64 && register_count == 32 ? 24 : block);
  const std::size_t blocks = (j + most - 1) / most, size = (j + blocks - 1) / blocks;
  return {size, j / size * size};
}

/// out[t][j] = start(t, j) + Σₖ a[t][k]·w[k·StrideK + j·StrideJ] for t < Tiles, j < J and k < K; the rows of a and of out lie
/// AStride and OutStride lanes apart.
template <std::size_t Tiles, std::size_t K, std::size_t J, std::size_t AStride, std::size_t OutStride, std::size_t StrideK,
          std::size_t StrideJ, class Lane, class Start>
CTNN_INLINE constexpr void product_block(const Lane* a, const ScalarOf<Lane>* w, const Start& start, Lane* out) {
  constexpr std::size_t parts = sums_of_output(Tiles * J, K);
  constexpr std::size_t whole = K / parts * parts;
  Lane sums[parts][Tiles][J];
  CTNN_UNROLL
  for (std::size_t t = 0; t < Tiles; ++t) {
    CTNN_UNROLL
    for (std::size_t j = 0; j < J; ++j) {
      sums[0][t][j] = Lane(start(t, j));
      CTNN_UNROLL
      for (std::size_t p = 1; p < parts; ++p) sums[p][t][j] = Lane(0);
    }
  }
  const auto add = [&](std::size_t k, std::size_t p) CTNN_INLINE_LAMBDA {
    Lane terms[Tiles];
    CTNN_UNROLL
    for (std::size_t t = 0; t < Tiles; ++t) {
      terms[t] = a[t * AStride + k];
      if constexpr (Tiles > 1) keep_in_register(terms[t]);
    }
    CTNN_UNROLL
    for (std::size_t j = 0; j < J; ++j) {
      const Lane weight(w[k * StrideK + j * StrideJ]);
      CTNN_UNROLL
      for (std::size_t t = 0; t < Tiles; ++t) sums[p][t][j] = math::mul_add(terms[t], weight, sums[p][t][j]);
    }
  };
  if constexpr (K * J <= unrolled_terms) {
    CTNN_UNROLL
    for (std::size_t k = 0; k < K; ++k) add(k, k % parts);
  } else {
    CTNN_NO_UNROLL
    for (std::size_t k = 0; k < whole; k += parts) {
      CTNN_UNROLL
      for (std::size_t p = 0; p < parts; ++p) add(k + p, p);
    }
    CTNN_UNROLL
    for (std::size_t k = whole; k < K; ++k) add(k, k - whole);
  }
  CTNN_UNROLL
  for (std::size_t t = 0; t < Tiles; ++t) {
    CTNN_UNROLL
    for (std::size_t j = 0; j < J; ++j) {
      CTNN_UNROLL
      for (std::size_t p = 1; p < parts; ++p) sums[0][t][j] += sums[p][t][j];
      out[t * OutStride + j] = sums[0][t][j];
    }
  }
}

/// The same of one tile for any J: register blocks of equal size, and one of what is left.
template <std::size_t K, std::size_t J, std::size_t StrideK, std::size_t StrideJ, class Lane, class Start>
CTNN_INLINE constexpr void product(const Lane* a, const ScalarOf<Lane>* w, const Start& start, Lane* out) {
  constexpr Blocks blocks = blocks_of<ScalarOf<Lane>>(J, StrideJ);
  constexpr std::size_t size = blocks.size, whole = blocks.whole;
  for (std::size_t j = 0; j < whole; j += size) {
    product_block<1, K, size, K, J, StrideK, StrideJ>(
        a, w + j * StrideJ, [&](std::size_t, std::size_t i) CTNN_INLINE_LAMBDA { return start(j + i); }, out + j);
  }
  if constexpr (whole < J) {
    product_block<1, K, J - whole, K, J, StrideK, StrideJ>(
        a, w + whole * StrideJ, [&](std::size_t, std::size_t i) CTNN_INLINE_LAMBDA { return start(whole + i); }, out + whole);
  }
}

/// The sizes of a product, and the sums that each output is split into.
struct ProductSizes {
  std::size_t k, j, stride_k, stride_j, sums;
};
template <std::size_t K, std::size_t J, std::size_t StrideK, std::size_t StrideJ, std::size_t Sums>
inline constexpr ProductSizes product_sizes{K, J, StrideK, StrideJ, Sums};

/// The same of one sample for any sizes, in the same order; no `start` stands for zeros.
template <std::floating_point Scalar>
CTNN_NOINLINE constexpr void product_of_sizes(const Scalar* a, const Scalar* w, const Scalar* start, Scalar* out,
                                              const ProductSizes& sizes) {
  for (std::size_t j = 0; j < sizes.j; ++j, w += sizes.stride_j) {
    Scalar total = 0, sum = start ? start[j] : Scalar(0);
    for (std::size_t first = 0; first < sizes.sums; ++first, sum = 0) {
      for (std::size_t k = first; k < sizes.k; k += sizes.sums) sum = math::mul_add(a[k], w[k * sizes.stride_k], sum);
      total = first == 0 ? sum : total + sum;
    }
    out[j] = total;
  }
}
template <std::size_t K, std::size_t J, std::size_t StrideK, std::size_t StrideJ, std::floating_point Scalar>
CTNN_INLINE constexpr void product_in_loops(const Scalar* a, const Scalar* w, const Scalar* start, Scalar* out) {
  constexpr Blocks blocks = blocks_of<Scalar>(J, StrideJ);
  constexpr std::size_t rest = J - blocks.whole, sums = sums_of_output(blocks.size, K);
  constexpr std::size_t sums_of_rest = rest == 0 ? sums : sums_of_output(rest, K),
                        together = sums == sums_of_rest ? J : blocks.whole;
  product_of_sizes(a, w, start, out, product_sizes<K, together, StrideK, StrideJ, sums>);
  if constexpr (together < J) {
    product_of_sizes(a, w + together * StrideJ, start ? start + together : nullptr, out + together,
                     product_sizes<K, rest, StrideK, StrideJ, sums_of_rest>);
  }
}

/// The same of `pairs` times two tiles. With few registers a weight is a load of its own, not a part of its multiply-add; loaded
/// for two tiles, loads no longer limit. Of a kernel larger than the first-level cache, few enough rows at a time are gone through
/// for all outputs and tiles that they stay in the caches.
template <std::size_t K, std::size_t J, std::size_t StrideK, std::size_t StrideJ, class Lane, class Start>
CTNN_INLINE constexpr void product_pairs(const Lane* a, const ScalarOf<Lane>* w, const Start& start, Lane* out, std::size_t pairs) {
  constexpr std::size_t most = block / 2, blocks = (J + most - 1) / most, size = (J + blocks - 1) / blocks, whole = J / size * size;
  constexpr bool large = StrideJ == 1 && K * J * sizeof(ScalarOf<Lane>) > 32768;
  constexpr std::size_t chunks = large ? (K + near_rows - 1) / near_rows : 1, depth = (K + chunks - 1) / chunks;
  const auto add_rows = [&]<std::size_t Depth>(std::integral_constant<std::size_t, Depth>, std::size_t k) CTNN_INLINE_LAMBDA {
    const auto columns = [&]<std::size_t Size>(std::integral_constant<std::size_t, Size>, std::size_t j) CTNN_INLINE_LAMBDA {
      for (std::size_t pair = 0; pair < pairs; ++pair) {
        Lane* const sums = out + 2 * pair * J + j;
        product_block<2, Depth, Size, K, J, StrideK, StrideJ>(
            a + 2 * pair * K + k, w + k * StrideK + j * StrideJ,
            [&](std::size_t t, std::size_t i) CTNN_INLINE_LAMBDA { return k == 0 ? Lane(start(j + i)) : sums[t * J + i]; }, sums);
      }
    };
    for (std::size_t j = 0; j < whole; j += size) columns(std::integral_constant<std::size_t, size>{}, j);
    if constexpr (whole < J) columns(std::integral_constant<std::size_t, J - whole>{}, whole);
  };
  for (std::size_t k = 0; k < K / depth * depth; k += depth) add_rows(std::integral_constant<std::size_t, depth>{}, k);
  if constexpr (K % depth != 0) add_rows(std::integral_constant<std::size_t, K % depth>{}, K / depth * depth);
}

/// The same of `count` tiles.
template <std::size_t K, std::size_t J, std::size_t StrideK, std::size_t StrideJ, class Lane, class Start>
CTNN_INLINE constexpr void products(const Lane* a, const ScalarOf<Lane>* w, const Start& start, Lane* out, std::size_t count) {
  std::size_t done = 0;
  if constexpr (register_count == 16) {
    if (count > 1) product_pairs<K, J, StrideK, StrideJ>(a, w, start, out, count / 2);
    done = count / 2 * 2;
  }
  for (; done < count; ++done) product<K, J, StrideK, StrideJ>(a + done * K, w, start, out + done * J);
}

/// One sample, outputs in registers: `Vectors` registers of `Width` outputs from `kernel` on, rows `Out` apart.
template <std::size_t In, std::size_t Out, std::size_t Width, std::size_t Vectors, class Scalar>
CTNN_INLINE void affine_columns(const Scalar* x, const Scalar* kernel, const Scalar* bias, Scalar* y) {
  using Columns = Vector<Scalar, Width>;
  // More than four parts would cost more to add up than they save.
  constexpr std::size_t wanted = Vectors >= chains ? 1 : (chains / Vectors < 4 ? chains / Vectors : 4);
  constexpr std::size_t parts = In < wanted ? In : wanted;
  constexpr std::size_t whole = In / parts * parts;
  Columns sums[parts][Vectors];
  CTNN_UNROLL
  for (std::size_t v = 0; v < Vectors; ++v) {
    sums[0][v] = Columns::load(bias + v * Width);
    CTNN_UNROLL
    for (std::size_t p = 1; p < parts; ++p) sums[p][v] = Columns(Scalar(0));
  }
  const auto add = [&](std::size_t i, std::size_t p) CTNN_INLINE_LAMBDA {
    const Columns broadcast(x[i]);
    CTNN_UNROLL
    for (std::size_t v = 0; v < Vectors; ++v) {
      sums[p][v] = math::mul_add(broadcast, Columns::load(kernel + i * Out + v * Width), sums[p][v]);
    }
  };
  for (std::size_t i = 0; i < whole; i += parts) {
    CTNN_UNROLL
    for (std::size_t p = 0; p < parts; ++p) add(i + p, p);
  }
  CTNN_UNROLL
  for (std::size_t i = whole; i < In; ++i) add(i, i - whole);
  // The parts are added as a tree: half as many in every round.
  const auto fold = [&]<std::size_t Half>(std::integral_constant<std::size_t, Half>) CTNN_INLINE_LAMBDA {
    if constexpr (Half < parts) {
      constexpr std::size_t pairs = parts - Half < Half ? parts - Half : Half;
      CTNN_UNROLL
      for (std::size_t p = 0; p < pairs; ++p) {
        CTNN_UNROLL
        for (std::size_t v = 0; v < Vectors; ++v) sums[p][v] += sums[p + Half][v];
      }
    }
  };
  static_assert(parts <= 4);
  fold(std::integral_constant<std::size_t, 2>{});
  fold(std::integral_constant<std::size_t, 1>{});
  CTNN_UNROLL
  for (std::size_t v = 0; v < Vectors; ++v) sums[0][v].store(y + v * Width);
}

/// One sample: columns [First, Out) of the product, the widest registers first.
template <std::size_t In, std::size_t Out, std::size_t First, std::size_t Width, class Scalar>
CTNN_INLINE void affine_sample(const Scalar* x, const Scalar* kernel, const Scalar* bias, Scalar* y) {
  constexpr std::size_t left = Out - First;
  if constexpr (left == 0) {
    return;
  } else if constexpr (sizeof(Scalar) * Width <= 16 && left < Width) {
    if constexpr (In <= 4) {
      // The few columns share a register, as the activation behind them will.
      using Columns = Vector<Scalar, Width>;
      auto sums = Columns::template load_first<left>(bias + First);
      CTNN_UNROLL
      for (std::size_t i = 0; i < In; ++i) {
        sums = math::mul_add(Columns(x[i]), Columns::template load_first<left>(kernel + i * Out + First), sums);
      }
      sums.template store_first<left>(y + First);
    } else {
      product_block<1, In, left, In, Out, Out, 1>(
          x, kernel + First, [&](std::size_t, std::size_t j) CTNN_INLINE_LAMBDA { return bias[First + j]; }, y + First);
    }
  } else {
    constexpr std::size_t vectors = left / Width < chains ? left / Width : chains;
    if constexpr (vectors == 0) {
      affine_sample<In, Out, First, Width / 2>(x, kernel, bias, y);
    } else {
      constexpr std::size_t blocks = left / (Width * vectors);
      constexpr std::size_t next = First + blocks * Width * vectors;
      for (std::size_t j = First; j < next; j += Width * vectors) {
        affine_columns<In, Out, Width, vectors>(x, kernel + j, bias + j, y + j);
      }
      affine_sample<In, Out, next, Width>(x, kernel, bias, y);
    }
  }
}

/// One sample and one output: the inputs fill the registers.
template <std::size_t In, std::size_t Width, class Scalar>
CTNN_INLINE Scalar dot(const Scalar* x, const Scalar* w, Scalar start) {
  if constexpr (Width < 4 || sizeof(Scalar) * Width < 16) {
    Scalar result;
    product_block<1, In, 1, In, 1, 1, 1>(x, w, [&](std::size_t, std::size_t) CTNN_INLINE_LAMBDA { return start; }, &result);
    return result;
  } else if constexpr (In < Width) {
    return dot<In, Width / 2>(x, w, start);
  } else {
    using Inputs = Vector<Scalar, Width>;
    constexpr std::size_t vectors = In / Width;
    constexpr std::size_t parts = vectors < 4 ? vectors : 4;
    Inputs sums[parts];
    CTNN_UNROLL
    for (std::size_t p = 0; p < parts; ++p) sums[p] = Inputs::load(x + p * Width) * Inputs::load(w + p * Width);
    for (std::size_t v = parts; v + parts <= vectors; v += parts) {
      CTNN_UNROLL
      for (std::size_t p = 0; p < parts; ++p) {
        sums[p] = math::mul_add(Inputs::load(x + (v + p) * Width), Inputs::load(w + (v + p) * Width), sums[p]);
      }
    }
    CTNN_UNROLL
    for (std::size_t v = vectors / parts * parts; v < vectors; ++v) {
      sums[0] = math::mul_add(Inputs::load(x + v * Width), Inputs::load(w + v * Width), sums[0]);
    }
    CTNN_UNROLL
    for (std::size_t p = 1; p < parts; ++p) sums[0] += sums[p];
    start += sum(sums[0]);
    constexpr std::size_t done = vectors * Width;
    if constexpr (done == In) {
      return start;
    } else {
      return dot<In - done, Width / 2>(x + done, w + done, start);
    }
  }
}

}  // namespace detail

/// y[o] = bias[o] + Σᵢ x[i]·kernel[i][o].
template <std::size_t In, std::size_t Out, class Lane>
CTNN_INLINE constexpr void affine(const Lane* x, const ScalarOf<Lane>* kernel, const ScalarOf<Lane>* bias, Lane* y) {
  if constexpr (width_of<Lane> == 1 && register_bytes != 0) {
    if (!std::is_constant_evaluated()) {
      if constexpr (Out == 1) {
        y[0] = detail::dot<In, sample_register_bytes(In * sizeof(Lane)) / sizeof(Lane)>(x, kernel, bias[0]);
      } else {
        detail::affine_sample<In, Out, 0, sample_register_bytes(Out * sizeof(Lane)) / sizeof(Lane)>(x, kernel, bias, y);
      }
      return;
    }
  }
  if constexpr (width_of<Lane> == 1 && shares_loops) {
    detail::product_in_loops<In, Out, Out, 1>(x, kernel, bias, y);
  } else {
    detail::product<In, Out, Out, 1>(x, kernel, [&](std::size_t o) CTNN_INLINE_LAMBDA { return bias[o]; }, y);
  }
}

/// The same of `count` rows of inputs, one after another.
template <std::size_t In, std::size_t Out, class Lane>
CTNN_INLINE constexpr void affine(const Lane* x, const ScalarOf<Lane>* kernel, const ScalarOf<Lane>* bias, Lane* y,
                                  std::size_t count) {
  if constexpr (width_of<Lane> == 1) {
    for (std::size_t row = 0; row < count; ++row) affine<In, Out>(x + row * In, kernel, bias, y + row * Out);
  } else {
    detail::products<In, Out, Out, 1>(x, kernel, [&](std::size_t o) CTNN_INLINE_LAMBDA { return bias[o]; }, y, count);
  }
}

/// dx[i] = Σₒ kernel[i][o]·dy[o].
template <std::size_t In, std::size_t Out, class Lane>
CTNN_INLINE constexpr void affine_input_gradient(const ScalarOf<Lane>* kernel, const Lane* dy, Lane* dx) {
  if constexpr (width_of<Lane> == 1 && register_bytes != 0) {
    if (!std::is_constant_evaluated()) {
      for (std::size_t i = 0; i < In; ++i) {
        dx[i] = detail::dot<Out, sample_register_bytes(Out * sizeof(Lane)) / sizeof(Lane)>(kernel + i * Out, dy, Lane(0));
      }
      return;
    }
  }
  if constexpr (width_of<Lane> == 1 && shares_loops) {
    detail::product_in_loops<Out, In, 1, Out>(dy, kernel, static_cast<const Lane*>(nullptr), dx);
  } else {
    detail::product<Out, In, 1, Out>(dy, kernel, [](std::size_t) CTNN_INLINE_LAMBDA { return ScalarOf<Lane>(0); }, dx);
  }
}

/// The same of `count` rows of gradients, one after another.
template <std::size_t In, std::size_t Out, class Lane>
CTNN_INLINE constexpr void affine_input_gradient(const ScalarOf<Lane>* kernel, const Lane* dy, Lane* dx, std::size_t count) {
  if constexpr (width_of<Lane> == 1) {
    for (std::size_t row = 0; row < count; ++row) affine_input_gradient<In, Out>(kernel, dy + row * Out, dx + row * In);
  } else {
    detail::products<Out, In, 1, Out>(dy, kernel, [](std::size_t) CTNN_INLINE_LAMBDA { return ScalarOf<Lane>(0); }, dx, count);
  }
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
