// The outputs of a batch: its samples go through a network in tiles.
#pragma once

#include "chain.hpp"
#include "samples.hpp"
#include "workers.hpp"

namespace ctnn::detail {

/// How a network answers for batches in lanes of this type.
template <class Chain, std::size_t In, class Lane>
struct ForwardPlan {
  static constexpr std::size_t width = kernels::width_of<Lane>, in = In, out = Chain::out;
  /// Lanes of one tile: inputs, outputs, and all that lies between.
  static constexpr std::size_t between = Chain::template memory<Lane, Passage::infer>, tile_lanes = in + out + between;
  /// Whether they would take too much of the stack.
  static constexpr bool in_memory = tile_lanes * sizeof(Lane) > 65536;
  /// Lanes of memory for one worker: a tile, and a sample that has to be copied.
  static constexpr std::size_t memory = in_memory ? tile_lanes + in / width + 1 : 0;
  /// Samples of a part: some 2.5e7 operations.
  static constexpr std::size_t part = (25'000'000 / (Chain::plan.flops + 1) + width) / width * width;
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
    Lane *const input = memory, *const y = input + Plan::in, *const values = y + Plan::out;
    auto* const row = reinterpret_cast<Scalar*>(values + Plan::between);
    for (std::size_t done = 0; done < count; done += width) {
      const std::size_t valid = count - done < width ? count - done : width;
      load_samples<Plan::in>(x, first + done, valid, input, row);
      InMemory<Chain, Lane>::template infer<Passage::infer>(input, parameters, y, {0, 0, 1, false, values});
      store_tile<Plan::out>(y, 0, valid, output + (first + done) * Plan::out);
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

}  // namespace ctnn::detail
