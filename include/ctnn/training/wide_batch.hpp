// The scores and the gradient of a batch for a wide network, whose activations would not fit on the stack or whose gradient
// would not fit in lanes. The batch is cut into parts of a size that the type fixes, so that threads can share it and the
// result does not depend on how many there are; each part goes through the network a few tiles at a time.
#pragma once

#include "../workers.hpp"
#include "narrow_batch.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// How a network is trained in lanes of this type.
template <class Net, class LossType, class Lane, class... Metrics>
struct WidePlan {
  using Task = Training<Net, LossType, Metrics...>;
  using Chain = typename Task::chain;
  static constexpr std::size_t width = kernels::width_of<Lane>;
  static constexpr std::size_t in = Task::In::size, target = Task::Target::size, out = Task::Output::size;
  static constexpr std::size_t lane_sums = Chain::plan.lane_offset[Chain::count];
  /// Lanes for these sums; what has no vector registers adds up in the gradient itself.
  static constexpr std::size_t sums = kernels::register_bytes == 0 ? 0 : lane_sums;
  /// Lanes of one tile that the layers write: with gradients, or without and the output with room for its gradient beside it.
  static constexpr std::size_t between = Chain::template memory<Lane, Passage::infer>;
  static constexpr std::size_t trained = Chain::template memory<Lane, Passage::train>;
  static constexpr std::size_t values = trained > between + 2 * out ? trained : between + 2 * out;
  /// Lanes of one tile: inputs, targets, and values.
  static constexpr std::size_t tile_lanes = in + target + values;

  static constexpr bool is_wide = (width > 1 || kernels::register_bytes == 0) &&
                                  (lane_sums < Net::parameter_count || (tile_lanes + lane_sums) * sizeof(Lane) > 65536);

  /// Tiles taken at once. Every pass reads and writes all parameters and gradients; more tiles make fewer passes, until
  /// their activations take more of the cache than that saves. A few small ones share what a call of a layer costs.
  static constexpr std::size_t tiles = [] {
    // What has no vector registers has little memory, too.
    if (kernels::register_bytes == 0) return std::size_t{1};
    if (tile_lanes * sizeof(Lane) <= 12288) return tile_lanes * sizeof(Lane) <= 6144 ? std::size_t{4} : std::size_t{2};
    const std::size_t wanted = Net::parameter_count * sizeof(ScalarOf<Lane>) / (tile_lanes * sizeof(Lane));
    return wanted >= 8 ? std::size_t{8} : wanted >= 4 ? std::size_t{4} : wanted >= 2 ? std::size_t{2} : std::size_t{1};
  }();

  /// Samples of a part: some 2.5e7 operations, beside which handing it to a thread and adding up its gradient are little, but not
  /// so many that its sums would drift.
  static constexpr std::size_t part = [] {
    constexpr std::size_t unit = tiles * width, most = kernels::most_addends * width;
    static_assert(most % unit == 0);
    const std::size_t wanted = 25'000'000 / (3 * Net::flops + 1), whole = (wanted + unit) / unit * unit;
    return drifts<ScalarOf<Lane>> && whole > most ? most : whole;
  }();
  /// Batches of more samples are long: even the sums of their parts would drift.
  static constexpr std::size_t most_samples = drifts<ScalarOf<Lane>> ? 16 * part : SIZE_MAX;

  /// A batch of at most so many samples would leave most of a register empty: they are taken one by one, where features fill it.
  /// Only layers of some size are worth a second compilation.
  static constexpr std::size_t few = width > 1 && Net::parameter_count / Chain::plan.leaves >= 512 ? (width + 3) / 4 : 0;

  /// Lanes that a pass needs: tiles, gradient sums, one row of samples that has to be copied, and what judging takes.
  static constexpr std::size_t row_lanes = (in > target ? in : target) / width + 1;
  static constexpr std::size_t needed = tiles * tile_lanes + sums + row_lanes + Task::judging;
  /// Lanes of memory for one worker, who may be given few samples as well.
  static constexpr std::size_t memory = [] {
    if constexpr (!is_wide) {
      return std::size_t{0};
    } else if constexpr (few == 0) {
      return needed;
    } else {
      constexpr std::size_t one_by_one = (WidePlan<Net, LossType, ScalarOf<Lane>, Metrics...>::needed + width - 1) / width;
      return one_by_one > needed ? one_by_one : needed;
    }
  }();
};

/// What samples [first, first + count) of a batch add to its mean loss and the sums of its metrics. With `Gradient`, also their
/// part of the gradient of that loss, written to `gradient`. `scale` is 1 / batch size; `memory` has room for WidePlan::memory
/// lanes.
template <class Net, bool Gradient, class Lane, class LossType, class... Metrics>
CTNN_NOINLINE SumsOf<Net, ScalarOf<Lane>, Metrics...> part_sums(const Objective<LossType, Metrics...>& objective,
                                                                const ScalarOf<Lane>* parameters,
                                                                const SampleBatch<ScalarOf<Lane>>& batch, std::size_t first,
                                                                std::size_t count, ScalarOf<Lane> scale, std::uint64_t noise,
                                                                ScalarOf<Lane>* gradient, Lane* memory) {
  using Scalar = ScalarOf<Lane>;
  using Plan = WidePlan<Net, LossType, Lane, Metrics...>;
  using Task = typename Plan::Task;
  using Chain = typename Plan::Chain;
  constexpr std::size_t width = Plan::width;
  Lane* const input = memory;
  Lane* const target = input + Plan::tiles * Plan::in;
  Lane* const values = target + Plan::tiles * Plan::target;
  Lane* const lanes = values + Plan::tiles * Plan::values;
  Lane* const room = lanes + Plan::sums;
  Scalar* const row = kernels::elements_of(room + Task::judging);
  Lane totals[Task::sums];
  for (Lane& total : totals) total = Lane(0);
  for (std::size_t done = 0; done < count; done += Plan::tiles * width) {
    const std::size_t left = count - done, tiles = left < Plan::tiles * width ? (left + width - 1) / width : Plan::tiles;
    const auto valid = [&](std::size_t t) { return left - t * width < width ? left - t * width : width; };
    for (std::size_t t = 0; t < tiles; ++t) {
      load_samples<Plan::in>(batch.x, first + done + t * width, valid(t), input + t * Plan::in, row);
      load_samples<Plan::target>(batch.y, first + done + t * width, valid(t), target + t * Plan::target, row);
    }
    const auto judge_tile = [&](std::size_t t, const Lane* outputs, Lane* dy) CTNN_INLINE_LAMBDA {
      judge<Task, Gradient>(objective, outputs, static_cast<const Lane*>(target + t * Plan::target), scale,
                            batch.weights ? batch.weights + first + done + t * width : nullptr, 0, valid(t), dy,
                            static_cast<Lane*>(totals), room);
    };
    if constexpr (Gradient) {
      const auto rest = [&](const Lane* outputs, Lane* dy) CTNN_INLINE_LAMBDA {
        for (std::size_t t = 0; t < tiles; ++t) judge_tile(t, outputs + t * Plan::out, dy + t * Plan::out);
      };
      InMemory<Chain, Lane>::template train<false>(static_cast<const Lane*>(input), parameters, Gradients<Lane>{lanes, gradient},
                                                   static_cast<Lane*>(nullptr),
                                                   MemoryPass<Lane>{noise, first + done, tiles, done == 0, values}, rest);
    } else {
      Lane *const outputs = values + tiles * Plan::between, *const dy = outputs + tiles * Plan::out;
      InMemory<Chain, Lane>::template infer<Passage::infer>(input, parameters, outputs,
                                                            {noise, first + done, tiles, false, values});
      for (std::size_t t = 0; t < tiles; ++t) judge_tile(t, outputs + t * Plan::out, dy);
    }
  }
  if constexpr (Gradient && Plan::lane_sums > 0 && width > 1) Chain::reduce(static_cast<const Lane*>(lanes), gradient);
  SumsOf<Net, Scalar, Metrics...> sums;
  sums.set(static_cast<const Lane*>(totals), scale);
  return sums;
}

/// What is lost of a long batch's gradient begins at zero and comes back in the end.
template <std::size_t Count, class Scalar>
void begin_long_sum(Scalar* lost) {
  for (std::size_t i = 0; lost && i < Count; ++i) lost[i] = Scalar(0);
}
template <std::size_t Count, class Scalar>
void end_long_sum(Scalar* sum, const Scalar* lost) {
  if (lost) kernels::add_to(sum, lost, Count);
}

/// The mean loss of a batch in a wide network, and the sums of its metrics. With `Gradient`, also the gradient of that loss.
/// `workers` compute one part each at a time; sums are added in the order of the parts, so that their number changes nothing.
/// `lost` has room for as many numbers as the gradient; null unless the batch is long (WidePlan::most_samples).
template <class Net, bool Gradient, class Lane, class Workers, class LossType, class... Metrics>
CTNN_NOINLINE SumsOf<Net, ScalarOf<Lane>, Metrics...> wide_sums(const Objective<LossType, Metrics...>& objective,
                                                                const ScalarOf<Lane>* parameters,
                                                                const SampleBatch<ScalarOf<Lane>>& batch, std::uint64_t noise,
                                                                ScalarOf<Lane>* gradient, const Workers& workers,
                                                                ScalarOf<Lane>* lost) {
  using Scalar = ScalarOf<Lane>;
  const std::size_t count = batch.count;
  const Scalar scale = Scalar(1) / static_cast<Scalar>(count);
  using Plan = WidePlan<Net, LossType, Lane, Metrics...>;
  if constexpr (Gradient && Plan::few > 0) {
    if (count <= Plan::few) {
      return part_sums<Net, true>(objective, parameters, batch, 0, count, scale, noise, gradient,
                                  kernels::elements_of(workers.memory(0)));
    }
  }
  SumsOf<Net, double, Metrics...> total;
  SumsOf<Net, Scalar, Metrics...> sums[Workers::most], result;
  begin_long_sum<Net::parameter_count>(lost);
  for_each_part<Plan::part>(
      count, workers,
      [&](std::size_t first, std::size_t size, std::size_t worker) {
        Scalar* const own = !Gradient || first == 0 ? gradient : workers.partial(worker);
        sums[worker] =
            part_sums<Net, Gradient>(objective, parameters, batch, first, size, scale, noise, own, workers.memory(worker));
      },
      [&](std::size_t parts, std::size_t first) {
        for (std::size_t part = 0; part < parts; ++part) total.add(sums[part]);
        if constexpr (Gradient) add_partials(workers, first == 0 ? 1 : 0, parts, 0, Net::parameter_count, gradient, lost);
      });
  if constexpr (Gradient) end_long_sum<Net::parameter_count>(gradient, lost);
  result.add(total);
  return result;
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
