// The contract of a metric: a value type with
//
//   static constexpr const char* name                                  Keras's name
//   template <class LossType, class Output, class Lane>
//   constexpr Lane evaluate(const Lane* predicted, const Lane* target) const
//     its value for each sample of the lane; target has the loss's target_shape
//
// and, where it has options, `template <class Scalar> constexpr const char* problem() const`: what is wrong with them, or null.
// The mean over the samples of a batch or data set is what is reported.
#pragma once

#include "../losses/loss.hpp"

namespace ctnn {

namespace detail {

/// What a metric is asked about where no loss is known.
struct AnyLoss {};

}  // namespace detail

/// A metric, by the contract above.
template <class Type>
concept Metric = requires(const Type& metric, const float* values) {
  { Type::name } -> std::convertible_to<const char*>;
  { metric.template evaluate<detail::AnyLoss, Shape<2>>(values, values) } -> std::same_as<float>;
};

}  // namespace ctnn
