// Adagrad: steps divided by the root of the sum of all squared gradients so far.
#pragma once

#include "optimizer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's Adagrad (Duchi, Hazan and Singer 2011): a += g², w −= lr·g / √(a + ε), where a begins at initial_accumulator_value.
struct Adagrad {
  LearningRate learning_rate = 0.001;      ///< > 0, or a schedule
  double initial_accumulator_value = 0.1;  ///< ≥ 0
  double epsilon = 1e-7;                   ///< ε > 0
  double weight_decay = 0.0;               ///< w −= w·weight_decay·lr before the step
  double clipnorm = 0.0;                   ///< longest gradient of each array of parameters; 0 for any
  double clipvalue = 0.0;                  ///< largest magnitude in the gradient; 0 for any
  double global_clipnorm = 0.0;            ///< longest gradient of all parameters together; 0 for any

  static constexpr const char* name = "Adagrad";
  static constexpr std::size_t slots = 1, least_slots = 1;

  constexpr std::size_t slots_in_use() const { return 1; }
  constexpr double initial_state(std::size_t) const { return initial_accumulator_value; }

  template <class Scalar>
  constexpr Problem problem() const {
    if (const Problem shared = detail::shared_problem<Scalar>(*this)) return shared;
    if (!detail::is_none_or_positive<Scalar>(initial_accumulator_value))
      return {"Adagrad's initial_accumulator_value must be finite as one of the model's numbers and not negative",
              initial_accumulator_value};
    if (!math::is_positive_as<Scalar>(epsilon))
      return {"Adagrad's epsilon must be positive, finite and normal as one of the model's numbers", epsilon};
    return nullptr;
  }

  template <class Scalar>
  struct Step {
    Scalar rate, epsilon;

    template <std::size_t InUse, class Lane>
    CTNN_INLINE constexpr void update(Lane& parameter, Lane gradient, Lane* state) const {
      state[0] = (math::min)(state[0] + detail::finite_square(gradient), Lane((std::numeric_limits<ScalarOf<Lane>>::max)()));
      parameter -= gradient * Lane(rate) / math::sqrt(state[0] + Lane(epsilon));
    }
  };

  template <class Scalar>
  constexpr Step<Scalar> at(std::uint64_t step) const {
    return {static_cast<Scalar>(learning_rate(step - 1)), static_cast<Scalar>(epsilon)};
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
