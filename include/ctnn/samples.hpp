// Samples: where a batch lies in memory, and how tiles of it are brought into lanes: one sample an element, one
// feature a lane.
#pragma once

#include <array>
#include <cstddef>
#include <type_traits>

#include "kernels/arithmetic.hpp"
#include "kernels/transpose.hpp"

namespace ctnn::inline CTNN_VARIANT {

using kernels::ScalarOf;

namespace detail {

/// Samples that follow one another in memory, each with its numbers side by side.
template <class Scalar>
struct Rows {
  const Scalar* data;
  std::ptrdiff_t stride;
};

}  // namespace detail

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

  /// The samples where they are; there must be no order and no copy.
  CTNN_INLINE constexpr detail::Rows<Scalar> rows() const { return {data + static_cast<std::ptrdiff_t>(offset) * stride, stride}; }

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

/// Samples, their targets and, where they do not all count alike, how much each does: a loss is the sum of the samples' own, each
/// times its weight, divided by their number.
template <class Scalar>
struct SampleBatch {
  Samples<Scalar> x, y;
  std::size_t count = 0;            ///< at least 1
  const Scalar* weights = nullptr;  ///< of each sample, in the order of the batch; null where each is 1

  /// Samples [first, first + size).
  constexpr SampleBatch part(std::size_t first, std::size_t size) const {
    return {x.from(first), y.from(first), size, weights ? weights + first : nullptr};
  }
};

namespace detail {

/// The samples that are brought into memory together where they do not lie there as needed: some whole tiles.
template <class Lane, std::size_t Size>
inline constexpr std::size_t block_samples = [] {
  constexpr std::size_t width = kernels::width_of<Lane>, wanted = 1024 / Size / width * width;
  return wanted < width ? width : wanted;
}();

/// Brings blocks of samples of `Size` numbers into memory, `Capacity` at most.
template <std::size_t Size, std::size_t Capacity, class Lane>
class Block {
  using Scalar = ScalarOf<Lane>;
  static constexpr std::size_t width = kernels::width_of<Lane>;

 public:
  /// Whether samples can be loaded from where they are. A lone number a sample is loaded a register at a time.
  static constexpr bool direct(const Samples<Scalar>& samples) {
    return !samples.order && !samples.copy && (Size > 1 || samples.stride == 1 || width == 1);
  }

  /// Copies samples [first, first + count); the last stands in for those missing from a whole tile.
  CTNN_INLINE constexpr Rows<Scalar> pack(const Samples<Scalar>& samples, std::size_t first, std::size_t count) {
    const std::size_t padded = (count + width - 1) / width * width;
    Scalar scratch[Size];
    for (std::size_t s = 0; s < padded; ++s) {
      const Scalar* row = samples(first + (s < count ? s : count - 1), scratch);
      for (std::size_t i = 0; i < Size; ++i) values_[s * Size + i] = row[i];
    }
    return {values_, Size};
  }

 private:
  alignas(kernels::alignment) Scalar values_[Capacity * Size];
};

/// Loads samples `first` … of rows into a tile of `Size` lanes.
template <std::size_t Size, class Lane>
CTNN_INLINE constexpr void load_tile(const Rows<ScalarOf<Lane>>& rows, std::size_t first, Lane* tile) {
  constexpr std::size_t width = kernels::width_of<Lane>;
  if constexpr (width > 1 && Size == 1) {
    // Then rows follow one another.
    tile[0] = Lane::load(rows.data + first);
    return;
  }
  const auto* data = rows.data + static_cast<std::ptrdiff_t>(first) * rows.stride;
  if constexpr (width == 1) {
    for (std::size_t i = 0; i < Size; ++i) tile[i] = data[i];
  } else {
    alignas(kernels::alignment) ScalarOf<Lane> columns[Size][width];
    for (std::size_t lane = 0; lane < width; ++lane, data += rows.stride) {
      for (std::size_t i = 0; i < Size; ++i) columns[i][lane] = data[i];
    }
    for (std::size_t i = 0; i < Size; ++i) tile[i] = Lane::load(columns[i]);
  }
}

/// Loads samples [first, first + count) into a tile of `Size` lanes, wherever they are; the last stands in for those missing.
/// `row` has room for one sample.
template <std::size_t Size, class Lane>
void load_samples(const Samples<ScalarOf<Lane>>& samples, std::size_t first, std::size_t count, Lane* tile, ScalarOf<Lane>* row) {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>, whole = Size / width * width;
  Scalar* const elements = kernels::elements_of(tile);
  if (samples.copy) {
    for (std::size_t lane = 0; lane < width; ++lane) {
      if (lane < count) samples(first + lane, row);
      for (std::size_t i = 0; i < Size; ++i) elements[i * width + lane] = row[i];
    }
    return;
  }
  if constexpr (Size == 1 && width > 1) {
    if (samples.stride == 1 && !samples.order && count == width) {
      tile[0] = Lane::load(samples(first, row));
      return;
    }
  }
  if constexpr (width == 1) {
    const Scalar* const only = samples(first, row);
    for (std::size_t i = 0; i < Size; ++i) tile[i] = only[i];
    return;
  } else {
    const Scalar* rows[width];
    for (std::size_t lane = 0; lane < width; ++lane) rows[lane] = samples(first + (lane < count ? lane : count - 1), row);
    for (std::size_t i = 0; i < whole; i += width) {
      Lane square[width];
      CTNN_UNROLL
      for (std::size_t lane = 0; lane < width; ++lane) square[lane] = Lane::load(rows[lane] + i);
      kernels::transpose(static_cast<Lane*>(square));
      CTNN_UNROLL
      for (std::size_t k = 0; k < width; ++k) tile[i + k] = square[k];
    }
    for (std::size_t i = whole; i < Size; ++i) {
      for (std::size_t lane = 0; lane < width; ++lane) elements[i * width + lane] = rows[lane][i];
    }
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

/// Calls `visit(first, from, to)` for each tile of `count` rows: the tile holds samples `first` + lane, those of its
/// lanes [from, to) for the first time. The last tile reaches back over samples already seen, so that every load is a
/// whole one; fewer rows than a tile have been padded to one.
/// Of rows [begin, end) only, where `begin` is a multiple of Width.
template <std::size_t Width, class Visit>
CTNN_INLINE constexpr void for_each_tile(std::size_t count, std::size_t begin, std::size_t end, const Visit& visit) {
  const std::size_t last = count < Width ? 0 : count - Width, to = count < Width ? count : Width;
  for (std::size_t next = begin; next < end; next += Width) {
    const std::size_t first = next < last ? next : last;
    visit(first, next - first, to);
  }
}
template <std::size_t Width, class Visit>
CTNN_INLINE constexpr void for_each_tile(std::size_t count, const Visit& visit) {
  for_each_tile<Width>(count, 0, count, visit);
}

/// The lane type that a batch is computed with at run time.
template <class Scalar>
using BatchLane = kernels::NativeLane<Scalar>;

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
