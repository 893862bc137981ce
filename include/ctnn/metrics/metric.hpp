// The contract of a metric: a value type with
//
//   static constexpr const char* name                                  Keras's name
//   template <class LossType, class Output, class Lane>
//   constexpr Lane evaluate(const Lane* predicted, const Lane* target) const
//     its value for each sample of the lane; target has the loss's target_shape
//
// and, where it has them,
//
//   template <class Scalar> constexpr Problem problem() const          what is wrong with its options (problem.hpp), or null
//   template <class Output> using target_shape                         the only shape of a sample's target that it can read
//
// The mean over the samples of a batch or data set is what is reported. A loss stands for a metric, too (LossMetric), which is
// given room for the gradient that it writes beside its value.
#pragma once

#include "../diagnostics.hpp"
#include "../losses/loss.hpp"

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

/// A metric, by the contract above.
template <class Type>
concept Metric = detail::is_loss_metric<Type> || requires(const Type& metric, const float* values) {
  { Type::name } -> std::convertible_to<const char*>;
  { metric.template evaluate<detail::AnyLoss, Shape<2>>(values, values) } -> std::same_as<float>;
};

/// What `compile` takes behind the loss: `Accuracy{}`, `MeanAbsoluteError{}`.
template <class Type>
concept MetricOrLoss = Metric<Type> || Loss<Type>;

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

template <class MetricType, class LossType, class Output>
struct MetricTargetOf {
  using type = TargetShape<LossType, Output>;
};
template <class MetricType, class LossType, class Output>
  requires requires { typename MetricType::template target_shape<Output>; }
struct MetricTargetOf<MetricType, LossType, Output> {
  using type = typename MetricType::template target_shape<Output>;
};

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
