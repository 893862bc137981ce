// RMSprop: steps divided by the root of an average of squared gradients.
#pragma once

#include "optimizer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's RMSprop (Hinton 2012): v = ρv + (1 − ρ)g², w −= lr·g / √(v + ε); centered, ḡ = ρḡ + (1 − ρ)g and v − ḡ² in place of v;
/// with momentum, m = μm + lr·g / √…, w −= m.
struct RMSprop {
  LearningRate learning_rate = 0.001;  ///< > 0, or a schedule
  double rho = 0.9;                    ///< ρ in [0, 1]
  double momentum = 0.0;               ///< μ in [0, 1]
  double epsilon = 1e-7;               ///< ε > 0
  bool centered = false;
  double weight_decay = 0.0;     ///< w −= w·weight_decay·lr before the step
  double clipnorm = 0.0;         ///< longest gradient of each array of parameters; 0 for any
  double clipvalue = 0.0;        ///< largest magnitude in the gradient; 0 for any
  double global_clipnorm = 0.0;  ///< longest gradient of all parameters together; 0 for any

  static constexpr const char* name = "RMSprop";
  static constexpr std::size_t slots = 3, least_slots = 1;

  constexpr std::size_t slots_in_use() const { return 1u + (momentum > 0) + centered; }

  template <class Scalar>
  constexpr Problem problem() const {
    if (const Problem shared = detail::shared_problem<Scalar>(*this)) return shared;
    if (!(rho >= 0 && rho <= 1)) return {"RMSprop's rho must lie in [0, 1]", rho};
    if (!(momentum >= 0 && momentum <= 1)) return {"RMSprop's momentum must lie in [0, 1]", momentum};
    if (!math::is_positive_as<Scalar>(epsilon))
      return {"RMSprop's epsilon must be positive, finite and normal as one of the model's numbers", epsilon};
    return nullptr;
  }

  template <class Scalar>
  struct Step {
    Scalar rate, rho, rest, momentum, epsilon;
    bool centered;

    /// state: v; then m with momentum; then ḡ if centered.
    template <std::size_t InUse, class Lane>
    CTNN_INLINE constexpr void update(Lane& parameter, Lane gradient, Lane* state) const {
      state[0] = detail::faded(math::mul_add(state[0], Lane(rho), detail::finite_square(gradient) * Lane(rest)));
      Lane v = state[0];
      if (InUse == 3 || (InUse == 2 && centered)) {
        Lane& mean = state[InUse - 1];
        mean = detail::faded(math::mul_add(mean, Lane(rho), gradient * Lane(rest)));
        // Not negative but for rounding, which in float may be more than ε.
        v = (math::max)(v - mean * mean, Lane(0));
      }
      const Lane increment = gradient * Lane(rate) / math::sqrt(v + Lane(epsilon));
      if (InUse == 3 || (InUse == 2 && !centered)) {
        state[1] = detail::faded(math::mul_add(state[1], Lane(momentum), increment));
        parameter -= state[1];
      } else {
        parameter -= increment;
      }
    }
  };

  template <class Scalar>
  constexpr Step<Scalar> at(std::uint64_t step) const {
    return {static_cast<Scalar>(learning_rate(step - 1)),
            static_cast<Scalar>(rho),
            static_cast<Scalar>(1 - rho),
            static_cast<Scalar>(momentum),
            static_cast<Scalar>(epsilon),
            centered};
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
