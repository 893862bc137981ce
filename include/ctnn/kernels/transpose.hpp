// Transposition of registers: rows of samples become lanes of features, and back.
#pragma once

#include <utility>

#include "lane.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

namespace detail {

/// One round of the transposition: swaps blocks of `Half` elements between rows `Half` apart.
template <std::size_t Half, class Element, std::size_t Width>
CTNN_INLINE void swap_blocks(Vector<Element, Width>* rows) {
  using V = Vector<Element, Width>;
  const auto swap = [&]<std::size_t... I>(std::size_t row, std::index_sequence<I...>) CTNN_INLINE_LAMBDA {
    const V a = rows[row], b = rows[row + Half];
    constexpr auto low = [](std::size_t i) { return static_cast<int>((i & Half) == 0 ? i : Width + i - Half); };
    constexpr auto high = [](std::size_t i) { return static_cast<int>((i & Half) == 0 ? i + Half : Width + i); };
    rows[row] = V::of(__builtin_shufflevector(a.native, b.native, low(I)...));
    rows[row + Half] = V::of(__builtin_shufflevector(a.native, b.native, high(I)...));
  };
  CTNN_UNROLL
  for (std::size_t pair = 0; pair < Width / 2; ++pair) {
    swap(pair / Half * 2 * Half + pair % Half, std::make_index_sequence<Width>{});
  }
}

}  // namespace detail

/// Transposes a square of as many registers as one has elements.
template <class Element, std::size_t Width>
CTNN_INLINE void transpose(Vector<Element, Width>* rows) {
  [&]<std::size_t... Round>(std::index_sequence<Round...>) CTNN_INLINE_LAMBDA {
    (detail::swap_blocks<(Width >> (Round + 1))>(rows), ...);
  }(std::make_index_sequence<std::bit_width(Width) - 1>{});
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
