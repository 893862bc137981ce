// Weighted: a metric in which samples count by their weights.
#pragma once

#include <type_traits>
#include <utility>

#include "../problem.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// A metric or loss, as what Keras's compile takes as weighted_metrics: each sample counts by its weight, that of `sample_weight`
/// or `class_weight`, and 1 where neither is given. All other metrics leave weights aside: `compile(Adam{}, MeanSquaredError{},
/// Accuracy{}, Weighted{Accuracy{}})`. It is logged by the metric's name or, where that is taken, as "weighted_…".
template <class MetricType>
struct Weighted {
  static constexpr const char* name = MetricType::name;

  MetricType metric;

  template <class Scalar>
    requires requires(const MetricType& options) { options.template problem<Scalar>(); }
  constexpr Problem problem() const {
    return metric.template problem<Scalar>();
  }
  template <class Output>
    requires requires(const MetricType& options) { options.template problem_behind<Output>(); }
  constexpr Problem problem_behind() const {
    return metric.template problem_behind<Output>();
  }
};

namespace detail {

template <class MetricType>
constexpr bool is_weighted = false;
template <class MetricType>
constexpr bool is_weighted<Weighted<MetricType>> = true;

/// The metric that is weighted, or itself.
template <class MetricType>
constexpr const MetricType* unweighted(const MetricType& metric) {
  return &metric;
}
template <class MetricType>
constexpr const MetricType* unweighted(const Weighted<MetricType>& metric) {
  return &metric.metric;
}
template <class MetricType>
using Unweighted = std::remove_cvref_t<decltype(*unweighted(std::declval<const MetricType&>()))>;

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
