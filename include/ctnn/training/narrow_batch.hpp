// The scores and the gradient of one batch for a narrow network, whose activations and gradient sums lie in registers and on
// the stack. Its samples go through the network in tiles.
#pragma once

#include "../kernels/reduction.hpp"
#include "../samples.hpp"
#include "objective.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

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

/// Judges a tile of outputs: adds each sample's loss and metrics to `totals` and, with `Gradient`, writes dy. Only the
/// lanes [from, to) count. Where the loss is fused with the last layer, the outputs are logits, and `probabilities` has room for
/// what they become.
template <class Output, bool Fused, bool Gradient, class Lane, class LossType, class... Metrics>
CTNN_INLINE constexpr void judge(const Objective<LossType, Metrics...>& objective, const Lane* outputs, const Lane* target,
                                 ScalarOf<Lane> scale, std::size_t from, std::size_t to, Lane* dy, Lane* totals,
                                 [[maybe_unused]] Lane* probabilities) {
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
  if constexpr (Fused) {
    add(0, objective.loss.template evaluate_logits<Output>(outputs, target, scale, probabilities, dy));
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

/// The network that is trained for an objective, and what both need to know of each other.
template <class Net, class LossType>
struct Training {
  using network = typename Logits<Net, fused_distribution<LossType>>::type;
  using chain = typename network::template chain<typename Net::input_shape>;
  using In = typename Net::input_shape;
  using Output = typename Net::output_shape;
  using Target = TargetShape<LossType, Output>;
  static constexpr bool fused = !std::is_same_v<network, typename Net::sequential>;
};

/// The scores of a narrow network for a batch of `count` ≥ 1 samples. With `Gradient`, also the gradient of its mean loss by
/// every parameter, written to `gradient` (Net::parameter_count numbers). `noise`: a number of the step.
template <class Net, bool Gradient, class Lane, class LossType, class... Metrics>
CTNN_INLINE constexpr Scores<ScalarOf<Lane>, sizeof...(Metrics)> narrow_scores(const Objective<LossType, Metrics...>& objective,
                                                                               const ScalarOf<Lane>* parameters,
                                                                               const Samples<ScalarOf<Lane>>& x,
                                                                               const Samples<ScalarOf<Lane>>& y, std::size_t count,
                                                                               [[maybe_unused]] std::uint64_t noise,
                                                                               [[maybe_unused]] ScalarOf<Lane>* gradient) {
  using Scalar = ScalarOf<Lane>;
  using Task = Training<Net, LossType>;
  using Chain = typename Task::chain;
  constexpr std::size_t width = kernels::width_of<Lane>, in = Task::In::size, target_size = Task::Target::size;
  constexpr std::size_t lane_count = width == 1 || !Gradient ? 0 : Net::parameter_count;

  alignas(kernels::alignment) Lane lanes[lane_count == 0 ? 1 : lane_count];
  if constexpr (lane_count <= 64) {
    CTNN_UNROLL
    for (std::size_t k = 0; k < lane_count; ++k) lanes[k] = Lane(0);
  } else {
    for (std::size_t k = 0; k < lane_count; ++k) lanes[k] = Lane(0);
  }
  if constexpr (Gradient && width == 1) {
    for (std::size_t i = 0; i < Net::parameter_count; ++i) gradient[i] = Scalar(0);
  }

  constexpr std::size_t cut = Gradient && width > 1 ? OnStack<Chain>::cut : 0;
  const Scalar scale = Scalar(1) / static_cast<Scalar>(count);
  Lane totals[1 + sizeof...(Metrics)];
  for (Lane& total : totals) total = Lane(0);
  const auto tile = [&](const Rows<Scalar>& x_rows, const Rows<Scalar>& y_rows, [[maybe_unused]] std::size_t block,
                        std::size_t first, std::size_t from, std::size_t to, [[maybe_unused]] Lane* head) CTNN_INLINE_LAMBDA {
    alignas(kernels::alignment) Lane input[in];
    alignas(kernels::alignment) Lane target[target_size];
    load_tile<in>(x_rows, first, input);
    load_tile<target_size>(y_rows, first, target);
    alignas(kernels::alignment) Lane probabilities[Task::fused ? Task::Output::size : 1];
    const auto judge_outputs = [&](const Lane* outputs, Lane* dy) CTNN_INLINE_LAMBDA {
      judge<typename Task::Output, Task::fused, Gradient>(objective, outputs, static_cast<const Lane*>(target), scale, from, to, dy,
                                                          static_cast<Lane*>(totals), static_cast<Lane*>(probabilities));
    };
    if constexpr (Gradient) {
      const auto train = [&](const auto& pass) CTNN_INLINE_LAMBDA {
        Chain::train(static_cast<const Lane*>(input), parameters, Gradients<Lane>{lanes, gradient}, pass, judge_outputs);
      };
      if constexpr (cut > 0) {
        train(ResumedPass<cut, Lane>{noise, block + first, head});
      } else {
        train(StackPass{noise, block + first});
      }
    } else {
      alignas(kernels::alignment) Lane outputs[Task::Output::size], unused[Task::Output::size];
      Chain::infer(static_cast<const Lane*>(input), parameters, static_cast<Lane*>(outputs));
      judge_outputs(outputs, unused);
    }
  };

  constexpr std::size_t capacity = block_samples<Lane, (in > target_size ? in : target_size)>;
  Block<in, capacity, Lane> x_block;
  Block<target_size, capacity, Lane> y_block;
  // Whatever needs a copy is copied outside the loop over tiles, which so keeps its sums in registers.
  const bool direct = x_block.direct(x) && y_block.direct(y) && count >= width;
  const std::size_t step = direct ? count : capacity;
  for (std::size_t block = 0; block < count; block += step) {
    const std::size_t size = count - block < step ? count - block : step;
    const Rows<Scalar> x_rows = direct ? x.rows() : x_block.pack(x, block, size);
    const Rows<Scalar> y_rows = direct ? y.rows() : y_block.pack(y, block, size);
    if constexpr (cut > 0) {
      // The layers before the cut for some tiles, then the others.
      constexpr std::size_t most = 16;
      alignas(kernels::alignment) Lane heads[most * OnStack<Chain>::head_values];
      for (std::size_t begin = 0; begin < size; begin += most * width) {
        const std::size_t end = size - begin < most * width ? size : begin + most * width;
        Lane* head = heads;
        for_each_tile<width>(size, begin, end, [&](std::size_t first, std::size_t, std::size_t) CTNN_INLINE_LAMBDA {
          alignas(kernels::alignment) Lane input[in];
          load_tile<in>(x_rows, first, input);
          OnStack<Chain>::run_head(static_cast<const Lane*>(input), parameters, ResumedPass<cut, Lane>{noise, block + first, head});
          head += OnStack<Chain>::head_values;
        });
        head = heads;
        for_each_tile<width>(size, begin, end, [&](std::size_t first, std::size_t from, std::size_t to) CTNN_INLINE_LAMBDA {
          tile(x_rows, y_rows, block, first, from, to, head);
          head += OnStack<Chain>::head_values;
        });
      }
    } else {
      for_each_tile<width>(size, [&](std::size_t first, std::size_t from, std::size_t to)
                                     CTNN_INLINE_LAMBDA { tile(x_rows, y_rows, block, first, from, to, nullptr); });
    }
  }
  if constexpr (lane_count > 0) Chain::reduce(static_cast<const Lane*>(lanes), gradient);
  Scores<Scalar, sizeof...(Metrics)> scores;
  scores.loss = kernels::sum(totals[0]) * scale;
  for (std::size_t i = 0; i < sizeof...(Metrics); ++i) scores.metrics[i] = kernels::sum(totals[1 + i]) * scale;
  return scores;
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
