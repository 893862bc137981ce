// One batch: samples go through the network in tiles, one sample an element of a lane, and leave the loss and the
// gradient of every parameter behind.
#pragma once

#include "../sequential.hpp"

namespace ctnn {

/// Where a batch's samples (or targets) are, `size` numbers each.
template <class Scalar>
struct Samples {
  const Scalar* data = nullptr;        ///< the first sample's first number
  std::size_t stride = 0;              ///< from one sample to the next
  const std::size_t* order = nullptr;  ///< sample numbers to take in place of 0, 1, 2 …, or null
  /// Where samples are not contiguous: copies sample `index` of `source` to `target`. Null where they are.
  void (*copy)(const void* source, std::size_t index, Scalar* target) = nullptr;
  const void* source = nullptr;

  /// The batch's sample `index`; `scratch` has room for one.
  CTNN_INLINE constexpr const Scalar* operator()(std::size_t index, Scalar* scratch) const {
    const std::size_t number = order ? order[index] : index;
    if (copy) {
      copy(source, number, scratch);
      return scratch;
    }
    return data + number * stride;
  }

  /// The part of the batch from sample `first` on.
  constexpr Samples from(std::size_t first) const {
    Samples result = *this;
    if (order) {
      result.order += first;
    } else {
      result.data += first * stride;
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
    tile[0] = Lane::load(samples.data + first);
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

/// The lane with every element outside [from, to) set to zero.
template <class Lane>
CTNN_INLINE Lane keep_lanes(Lane value, std::size_t from, std::size_t to) {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>;
  alignas(kernels::alignment) static constexpr auto numbers = [] {
    std::array<Scalar, width> result{};
    for (std::size_t i = 0; i < width; ++i) result[i] = static_cast<Scalar>(i);
    return result;
  }();
  const Lane index = Lane::load(numbers.data());
  const Lane low = math::select(index >= Lane(static_cast<Scalar>(from)), value, Lane(0));
  return math::select(index < Lane(static_cast<Scalar>(to)), low, Lane(0));
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

/// The mean loss of a batch of `count` ≥ 1 samples. With `Gradient`, also its gradient by every parameter, written
/// to `gradient` (Net::parameter_count numbers).
template <class Net, bool Gradient, class Lane, class Loss>
CTNN_INLINE constexpr ScalarOf<Lane> batch_loss(const Loss& loss, const ScalarOf<Lane>* parameters,
                                                const Samples<ScalarOf<Lane>>& x, const Samples<ScalarOf<Lane>>& y,
                                                std::size_t count, [[maybe_unused]] ScalarOf<Lane>* gradient) {
  using Scalar = ScalarOf<Lane>;
  using Chain = typename Net::template chain<typename Net::input_shape>;
  using Output = typename Net::output_shape;
  constexpr std::size_t width = kernels::width_of<Lane>;
  constexpr std::size_t lane_count = width == 1 ? 0 : Chain::plan.lane_offset[Chain::count];

  alignas(kernels::alignment) Lane lanes[lane_count == 0 ? 1 : lane_count];
  if constexpr (Gradient) {
    if constexpr (lane_count <= 64) {
      CTNN_UNROLL
      for (Lane& lane : lanes) lane = Lane(0);
    } else {
      for (Lane& lane : lanes) lane = Lane(0);
    }
    if constexpr (lane_count < Net::parameter_count) {
      for (std::size_t i = 0; i < Net::parameter_count; ++i) gradient[i] = Scalar(0);
    }
  }

  const Scalar scale = Scalar(1) / static_cast<Scalar>(count);
  Lane total(0);
  for_each_tile<width>(count, [&](std::size_t first, std::size_t from, std::size_t to) CTNN_INLINE_LAMBDA {
    alignas(kernels::alignment) Lane input[Net::input_shape::size];
    alignas(kernels::alignment) Lane target[Output::size];
    load_tile<Net::input_shape::size>(x, first, count, input);
    load_tile<Output::size>(y, first, count, target);
    const auto judge = [&](const Lane* predicted, Lane* dy) CTNN_INLINE_LAMBDA {
      Lane value = loss.template evaluate<Output>(predicted, target, scale, dy);
      if constexpr (width > 1) {
        if (to - from < width) [[unlikely]] {
          value = keep_lanes(value, from, to);
          for (std::size_t i = 0; i < Output::size; ++i) dy[i] = keep_lanes(dy[i], from, to);
        }
      }
      total += value;
    };
    if constexpr (Gradient) {
      Chain::template train<0, false>(static_cast<const Lane*>(input), parameters, Gradients<Lane>{lanes, gradient},
                                      static_cast<Lane*>(nullptr), judge);
    } else {
      Chain::template forward<0>(static_cast<const Lane*>(input), parameters, [&](const Lane* predicted) CTNN_INLINE_LAMBDA {
        alignas(kernels::alignment) Lane unused[Output::size];
        judge(predicted, unused);
      });
    }
  });
  if constexpr (Gradient && lane_count > 0) Chain::reduce(static_cast<const Lane*>(lanes), gradient);
  return kernels::sum(total) * scale;
}

/// batch_loss in registers of samples, or number by number where the compiler evaluates it.
template <class Net, bool Gradient, class Scalar, class Loss>
CTNN_INLINE constexpr Scalar batch_loss(const Loss& loss, const Scalar* parameters, const Samples<Scalar>& x,
                                        const Samples<Scalar>& y, std::size_t count, Scalar* gradient) {
  if (std::is_constant_evaluated()) return batch_loss<Net, Gradient, Scalar>(loss, parameters, x, y, count, gradient);
  return batch_loss<Net, Gradient, BatchLane<Scalar>>(loss, parameters, x, y, count, gradient);
}

}  // namespace detail
}  // namespace ctnn
