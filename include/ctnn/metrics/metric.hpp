// The contract of a metric: a value type with
//
//   static constexpr const char* name                                  Keras's name
//
// and either a value for each sample, of which the mean over a batch or data set is reported,
//
//   template <class LossType, class Output, class Lane>
//   constexpr Lane evaluate(const Lane* predicted, const Lane* target) const
//     its value for each sample of the lane; target has the loss's target_shape
//
// or numbers that add up over samples, and what they come to in the end, as a ratio of two such sums does,
//
//   template <class Output> static constexpr std::size_t sum_count     how many numbers
//   template <class LossType, class Output, class Lane>
//   constexpr void add(const Lane* predicted, const Lane* target, Lane weight, Lane* sums) const
//     adds what each sample of the lane gives, times its weight, which is 0 where a lane holds no sample
//   template <class Output, class Number> constexpr Number result(const Number* sums, Number total) const
//     what the sums of all samples come to; total is their number or, of a Weighted metric, the sum of their weights
//
// and, where it has them,
//
//   template <class Scalar> constexpr Problem problem() const          what is wrong with its options (problem.hpp), or null
//   template <class Output> constexpr Problem problem_behind() const   the same, where it depends on the network's output
//   template <class Output> using target_shape                         the only shape of a sample's target that it can read
//   template <class Output, class Scalar, class Number> constexpr auto table(const Number* sums) const
//     what Scores::get gives in place of the result, where that is more than a number; such a metric is not logged
//
// A loss stands for a metric, too (LossMetric), which is given room for the gradient that it writes beside its value.
#pragma once

#include "../diagnostics.hpp"
#include "../losses/loss.hpp"
#include "weighted.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// What a metric is asked about where no loss is known.
struct AnyLoss {};

}  // namespace detail

/// A loss in the place of a metric: its value, whatever the network is trained for, computed as the loss itself is: behind a layer
/// whose distribution it can take over, from that layer's input.
template <Loss LossType>
struct LossMetric {
  static constexpr const char* name = LossType::name;
  static constexpr Distribution fused_distribution = detail::fused_distribution<LossType>;
  template <class Output>
  using target_shape = TargetShape<LossType, Output>;

  LossType loss;

  template <class Scalar>
    requires requires(const LossType& options) { options.template problem<Scalar>(); }
  constexpr Problem problem() const {
    return loss.template problem<Scalar>();
  }

  /// `unused` has room for a lane for each output.
  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target, Lane* unused) const {
    return loss.template evaluate<Output>(predicted, target, ScalarOf<Lane>(0), unused);
  }
  /// The same from logits; also writes what they become.
  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate_logits(const Lane* logits, const Lane* target, Lane* probabilities, Lane* unused) const {
    return loss.template evaluate_logits<Output>(logits, target, ScalarOf<Lane>(0), probabilities, unused);
  }
};

namespace detail {

template <class Type>
constexpr bool is_loss_metric = false;
template <class LossType>
constexpr bool is_loss_metric<LossMetric<LossType>> = true;

}  // namespace detail

namespace detail {

/// Whether a metric adds up numbers of its own.
template <class Type, class Output = Shape<2>>
concept AddsUp = requires(const Type& metric, const float* values, float* sums) {
  { Type::template sum_count<Output> } -> std::convertible_to<std::size_t>;
  metric.template add<AnyLoss, Output>(values, values, 1.0f, sums);
  { metric.template result<Output>(values, 1.0f) } -> std::same_as<float>;
};
template <class Type>
concept HasMean = is_loss_metric<Type> || requires(const Type& metric, const float* values) {
  { metric.template evaluate<AnyLoss, Shape<2>>(values, values) } -> std::same_as<float>;
};

}  // namespace detail

/// A metric, by the contract above, or a Weighted one.
template <class Type>
concept Metric = (detail::HasMean<detail::Unweighted<Type>> || detail::AddsUp<detail::Unweighted<Type>>) && requires {
  { Type::name } -> std::convertible_to<const char*>;
};

/// What `compile` takes behind the loss: `Accuracy{}`, `MeanAbsoluteError{}`.
template <class Type>
concept MetricOrLoss = Metric<Type> || Loss<detail::Unweighted<Type>>;

namespace detail {

template <Metric MetricType>
constexpr MetricType metric_of(const MetricType& metric) {
  return metric;
}
template <Loss LossType>
  requires(!Metric<LossType>)
constexpr LossMetric<LossType> metric_of(const LossType& loss) {
  return {loss};
}
template <Loss LossType>
constexpr Weighted<LossMetric<LossType>> metric_of(const Weighted<LossType>& loss) {
  return {{loss.metric}};
}

/// Whether what a metric comes to is a number, and no table.
template <class MetricType>
inline constexpr bool is_number =
    !requires(const Unweighted<MetricType>& metric, const float* sums) { metric.template table<Shape<2>, float>(sums); };

/// How many numbers a metric adds up over samples: its own or one, the value of which the mean is taken; and the weights.
template <class MetricType, class Output>
inline constexpr std::size_t sum_count = 1;
template <class MetricType, class Output>
  requires AddsUp<MetricType, Output>
inline constexpr std::size_t sum_count<MetricType, Output> = MetricType::template sum_count<Output>;
template <class MetricType, class Output>
inline constexpr std::size_t sum_count<Weighted<MetricType>, Output> = sum_count<MetricType, Output> + 1;

template <class MetricType, class LossType, class Output>
struct MetricTargetOf {
  using type = TargetShape<LossType, Output>;
};
template <class MetricType, class LossType, class Output>
  requires requires { typename MetricType::template target_shape<Output>; }
struct MetricTargetOf<MetricType, LossType, Output> {
  using type = typename MetricType::template target_shape<Output>;
};
template <class MetricType, class LossType, class Output>
struct MetricTargetOf<Weighted<MetricType>, LossType, Output> : MetricTargetOf<MetricType, LossType, Output> {};

template <class Wanted, class Given>
struct MetricTarget {
  static_assert(
      shapes_agree<at_target, expects<Wanted>, gets<Given>>,
      "ctnn: a metric must take the targets that the loss takes; what is named Sparse takes class numbers, all others one "
      "number for each output");
};

/// Checks that the metrics can read the targets of the loss behind a network of this output.
template <class LossType, class Output, class... Metrics>
constexpr void check_metric_targets() {
  static_assert((sizeof(MetricTarget<typename MetricTargetOf<Metrics, LossType, Output>::type, TargetShape<LossType, Output>>) +
                 ... + 1) > 0);
}

/// The metric itself, or a loss as one.
template <MetricOrLoss Type>
using MetricOf = std::remove_cvref_t<decltype(metric_of(std::declval<const Type&>()))>;

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
