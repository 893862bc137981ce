// SGD
#pragma once

#include "optimizer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's SGD: gradient descent, w −= lr·g; with momentum v = μv − lr·g, w += v, or Nesterov's w += μv − lr·g with the new v.
struct SGD {
  LearningRate learning_rate = 0.01;  ///< > 0, or a schedule
  double momentum = 0.0;              ///< μ in [0, 1]
  bool nesterov = false;
  double weight_decay = 0.0;     ///< w −= w·weight_decay·lr before the step
  double clipnorm = 0.0;         ///< longest gradient of each array of parameters; 0 for any
  double clipvalue = 0.0;        ///< largest magnitude in the gradient; 0 for any
  double global_clipnorm = 0.0;  ///< longest gradient of all parameters together; 0 for any

  static constexpr const char* name = "SGD";
  static constexpr std::size_t slots = 1;

  constexpr std::size_t slots_in_use() const { return momentum == 0 ? 0 : 1; }

  template <class Scalar>
  constexpr Problem problem() const {
    if (const Problem shared = detail::shared_problem<Scalar>(*this)) return shared;
    if (!(momentum >= 0 && momentum <= 1)) return {"SGD's momentum must lie in [0, 1]", momentum};
    return nullptr;
  }

  template <class Scalar>
  struct Step {
    Scalar negative_rate, momentum;
    bool nesterov;

    template <std::size_t InUse, class Lane>
    CTNN_INLINE constexpr void update(Lane& parameter, Lane gradient, [[maybe_unused]] Lane* state) const {
      const Lane rate(negative_rate);
      if constexpr (InUse == 0) {
        parameter = math::mul_add(gradient, rate, parameter);
      } else {
        const Lane inertia(momentum);
        const Lane velocity = detail::faded(math::mul_add(state[0], inertia, gradient * rate));
        state[0] = velocity;
        parameter += nesterov ? math::mul_add(velocity, inertia, gradient * rate) : velocity;
      }
    }
  };

  template <class Scalar>
  CTNN_INLINE constexpr Step<Scalar> at(std::uint64_t step) const {
    return {static_cast<Scalar>(-learning_rate(step - 1)), static_cast<Scalar>(momentum), nesterov};
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
