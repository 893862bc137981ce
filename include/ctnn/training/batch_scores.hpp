// The scores and the gradient of one batch: its samples go through the network in tiles.
#pragma once

#include "../kernels/reduction.hpp"
#include "../samples.hpp"
#include "objective.hpp"

namespace ctnn::detail {

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

/// Numbers that a network's gradient sums in lanes need outside the stack: none up to 32 KB, where they stay in
/// registers or the first-level cache.
template <class Net, class Scalar>
inline constexpr std::size_t stored_lanes = [] {
  using Chain = typename Net::template chain<typename Net::input_shape>;
  constexpr std::size_t width = kernels::width_of<BatchLane<Scalar>>;
  constexpr std::size_t numbers = width == 1 ? 0 : Chain::plan.lane_offset[Chain::count] * width;
  return numbers * sizeof(Scalar) <= 32768 ? 0 : numbers;
}();

/// Judges a tile of outputs: adds each sample's loss and metrics to `totals` and, with `Gradient`, writes dy. Only the
/// lanes [from, to) count. Where the loss is fused with the last layer, the outputs are logits.
template <class Output, bool Fused, bool Gradient, class Lane, class LossType, class... Metrics>
CTNN_INLINE constexpr void judge(const Objective<LossType, Metrics...>& objective, const Lane* outputs, const Lane* target,
                                 ScalarOf<Lane> scale, std::size_t from, std::size_t to, Lane* dy, Lane* totals) {
  constexpr std::size_t width = kernels::width_of<Lane>;
  const bool partial = width > 1 && to - from < width;
  const auto add = [&](std::size_t index, Lane value) CTNN_INLINE_LAMBDA {
    if constexpr (width > 1) {
      if (partial) [[unlikely]]
        value = keep_lanes(value, from, to);
    }
    totals[index] += value;
  };
  const Lane* predicted = outputs;
  alignas(kernels::alignment) Lane probabilities[Fused ? Output::size : 1];
  if constexpr (Fused) {
    add(0, objective.loss.template evaluate_logits<Output>(outputs, target, scale, static_cast<Lane*>(probabilities), dy));
    predicted = probabilities;
  } else {
    add(0, objective.loss.template evaluate<Output>(outputs, target, scale, dy));
  }
  if constexpr (Gradient && width > 1) {
    if (partial) [[unlikely]] {
      for (std::size_t i = 0; i < Output::size; ++i) dy[i] = keep_lanes(dy[i], from, to);
    }
  }
  if constexpr (sizeof...(Metrics) > 0) {
    boost::hana::unpack(objective.metrics, [&](const Metrics&... metric) CTNN_INLINE_LAMBDA {
      std::size_t index = 1;
      (add(index++, metric.template evaluate<LossType, Output>(predicted, target)), ...);
    });
  }
}

/// The scores of a batch of `count` ≥ 1 samples. With `Gradient`, also the gradient of its mean loss by every parameter,
/// written to `gradient` (Net::parameter_count numbers); `lane_memory` has room for stored_lanes.
template <class Net, bool Gradient, class Lane, class LossType, class... Metrics>
CTNN_INLINE constexpr Scores<ScalarOf<Lane>, sizeof...(Metrics)> batch_scores(const Objective<LossType, Metrics...>& objective,
                                                                              const ScalarOf<Lane>* parameters,
                                                                              const Samples<ScalarOf<Lane>>& x,
                                                                              const Samples<ScalarOf<Lane>>& y, std::size_t count,
                                                                              [[maybe_unused]] ScalarOf<Lane>* gradient,
                                                                              [[maybe_unused]] ScalarOf<Lane>* lane_memory) {
  using Scalar = ScalarOf<Lane>;
  using Trained = typename Logits<Net, fused_distribution<LossType>>::type;
  using Chain = typename Trained::template chain<typename Net::input_shape>;
  using Output = typename Net::output_shape;
  using Target = TargetShape<LossType, Output>;
  constexpr bool fused = !std::is_same_v<Trained, Net>;
  constexpr std::size_t width = kernels::width_of<Lane>;
  constexpr std::size_t lane_count = width == 1 || !Gradient ? 0 : Chain::plan.lane_offset[Chain::count];
  constexpr bool stored = width > 1 && Gradient && stored_lanes<Net, Scalar> > 0;

  alignas(kernels::alignment) Lane local_lanes[lane_count == 0 || stored ? 1 : lane_count];
  Lane* lanes = local_lanes;
  if constexpr (stored) lanes = reinterpret_cast<Lane*>(lane_memory);
  if constexpr (Gradient) {
    if constexpr (lane_count <= 64) {
      CTNN_UNROLL
      for (std::size_t k = 0; k < lane_count; ++k) lanes[k] = Lane(0);
    } else {
      for (std::size_t k = 0; k < lane_count; ++k) lanes[k] = Lane(0);
    }
    if constexpr (lane_count < Net::parameter_count) {
      for (std::size_t i = 0; i < Net::parameter_count; ++i) gradient[i] = Scalar(0);
    }
  }

  const Scalar scale = Scalar(1) / static_cast<Scalar>(count);
  Lane totals[1 + sizeof...(Metrics)];
  for (Lane& total : totals) total = Lane(0);
  const auto tile = [&](const Rows<Scalar>& x_rows, const Rows<Scalar>& y_rows, std::size_t first, std::size_t from, std::size_t to)
                        CTNN_INLINE_LAMBDA {
                          alignas(kernels::alignment) Lane input[Net::input_shape::size];
                          alignas(kernels::alignment) Lane target[Target::size];
                          load_tile<Net::input_shape::size>(x_rows, first, input);
                          load_tile<Target::size>(y_rows, first, target);
                          const auto rest = [&](const Lane* outputs, Lane* dy) CTNN_INLINE_LAMBDA {
                            judge<Output, fused, Gradient>(objective, outputs, static_cast<const Lane*>(target), scale, from, to,
                                                           dy, static_cast<Lane*>(totals));
                          };
                          if constexpr (Gradient) {
                            Chain::template train<0, false>(static_cast<const Lane*>(input), parameters,
                                                            Gradients<Lane>{lanes, gradient}, static_cast<Lane*>(nullptr), rest);
                          } else {
                            alignas(kernels::alignment) Lane outputs[Output::size], unused[Output::size];
                            Chain::template forward<0>(static_cast<const Lane*>(input), parameters, static_cast<Lane*>(outputs));
                            rest(outputs, unused);
                          }
                        };

  constexpr std::size_t largest = Net::input_shape::size > Target::size ? Net::input_shape::size : Target::size;
  constexpr std::size_t capacity = block_samples<Lane, largest>;
  Block<Net::input_shape::size, capacity, Lane> x_block;
  Block<Target::size, capacity, Lane> y_block;
  // Whatever needs a copy is copied outside the loop over tiles, which so keeps its sums in registers.
  const bool direct = x_block.direct(x) && y_block.direct(y) && count >= width;
  const std::size_t step = direct ? count : capacity;
  for (std::size_t block = 0; block < count; block += step) {
    const std::size_t size = count - block < step ? count - block : step;
    const Rows<Scalar> x_rows = direct ? x.rows() : x_block.pack(x, block, size);
    const Rows<Scalar> y_rows = direct ? y.rows() : y_block.pack(y, block, size);
    for_each_tile<width>(size, [&](std::size_t first, std::size_t from, std::size_t to)
                                   CTNN_INLINE_LAMBDA { tile(x_rows, y_rows, first, from, to); });
  }
  if constexpr (Gradient && lane_count > 0) Chain::reduce(static_cast<const Lane*>(lanes), gradient);
  Scores<Scalar, sizeof...(Metrics)> scores;
  scores.loss = kernels::sum(totals[0]) * scale;
  for (std::size_t i = 0; i < sizeof...(Metrics); ++i) scores.metrics[i] = kernels::sum(totals[1 + i]) * scale;
  return scores;
}

/// batch_scores in registers of samples, or number by number where the compiler evaluates it.
template <class Net, bool Gradient, class Scalar, class LossType, class... Metrics>
CTNN_INLINE constexpr Scores<Scalar, sizeof...(Metrics)> batch_scores(const Objective<LossType, Metrics...>& objective,
                                                                      const Scalar* parameters, const Samples<Scalar>& x,
                                                                      const Samples<Scalar>& y, std::size_t count, Scalar* gradient,
                                                                      Scalar* lane_memory) {
  if (std::is_constant_evaluated())
    return batch_scores<Net, Gradient, Scalar>(objective, parameters, x, y, count, gradient, lane_memory);
  return batch_scores<Net, Gradient, BatchLane<Scalar>>(objective, parameters, x, y, count, gradient, lane_memory);
}

}  // namespace ctnn::detail
