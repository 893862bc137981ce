// CosineDecay: a rate that falls along half a cosine, after a linear warm-up where one is wanted.
#pragma once

#include <optional>

#include "../step_math.hpp"
#include "schedule.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's CosineDecay (Loshchilov and Hutter 2016): with r = initial_learning_rate,
/// r·((1 − alpha)·½(1 + cos(π·step / decay_steps)) + alpha), and r·alpha after decay_steps.
/// With a warmup_target the rate first rises from initial_learning_rate to it in a line over warmup_steps, and the decay, then
/// counted from there, begins at the target.
struct CosineDecay {
  double initial_learning_rate;                        ///< > 0; with a warm-up it may be 0
  std::uint64_t decay_steps;                           ///< ≥ 1
  double alpha = 0.0;                                  ///< in [0, 1]: the last rate, as a part of the highest
  std::optional<double> warmup_target = std::nullopt;  ///< > 0
  std::uint64_t warmup_steps = 0;

  constexpr double operator()(std::uint64_t step) const {
    double highest = initial_learning_rate;
    if (warmup_target) {
      if (step < warmup_steps) {
        const double passed = static_cast<double>(step) / static_cast<double>(warmup_steps);
        return (*warmup_target - initial_learning_rate) * passed + initial_learning_rate;
      }
      step -= warmup_steps;
      highest = *warmup_target;
    }
    const double passed = step < decay_steps ? static_cast<double>(step) / static_cast<double>(decay_steps) : 1;
    return highest * ((1 - alpha) * (0.5 * (1 + detail::cosine_of_pi_times(passed))) + alpha);
  }

  constexpr Problem problem() const {
    if (!(warmup_target && initial_learning_rate == 0) && !math::is_positive_as<double>(initial_learning_rate))
      return {"CosineDecay's initial_learning_rate must be positive and finite, or 0 before a warm-up", initial_learning_rate};
    if (decay_steps == 0) return {"CosineDecay's decay_steps must be at least 1", static_cast<double>(decay_steps)};
    if (!(alpha >= 0 && alpha <= 1)) return {"CosineDecay's alpha must lie in [0, 1]", alpha};
    if (warmup_target && !math::is_positive_as<double>(*warmup_target))
      return {"CosineDecay's warmup_target must be positive and finite", *warmup_target};
    if (!warmup_target && warmup_steps > 0) return "CosineDecay's warmup_steps must come with a warmup_target";
    return nullptr;
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
