// The contract of a loss: a value type with
//
//   static constexpr const char* name                                  Keras's name
//   template <class Output, class Lane>
//   constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane> scale, Lane* gradient) const
//     the loss of each sample of the lane; writes gradient[i] = scale · ∂loss/∂predicted[i]
//
// and, where it has them,
//
//   template <class Scalar> constexpr Problem problem() const          what is wrong with its options (problem.hpp), or null
//   template <class Output> using target_shape                         the shape of one sample's target; else Output
//   static constexpr Distribution fused_distribution                   of the last layer that it can take over
//   template <class Output, class Lane>
//   constexpr Lane evaluate_logits(const Lane* logits, const Lane* target, ScalarOf<Lane> scale, Lane* probabilities,
//                                  Lane* gradient) const
//     the same behind such a layer, from that layer's input; also writes its output, and gradient is by the logits
//
// The trainer averages over the batch; scale is 1 / batch size.
#pragma once

#include "../distribution.hpp"
#include "../kernels/elementary.hpp"
#include "../problem.hpp"
#include "../shape.hpp"

namespace ctnn::inline CTNN_VARIANT {

using kernels::ScalarOf;

namespace detail {

template <class LossType, class Output>
struct TargetShapeOf {
  using type = Output;
};
template <class LossType, class Output>
  requires requires { typename LossType::template target_shape<Output>; }
struct TargetShapeOf<LossType, Output> {
  using type = typename LossType::template target_shape<Output>;
};

template <class LossType>
constexpr Distribution fused_distribution = Distribution::none;
template <class LossType>
  requires requires { LossType::fused_distribution; }
constexpr Distribution fused_distribution<LossType> = LossType::fused_distribution;

}  // namespace detail

/// The shape of one sample's target for a loss behind a network of this output.
template <class LossType, class Output>
using TargetShape = typename detail::TargetShapeOf<LossType, Output>::type;

/// A loss, by the contract above.
template <class Type>
concept Loss = requires(const Type& loss, const float* values, float* gradient) {
  { Type::name } -> std::convertible_to<const char*>;
  { loss.template evaluate<Shape<2>>(values, values, 1.0f, gradient) } -> std::same_as<float>;
};

namespace detail {

/// Evaluates a loss that is the mean of a function of predicted − target over a sample's values: it has value(error) and
/// derivative(error, factor), the derivative times a factor, generic over the lane.
template <class Output, class Loss, class Lane>
CTNN_INLINE constexpr Lane mean_of_errors(const Loss& loss, const Lane* predicted, const Lane* target, ScalarOf<Lane> scale,
                                          Lane* gradient) {
  constexpr auto share = ScalarOf<Lane>(1) / ScalarOf<Lane>(Output::size);
  const Lane factor(scale * share);
  Lane total(0);
  for (std::size_t i = 0; i < Output::size; ++i) {
    const Lane error = predicted[i] - target[i];
    total += loss.value(error);
    gradient[i] = loss.derivative(error, factor);
  }
  return Output::size == 1 ? total : total * Lane(share);
}

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
