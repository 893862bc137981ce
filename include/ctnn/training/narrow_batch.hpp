// The scores and the gradient of one batch for a narrow network, whose activations and gradient sums lie in registers and on
// the stack. Its samples go through the network in tiles.
#pragma once

#include "../kernels/arrays.hpp"
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

/// What the samples of a tile count: of its lanes [from, to), which are of a sample each, the weights, or 1 where there are none;
/// nothing of the others.
template <class Lane>
CTNN_INLINE constexpr Lane tile_weights(const ScalarOf<Lane>* weights, std::size_t from, std::size_t to) {
  constexpr std::size_t width = kernels::width_of<Lane>;
  if constexpr (width == 1) {
    return weights ? *weights : Lane(1);
  } else {
    if (!weights) return keep_lanes(Lane(1), from, to);
    if (to - from == width) return Lane::load(weights);
    alignas(kernels::alignment) ScalarOf<Lane> values[width]{};
    for (std::size_t lane = from; lane < to; ++lane) values[lane] = weights[lane];
    return Lane::load(values);
  }
}

/// The network that is trained for an objective, and what both need to know of each other.
template <class Net, class LossType, class... Metrics>
struct Training {
  using In = typename Net::input_shape;
  using Output = typename Net::output_shape;
  using Target = TargetShape<LossType, Output>;

  /// The last layer, and whether a loss or metric is computed from its input.
  using Last = Leaf<typename LastLayer<typename Net::sequential>::type, Output>;
  template <class Part>
  static constexpr bool takes_logits =
      distribution<typename LastLayer<typename Net::sequential>::type> != Distribution::none &&
      distribution<typename LastLayer<typename Net::sequential>::type> == fused_distribution<Unweighted<Part>>;
  /// Whether the network is trained without that layer, because any of them is.
  static constexpr bool to_logits = (takes_logits<LossType> || ... || takes_logits<Metrics>);
  using network = typename std::conditional_t<to_logits, Logits<Net>, std::type_identity<typename Net::sequential>>::type;
  using chain = typename network::template chain<In>;

  /// Lanes of a tile for what the last layer makes of logits, and for a gradient beside dy.
  static constexpr std::size_t probabilities = to_logits ? Output::size : 0;
  static constexpr std::size_t beside =
      to_logits && (!takes_logits<LossType> || ... || (is_loss_metric<Unweighted<Metrics>> && !takes_logits<Metrics>))
          ? Output::size
          : 0;
  static constexpr std::size_t judging = probabilities + beside;

  /// Numbers that add up over samples: the loss and, behind it, those of the metrics.
  static constexpr std::size_t sums = (1 + ... + sum_count<Metrics, Output>);
};

/// Judges a tile of outputs: adds each sample's loss and what its metrics sum up to `totals` and, with `Gradient`, writes dy. Only
/// the lanes [from, to) count, as much as `weights` says, those of the tile's samples or null. `room` is for Training::judging
/// lanes.
template <class Task, bool Gradient, class Lane, class LossType, class... Metrics>
CTNN_INLINE constexpr void judge(const Objective<LossType, Metrics...>& objective, const Lane* outputs, const Lane* target,
                                 ScalarOf<Lane> scale, const ScalarOf<Lane>* weights, std::size_t from, std::size_t to, Lane* dy,
                                 Lane* totals, [[maybe_unused]] Lane* room) {
  using Output = typename Task::Output;
  constexpr std::size_t width = kernels::width_of<Lane>;
  const bool partial = width > 1 && to - from < width;
  // Both are rare, and take one branch together.
  const bool unequal = partial | (weights != nullptr);
  const auto counted = [&](Lane value) CTNN_INLINE_LAMBDA {
    if (unequal) [[unlikely]] {
      if constexpr (width > 1) value = keep_lanes(value, from, to);
      if (weights) value *= tile_weights<Lane>(weights, from, to);
    }
    return value;
  };
  [[maybe_unused]] Lane* const beside = room + Task::probabilities;
  // Metrics are a mean over samples, each of whose values counts 1 or its weight, or add up numbers of their own.
  const auto add_mean = [&]<class MetricType>(const MetricType&, Lane value, Lane* sums) CTNN_INLINE_LAMBDA {
    if constexpr (is_weighted<MetricType>) {
      sums[0] += counted(value);
      sums[1] += unequal ? tile_weights<Lane>(weights, from, to) : Lane(1);
    } else {
      if constexpr (width > 1) {
        if (partial) [[unlikely]]
          value = keep_lanes(value, from, to);
      }
      sums[0] += value;
    }
  };
  // Before dy is written it has room for the gradients of losses that are metrics.
  constexpr auto comes_first = []<class MetricType>(const MetricType*) {
    return is_loss_metric<Unweighted<MetricType>> && Task::template takes_logits<MetricType> == Task::to_logits;
  };
  const auto for_each_metric = [&]([[maybe_unused]] const auto& visit) CTNN_INLINE_LAMBDA {
    boost::hana::unpack(objective.metrics, [&](const Metrics&... metric) CTNN_INLINE_LAMBDA {
      Lane* sums = totals + 1;
      ((visit(metric, sums), sums += sum_count<Metrics, Output>), ...);
    });
  };
  if constexpr ((comes_first(static_cast<const Metrics*>(nullptr)) || ...)) {
    for_each_metric([&]<class MetricType>(const MetricType& metric, Lane* sums) CTNN_INLINE_LAMBDA {
      if constexpr (!comes_first(static_cast<const MetricType*>(nullptr))) {
        return;
      } else if constexpr (Task::to_logits) {
        add_mean(metric, unweighted(metric)->template evaluate_logits<Output>(outputs, target, room, dy), sums);
      } else {
        add_mean(metric, unweighted(metric)->template evaluate<Output>(outputs, target, dy), sums);
      }
    });
  }
  const Lane* predicted = outputs;
  if constexpr (Task::template takes_logits<LossType>) {
    totals[0] += counted(objective.loss.template evaluate_logits<Output>(outputs, target, scale, room, dy));
    predicted = room;
  } else if constexpr (Task::to_logits) {
    using Last = typename Task::Last;
    Lane record[Last::record_size == 0 ? 1 : Last::record_size];
    Last::forward_training(outputs, static_cast<const ScalarOf<Lane>*>(nullptr), room, static_cast<Lane*>(record), 0, 0);
    predicted = room;
    totals[0] += counted(objective.loss.template evaluate<Output>(predicted, target, scale, beside));
    if constexpr (Gradient) {
      Last::template backward<true>(outputs, predicted, static_cast<const Lane*>(record),
                                    static_cast<const ScalarOf<Lane>*>(nullptr), static_cast<const Lane*>(beside),
                                    static_cast<Lane*>(nullptr), dy);
    }
  } else {
    totals[0] += counted(objective.loss.template evaluate<Output>(outputs, target, scale, dy));
  }
  if constexpr (Gradient) {
    if (unequal) [[unlikely]] {
      if constexpr (width > 1) {
        for (std::size_t i = 0; i < Output::size; ++i) dy[i] = keep_lanes(dy[i], from, to);
      }
      if (weights) {
        const Lane weight = tile_weights<Lane>(weights, from, to);
        for (std::size_t i = 0; i < Output::size; ++i) dy[i] *= weight;
      }
    }
  }
  if constexpr (sizeof...(Metrics) > 0) {
    for_each_metric([&]<class MetricType>(const MetricType& metric, Lane* sums) CTNN_INLINE_LAMBDA {
      if constexpr (AddsUp<Unweighted<MetricType>, Output>) {
        constexpr bool weighted = is_weighted<MetricType>;
        const Lane weight = unequal ? tile_weights<Lane>(weighted ? weights : nullptr, from, to) : Lane(1);
        unweighted(metric)->template add<LossType, Output>(predicted, target, weight, sums);
        if constexpr (weighted) sums[sum_count<MetricType, Output> - 1] += weight;
      } else if constexpr (!is_loss_metric<Unweighted<MetricType>>) {
        add_mean(metric, unweighted(metric)->template evaluate<LossType, Output>(predicted, target), sums);
      } else if constexpr (!comes_first(static_cast<const MetricType*>(nullptr))) {
        add_mean(metric, unweighted(metric)->template evaluate<Output>(predicted, target, beside), sums);
      }
    });
  }
}

/// Whether a sum of very many numbers of this type is far from right.
template <class Scalar>
inline constexpr bool drifts = sizeof(Scalar) <= sizeof(float);

/// What the lanes of a long batch held, whose sums would drift, and which are therefore emptied from time to time.
template <class Chain, class Lane, std::size_t ScoreCount, std::size_t ParameterCount>
class LongBatch {
  using Scalar = ScalarOf<Lane>;

 public:
  /// Adds up what lanes hold; what lies in `gradient` is replaced by it or, where lanes are numbers, added, too. A function of its
  /// own: the lanes are copies, so that those of the tiles need not lie in memory.
  CTNN_NOINLINE constexpr void add(const Lane* totals, [[maybe_unused]] const Lane* lanes, [[maybe_unused]] Scalar* gradient) {
    for (std::size_t i = 0; !begun_ && i < count; ++i) sums_[i] = lost_[i] = Scalar(0);
    begun_ = true;
    Scalar scores[ScoreCount];
    for (std::size_t i = 0; i < ScoreCount; ++i) scores[i] = kernels::sum(totals[i]);
    kernels::add_to(static_cast<Scalar*>(sums_), static_cast<Scalar*>(lost_), static_cast<const Scalar*>(scores), ScoreCount);
    if constexpr (ParameterCount > 0) {
      if constexpr (kernels::width_of<Lane> > 1) Chain::reduce(lanes, gradient);
      kernels::add_to(sums_ + ScoreCount, lost_ + ScoreCount, static_cast<const Scalar*>(gradient), ParameterCount);
      for (std::size_t i = 0; i < ParameterCount; ++i) gradient[i] = Scalar(0);
    }
  }
  /// Writes the sums, the gradient's to `gradient`.
  CTNN_NOINLINE constexpr void write(Scalar* scores, [[maybe_unused]] Scalar* gradient) const {
    for (std::size_t i = 0; i < ScoreCount; ++i) scores[i] = sums_[i] + lost_[i];
    for (std::size_t i = ScoreCount; i < count; ++i) gradient[i - ScoreCount] = sums_[i] + lost_[i];
  }

 private:
  static constexpr std::size_t count = ScoreCount + ParameterCount;

  Scalar sums_[count], lost_[count];
  bool begun_ = false;
};

/// The mean loss of a batch in a narrow network, and the sums of its metrics. With `Gradient`, also the gradient of that loss by
/// every parameter, written to `gradient` (Net::parameter_count numbers). `noise`: a number of the step.
template <class Net, bool Gradient, class Lane, class LossType, class... Metrics>
CTNN_INLINE constexpr SumsOf<Net, ScalarOf<Lane>, Metrics...> narrow_sums(const Objective<LossType, Metrics...>& objective,
                                                                          const ScalarOf<Lane>* parameters,
                                                                          const SampleBatch<ScalarOf<Lane>>& batch,
                                                                          [[maybe_unused]] std::uint64_t noise,
                                                                          [[maybe_unused]] ScalarOf<Lane>* gradient) {
  using Scalar = ScalarOf<Lane>;
  using Task = Training<Net, LossType, Metrics...>;
  const Samples<Scalar>&x = batch.x, &y = batch.y;
  const std::size_t count = batch.count;
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
  Lane totals[Task::sums];
  for (Lane& total : totals) total = Lane(0);
  constexpr std::size_t stretch = kernels::most_addends * width;
  LongBatch<Chain, Lane, Task::sums, Gradient ? Net::parameter_count : 0> before;
  const auto empty_lanes = [&]() CTNN_INLINE_LAMBDA {
    Lane kept_totals[Task::sums], kept[lane_count == 0 ? 1 : lane_count];
    for (std::size_t i = 0; i < Task::sums; ++i) kept_totals[i] = totals[i], totals[i] = Lane(0);
    if constexpr (lane_count == 0) {
      kept[0] = Lane(0);
    } else if constexpr (lane_count <= 64) {
      CTNN_UNROLL
      for (std::size_t k = 0; k < lane_count; ++k) kept[k] = lanes[k], lanes[k] = Lane(0);
    } else {
      for (std::size_t k = 0; k < lane_count; ++k) kept[k] = lanes[k], lanes[k] = Lane(0);
    }
    before.add(static_cast<const Lane*>(kept_totals), static_cast<const Lane*>(kept), gradient);
  };
  const auto tile = [&](const Rows<Scalar>& x_rows, const Rows<Scalar>& y_rows, std::size_t block, std::size_t first,
                        std::size_t from, std::size_t to, [[maybe_unused]] Lane* head) CTNN_INLINE_LAMBDA {
    alignas(kernels::alignment) Lane input[in];
    alignas(kernels::alignment) Lane target[target_size];
    load_tile<in>(x_rows, first, input);
    load_tile<target_size>(y_rows, first, target);
    alignas(kernels::alignment) Lane room[Task::judging == 0 ? 1 : Task::judging];
    const auto judge_outputs = [&](const Lane* outputs, Lane* dy) CTNN_INLINE_LAMBDA {
      judge<Task, Gradient>(objective, outputs, static_cast<const Lane*>(target), scale,
                            batch.weights ? batch.weights + block + first : nullptr, from, to, dy, static_cast<Lane*>(totals),
                            static_cast<Lane*>(room));
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

  // A whole number of blocks makes a stretch, after which the sums are emptied.
  constexpr std::size_t wanted = block_samples<Lane, (in > target_size ? in : target_size)>;
  constexpr std::size_t capacity = wanted < stretch ? wanted : stretch, full = stretch / capacity * capacity;
  Block<in, capacity, Lane> x_block;
  Block<target_size, capacity, Lane> y_block;
  // Whatever needs a copy is copied outside the loop over tiles, which so keeps its sums in registers.
  const bool direct = x_block.direct(x) && y_block.direct(y) && count >= width;
  const std::size_t step = !direct ? capacity : drifts<Scalar> ? full : count;
  for (std::size_t block = 0;;) {
    const std::size_t size = count - block < step ? count - block : step;
    const Rows<Scalar> x_rows = direct ? x.rows() : x_block.pack(x, block, size);
    const Rows<Scalar> y_rows = direct ? y.rows() : y_block.pack(y, block, size);
    // Rows that are where they were are all there: the last tile of a block may reach beyond it.
    const std::size_t origin = direct ? 0 : block, rows = direct ? count : size, from_row = block - origin,
                      to_row = from_row + size;
    if constexpr (cut > 0) {
      // The layers before the cut for some tiles, then the others.
      constexpr std::size_t most = 16;
      alignas(kernels::alignment) Lane heads[most * OnStack<Chain>::head_values];
      for (std::size_t begin = from_row; begin < to_row; begin += most * width) {
        const std::size_t end = to_row - begin < most * width ? to_row : begin + most * width;
        Lane* head = heads;
        for_each_tile<width>(rows, begin, end, [&](std::size_t first, std::size_t, std::size_t) CTNN_INLINE_LAMBDA {
          alignas(kernels::alignment) Lane input[in];
          load_tile<in>(x_rows, first, input);
          OnStack<Chain>::run_head(static_cast<const Lane*>(input), parameters,
                                   ResumedPass<cut, Lane>{noise, origin + first, head});
          head += OnStack<Chain>::head_values;
        });
        head = heads;
        for_each_tile<width>(rows, begin, end, [&](std::size_t first, std::size_t from, std::size_t to) CTNN_INLINE_LAMBDA {
          tile(x_rows, y_rows, origin, first, from, to, head);
          head += OnStack<Chain>::head_values;
        });
      }
    } else {
      for_each_tile<width>(rows, from_row, to_row, [&](std::size_t first, std::size_t from, std::size_t to) CTNN_INLINE_LAMBDA {
        tile(x_rows, y_rows, origin, first, from, to, nullptr);
      });
    }
    block += size;
    if (block == count) break;
    if constexpr (drifts<Scalar>) {
      if (block % full == 0) [[unlikely]]
        empty_lanes();
    }
  }
  SumsOf<Net, Scalar, Metrics...> result;
  if constexpr (drifts<Scalar>) {
    if (count > full) [[unlikely]] {
      empty_lanes();
      Scalar sums[Task::sums];
      before.write(static_cast<Scalar*>(sums), gradient);
      result.loss = sums[0] * scale;
      for (std::size_t i = 1; i < Task::sums; ++i) result.metrics[i - 1] = sums[i];
      return result;
    }
  }
  if constexpr (lane_count > 0) Chain::reduce(static_cast<const Lane*>(lanes), gradient);
  result.set(static_cast<const Lane*>(totals), scale);
  return result;
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
