// ExponentialDecay: a rate that shrinks by the same factor in the same number of steps.
#pragma once

#include "../step_math.hpp"
#include "schedule.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's ExponentialDecay: initial_learning_rate · decay_rate^(step / decay_steps), the exponent rounded down for a staircase.
struct ExponentialDecay {
  double initial_learning_rate;  ///< > 0
  std::uint64_t decay_steps;     ///< ≥ 1
  double decay_rate;             ///< > 0
  bool staircase = false;

  constexpr double operator()(std::uint64_t step) const {
    const double periods = detail::periods(step, decay_steps, staircase);
    return initial_learning_rate * detail::power(decay_rate, periods);
  }

  constexpr Problem problem() const {
    if (!math::is_positive_as<double>(initial_learning_rate))
      return {"ExponentialDecay's initial_learning_rate must be positive and finite", initial_learning_rate};
    if (decay_steps == 0) return {"ExponentialDecay's decay_steps must be at least 1", static_cast<double>(decay_steps)};
    if (!math::is_positive_as<double>(decay_rate)) return {"ExponentialDecay's decay_rate must be positive and finite", decay_rate};
    return nullptr;
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
