// Samples: where a batch lies in memory, and how tiles of it are brought into lanes: one sample an element, one
// feature a lane.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#include "kernels/elementary.hpp"

namespace ctnn {

using kernels::ScalarOf;

/// Where a batch's samples (or targets) are, `size` numbers each.
template <class Scalar>
struct Samples {
  const Scalar* data = nullptr;        ///< the first sample's first number
  std::ptrdiff_t stride = 0;           ///< from one sample to the next
  const std::size_t* order = nullptr;  ///< sample numbers to take in place of 0, 1, 2 …, or null
  std::size_t offset = 0;              ///< the number of the first sample, where there is no order
  /// Where samples are not contiguous: copies sample `index` of `source` to `target`. Null where they are.
  void (*copy)(const void* source, std::size_t index, Scalar* target) = nullptr;
  const void* source = nullptr;

  /// The batch's sample `index`; `scratch` has room for one.
  CTNN_INLINE constexpr const Scalar* operator()(std::size_t index, Scalar* scratch) const {
    const std::size_t number = order ? order[index] : offset + index;
    if (copy) {
      copy(source, number, scratch);
      return scratch;
    }
    return data + static_cast<std::ptrdiff_t>(number) * stride;
  }

  /// The part of the batch from sample `first` on; with `numbers`, the samples of these numbers instead.
  constexpr Samples from(std::size_t first, const std::size_t* numbers = nullptr) const {
    Samples result = *this;
    if (numbers) {
      result.order = numbers;
    } else {
      result.offset += first;
    }
    return result;
  }
};

namespace detail {

/// Loads samples `first` … into a tile of `Size` lanes; past the batch's end the last sample stands in.
template <std::size_t Size, class Lane>
CTNN_INLINE constexpr void load_tile(const Samples<ScalarOf<Lane>>& samples, std::size_t first, std::size_t count, Lane* tile) {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>;
  if constexpr (width == 1) {
    Scalar scratch[Size];
    const Scalar* row = samples(first, scratch);
    for (std::size_t i = 0; i < Size; ++i) tile[i] = row[i];
  } else if (Size == 1 && samples.stride == 1 && !samples.order && !samples.copy && first + width <= count) {
    tile[0] = Lane::load(samples.data + samples.offset + first);
  } else {
    Scalar scratch[Size];
    alignas(kernels::alignment) Scalar columns[Size][width];
    for (std::size_t lane = 0; lane < width; ++lane) {
      const Scalar* row = samples(first + lane < count ? first + lane : count - 1, scratch);
      for (std::size_t i = 0; i < Size; ++i) columns[i][lane] = row[i];
    }
    for (std::size_t i = 0; i < Size; ++i) tile[i] = Lane::load(columns[i]);
  }
}

/// Stores a tile's lanes [from, to) as rows of `Size` numbers, at `target` + lane · Size.
template <std::size_t Size, class Lane>
CTNN_INLINE constexpr void store_tile(const Lane* tile, std::size_t from, std::size_t to, ScalarOf<Lane>* target) {
  for (std::size_t i = 0; i < Size; ++i) {
    if constexpr (kernels::width_of<Lane> == 1) {
      target[i] = tile[i];
    } else {
      alignas(kernels::alignment) ScalarOf<Lane> column[kernels::width_of<Lane>];
      tile[i].store(column);
      for (std::size_t lane = from; lane < to; ++lane) target[lane * Size + i] = column[lane];
    }
  }
}

/// Calls `visit(first, from, to)` for each tile of a batch: the tile holds samples `first` + lane, those of its
/// lanes [from, to) for the first time. The last tile of a batch that is no multiple of the width reaches back
/// over samples already seen, so that every load is a whole one.
template <std::size_t Width, class Visit>
CTNN_INLINE constexpr void for_each_tile(std::size_t count, const Visit& visit) {
  for (std::size_t next = 0; next < count; next += Width) {
    const bool whole = next + Width <= count;
    const std::size_t first = whole || count < Width ? next : count - Width;
    visit(first, next - first, count - first < Width ? count - first : Width);
  }
}

/// The lane type that a batch of a network is computed with; numbers one by one in constant evaluation.
template <class Scalar>
using BatchLane = kernels::NativeLane<Scalar>;

}  // namespace detail
}  // namespace ctnn
