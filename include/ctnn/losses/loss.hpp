// The contract of a loss: a value type with
//
//   static constexpr const char* name                                  Keras's name
//   template <class Output, class Lane>
//   constexpr Lane evaluate(const Lane* predicted, const Lane* target, ScalarOf<Lane> scale, Lane* gradient) const
//     the loss of each sample of the lane; writes gradient[i] = scale · ∂loss/∂predicted[i]
//
// and, where it has options, `template <class Scalar> constexpr const char* problem() const`: what is wrong with them, or null.
//
// The trainer averages over the batch; scale is 1 / batch size.
#pragma once

#include "../kernels/elementary.hpp"
#include "../shape.hpp"

namespace ctnn {

using kernels::ScalarOf;

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
}  // namespace ctnn
