// The outputs of a batch: its samples go through a network in tiles.
#pragma once

#include "chain.hpp"
#include "samples.hpp"
#include "workers.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// How a network answers for batches in lanes of this type.
template <class Chain, std::size_t In, class Lane>
struct ForwardPlan {
  static constexpr std::size_t width = kernels::width_of<Lane>, in = In, out = Chain::out;
  /// Lanes of one tile: inputs, outputs, and all that lies between.
  static constexpr std::size_t between = Chain::template memory<Lane, Passage::infer>, tile_lanes = in + out + between;
  /// Whether a function a layer costs little beside what the layers do, and whether they would take too much of the stack.
  static constexpr bool in_memory = tile_lanes * sizeof(Lane) > 16384, on_heap = tile_lanes * sizeof(Lane) > 65536;
  /// Tiles that then go through the layers together: they find room on the stack, or in the second-level cache.
  static constexpr std::size_t tiles = [] {
    constexpr std::size_t fit = (on_heap ? 524288 : 65536) / (tile_lanes * sizeof(Lane));
    return fit < 1 ? std::size_t{1} : fit < 4 ? fit : std::size_t{4};
  }();
  /// Lanes for them and for a sample that has to be copied; memory for one worker.
  static constexpr std::size_t lanes = tiles * tile_lanes + in / width + 1, memory = on_heap ? lanes : 0;
  /// Samples of a part: some 2.5e7 operations, in whole groups of such tiles.
  static constexpr std::size_t part = [] {
    constexpr std::size_t unit = in_memory ? tiles * width : width;
    return (25'000'000 / (Chain::flops + 1) + unit) / unit * unit;
  }();
};

/// Writes the outputs of samples [first, first + count), one after another, to `output`; `memory` has room for
/// ForwardPlan::memory lanes.
template <class Chain, std::size_t In, class Lane>
void forward_samples(const Samples<ScalarOf<Lane>>& x, std::size_t first, std::size_t count, const ScalarOf<Lane>* parameters,
                     ScalarOf<Lane>* output, [[maybe_unused]] Lane* memory) {
  using Scalar = ScalarOf<Lane>;
  using Plan = ForwardPlan<Chain, In, Lane>;
  constexpr std::size_t width = Plan::width;
  if constexpr (Plan::in_memory) {
    alignas(kernels::alignment) Lane own[Plan::on_heap ? 1 : Plan::lanes];
    if constexpr (!Plan::on_heap) memory = own;
    Lane *const input = memory, *const y = input + Plan::tiles * Plan::in, *const values = y + Plan::tiles * Plan::out;
    Scalar* const row = kernels::elements_of(values + Plan::tiles * Plan::between);
    for (std::size_t done = 0; done < count; done += Plan::tiles * width) {
      const std::size_t left = count - done, tiles = left < Plan::tiles * width ? (left + width - 1) / width : Plan::tiles;
      const auto valid = [&](std::size_t t) { return left - t * width < width ? left - t * width : width; };
      for (std::size_t t = 0; t < tiles; ++t)
        load_samples<Plan::in>(x, first + done + t * width, valid(t), input + t * Plan::in, row);
      InMemory<Chain, Lane>::template infer<Passage::infer>(input, parameters, y, {0, 0, tiles, false, values});
      for (std::size_t t = 0; t < tiles; ++t) {
        store_tile<Plan::out>(y + t * Plan::out, 0, valid(t), output + (first + done + t * width) * Plan::out);
      }
    }
  } else {
    constexpr std::size_t capacity = block_samples<Lane, In>;
    Block<In, capacity, Lane> packed;
    const Samples<Scalar> own = x.from(first);
    const bool direct = packed.direct(own) && count >= width;
    const std::size_t step = direct ? count : capacity;
    for (std::size_t block = 0; block < count; block += step) {
      const std::size_t size = count - block < step ? count - block : step;
      const Rows<Scalar> rows = direct ? own.rows() : packed.pack(own, block, size);
      for_each_tile<width>(size, [&](std::size_t tile, std::size_t from, std::size_t to) CTNN_INLINE_LAMBDA {
        alignas(kernels::alignment) Lane input[In];
        alignas(kernels::alignment) Lane y[Plan::out];
        load_tile<In>(rows, tile, input);
        Chain::infer(static_cast<const Lane*>(input), parameters, static_cast<Lane*>(y));
        store_tile<Plan::out>(y, from, to, output + (first + block + tile) * Plan::out);
      });
    }
  }
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
