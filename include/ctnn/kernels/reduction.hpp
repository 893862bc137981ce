// Sums over the elements of lanes, in a fixed order, so that results are reproducible.
#pragma once

#include <utility>

#include "lane.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

namespace detail {

/// Adds the halves of every group of a and of b: `Groups` groups each become twice as many of half the size, a's first.
template <std::size_t Groups, class Element, std::size_t Width>
CTNN_INLINE Vector<Element, Width> fold_pair(Vector<Element, Width> a, Vector<Element, Width> b) {
  return [&]<std::size_t... I>(std::index_sequence<I...>) CTNN_INLINE_LAMBDA {
    constexpr std::size_t half = Width / Groups / 2;
    constexpr auto from = [](std::size_t i) {
      const std::size_t place = i % (Width / 2);
      return static_cast<int>(i / (Width / 2) * Width + place / half * 2 * half + place % half);
    };
    using V = Vector<Element, Width>;
    return V::of(__builtin_shufflevector(a.native, b.native, from(I)...)) +
           V::of(__builtin_shufflevector(a.native, b.native, (from(I) + static_cast<int>(half))...));
  }(std::make_index_sequence<Width>{});
}

/// Folds `Count` vectors, a power of two up to the width, into one that holds a group of partial sums for each.
template <std::size_t Count, class Element, std::size_t Width>
CTNN_INLINE Vector<Element, Width> fold(const Vector<Element, Width>* vectors) {
  if constexpr (Count == 1) {
    return vectors[0];
  } else {
    return fold_pair<Count / 2>(fold<Count / 2>(vectors), fold<Count / 2>(vectors + Count / 2));
  }
}

/// The sums of a vector's groups, side by side.
template <std::size_t Groups, class Element, std::size_t Width>
CTNN_INLINE auto sum_groups(Vector<Element, Width> value) {
  if constexpr (Groups == Width) {
    return value;
  } else {
    using Half = Vector<Element, Width / 2>;
    return [&]<std::size_t... I>(std::index_sequence<I...>) CTNN_INLINE_LAMBDA {
      constexpr std::size_t half = Width / Groups / 2;
      constexpr auto from = [](std::size_t i) { return static_cast<int>(i / half * 2 * half + i % half); };
      return sum_groups<Groups>(
          Half::of(__builtin_shufflevector(value.native, value.native, from(I)...)) +
          Half::of(__builtin_shufflevector(value.native, value.native, (from(I) + static_cast<int>(half))...)));
    }(std::make_index_sequence<Width / 2>{});
  }
}

}  // namespace detail

/// The sum of a lane's elements, by halves.
template <std::floating_point Scalar>
CTNN_INLINE constexpr Scalar sum(Scalar value) {
  return value;
}
template <class Element, std::size_t Width>
CTNN_INLINE Element sum(Vector<Element, Width> value) {
  const auto pair = detail::sum_groups<2>(value);
  return pair[0] + pair[1];
}

/// The sums of `Count` lanes: several share each addition.
template <std::size_t Count, class Element, std::size_t Width>
CTNN_INLINE void sum_each(const Vector<Element, Width>* lanes, Element* sums) {
  if constexpr (Count == 1) {
    sums[0] = sum(lanes[0]);
  } else if constexpr (Count > Width) {
    sum_each<Width>(lanes, sums);
    sum_each<Count - Width>(lanes + Width, sums + Width);
  } else {
    constexpr std::size_t groups = std::bit_ceil(Count);
    Vector<Element, Width> padded[groups];
    CTNN_UNROLL
    for (std::size_t i = 0; i < groups; ++i) padded[i] = i < Count ? lanes[i] : Vector<Element, Width>(Element(0));
    detail::sum_groups<groups>(detail::fold<groups>(padded)).template store_first<Count>(sums);
  }
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
