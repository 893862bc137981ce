// InverseTimeDecay: a rate that shrinks as 1 / (1 + time).
#pragma once

#include "../step_math.hpp"
#include "schedule.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's InverseTimeDecay: initial_learning_rate / (1 + decay_rate · step / decay_steps), the quotient rounded down for a
/// staircase.
struct InverseTimeDecay {
  double initial_learning_rate;  ///< > 0
  std::uint64_t decay_steps;     ///< ≥ 1
  double decay_rate;             ///< ≥ 0
  bool staircase = false;

  constexpr double operator()(std::uint64_t step) const {
    const double periods = detail::periods(step, decay_steps, staircase);
    return initial_learning_rate / (1 + decay_rate * periods);
  }

  constexpr Problem problem() const {
    if (!math::is_positive_as<double>(initial_learning_rate))
      return {"InverseTimeDecay's initial_learning_rate must be positive and finite", initial_learning_rate};
    if (decay_steps == 0) return {"InverseTimeDecay's decay_steps must be at least 1", static_cast<double>(decay_steps)};
    if (!(decay_rate >= 0 && math::is_finite(decay_rate)))
      return {"InverseTimeDecay's decay_rate must be finite and not negative", decay_rate};
    return nullptr;
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
