// PolynomialDecay: a rate that falls to a last value along a power of the time that is left.
#pragma once

#include "../step_math.hpp"
#include "schedule.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's PolynomialDecay: (initial_learning_rate − end_learning_rate) · (1 − step / decay_steps)^power + end_learning_rate.
/// After decay_steps the rate stays; with `cycle` it begins anew, each time over the next multiple of decay_steps.
struct PolynomialDecay {
  double initial_learning_rate;       ///< > 0
  std::uint64_t decay_steps;          ///< ≥ 1
  double end_learning_rate = 0.0001;  ///< ≥ 0
  double power = 1.0;                 ///< > 0
  bool cycle = false;

  constexpr double operator()(std::uint64_t step) const {
    const auto period = static_cast<double>(decay_steps);
    double passed = static_cast<double>(step) / period;
    if (cycle) {
      const std::uint64_t periods = step == 0 ? 1 : (step - 1) / decay_steps + 1;
      passed /= static_cast<double>(periods);
    } else if (step > decay_steps) {
      passed = 1;
    }
    return (initial_learning_rate - end_learning_rate) * detail::power(1 - passed, power) + end_learning_rate;
  }

  constexpr Problem problem() const {
    if (!math::is_positive_as<double>(initial_learning_rate))
      return {"PolynomialDecay's initial_learning_rate must be positive and finite", initial_learning_rate};
    if (decay_steps == 0) return {"PolynomialDecay's decay_steps must be at least 1", static_cast<double>(decay_steps)};
    if (!(end_learning_rate >= 0 && math::is_finite(end_learning_rate)))
      return {"PolynomialDecay's end_learning_rate must be finite and not negative", end_learning_rate};
    if (!math::is_positive_as<double>(power)) return {"PolynomialDecay's power must be positive and finite", power};
    return nullptr;
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
