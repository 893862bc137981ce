// AdamW: Adam with decoupled weight decay.
#pragma once

#include "adam.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's AdamW (Loshchilov and Hutter 2019): w −= w·weight_decay·lr, for every parameter, biases too; then Adam's step.
struct AdamW {
  LearningRate learning_rate = 0.001;  ///< > 0, or a schedule
  double weight_decay = 0.004;         ///< ≥ 0
  double beta_1 = 0.9;                 ///< β₁ in [0, 1)
  double beta_2 = 0.999;               ///< β₂ in [0, 1)
  double epsilon = 1e-7;               ///< ε > 0
  bool amsgrad = false;
  double clipnorm = 0.0;         ///< longest gradient of each array of parameters; 0 for any
  double clipvalue = 0.0;        ///< largest magnitude in the gradient; 0 for any
  double global_clipnorm = 0.0;  ///< longest gradient of all parameters together; 0 for any

  static constexpr const char* name = "AdamW";
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
