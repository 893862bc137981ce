// Adam: steps divided by the root of an average of squared gradients, along an average of gradients.
#pragma once

#include "optimizer.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// One step of Adam or AdamW (Kingma and Ba 2015, with ε̂ of the text before their section 2.1, as Keras), or of AMSGrad (Reddi,
/// Kale and Kumar 2018), which has a third slot. state: m, v and the largest v.
template <class Scalar>
struct AdamStep {
  Scalar alpha;           ///< lr·√(1 − β₂ᵗ) / (1 − β₁ᵗ)
  Scalar rest_1, rest_2;  ///< 1 − β₁ and 1 − β₂
  Scalar epsilon;

  template <std::size_t InUse, class Lane>
  CTNN_INLINE constexpr void update(Lane& parameter, Lane gradient, Lane* state) const {
    state[0] = faded<below_rates>(math::mul_add(gradient - state[0], Lane(rest_1), state[0]));
    state[1] = faded(math::mul_add(finite_square(gradient) - state[1], Lane(rest_2), state[1]));
    Lane v = state[1];
    if constexpr (InUse == 3) v = state[2] = (math::max)(state[2], v);
    parameter -= state[0] * Lane(alpha) / (math::sqrt(v) + Lane(epsilon));
  }
};

template <class Scalar, class Optimizer>
constexpr AdamStep<Scalar> adam_step(const Optimizer& optimizer, std::uint64_t step) {
  const double bias_1 = 1 - power(optimizer.beta_1, step), bias_2 = 1 - power(optimizer.beta_2, step);
  return {static_cast<Scalar>(optimizer.learning_rate(step - 1) * math::sqrt(bias_2) / bias_1),
          static_cast<Scalar>(1 - optimizer.beta_1), static_cast<Scalar>(1 - optimizer.beta_2),
          static_cast<Scalar>(optimizer.epsilon)};
}

template <class Scalar, class Optimizer>
constexpr Problem adam_problem(const Optimizer& optimizer) {
  if (const Problem shared = shared_problem<Scalar>(optimizer)) return shared;
  if (!(optimizer.beta_1 >= 0 && optimizer.beta_1 < 1)) return {about<Optimizer, "'s beta_1 must lie in [0, 1)">, optimizer.beta_1};
  if (!(optimizer.beta_2 >= 0 && optimizer.beta_2 < 1)) return {about<Optimizer, "'s beta_2 must lie in [0, 1)">, optimizer.beta_2};
  if (!math::is_positive_as<Scalar>(optimizer.epsilon))
    return {about<Optimizer, "'s epsilon must be positive, finite and normal as one of the model's numbers">, optimizer.epsilon};
  return nullptr;
}

}  // namespace detail

/// Keras's Adam: m += (g − m)(1 − β₁), v += (g² − v)(1 − β₂), w −= α·m / (√v + ε) with α = lr·√(1 − β₂ᵗ) / (1 − β₁ᵗ); with
/// amsgrad, v stands for the largest v so far.
struct Adam {
  LearningRate learning_rate = 0.001;  ///< > 0, or a schedule
  double beta_1 = 0.9;                 ///< β₁ in [0, 1)
  double beta_2 = 0.999;               ///< β₂ in [0, 1)
  double epsilon = 1e-7;               ///< ε > 0
  bool amsgrad = false;
  double weight_decay = 0.0;     ///< w −= w·weight_decay·lr before the step
  double clipnorm = 0.0;         ///< longest gradient of each array of parameters; 0 for any
  double clipvalue = 0.0;        ///< largest magnitude in the gradient; 0 for any
  double global_clipnorm = 0.0;  ///< longest gradient of all parameters together; 0 for any

  static constexpr const char* name = "Adam";
  static constexpr std::size_t slots = 3, least_slots = 2;

  constexpr std::size_t slots_in_use() const { return amsgrad ? 3 : 2; }

  template <class Scalar>
  constexpr Problem problem() const {
    return detail::adam_problem<Scalar>(*this);
  }

  template <class Scalar>
  constexpr auto at(std::uint64_t step) const {
    return detail::adam_step<Scalar>(*this, step);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
