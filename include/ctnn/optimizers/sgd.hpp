// SGD
#pragma once

#include "optimizer.hpp"

namespace ctnn {

/// Keras's SGD: gradient descent, with momentum v = μv − lr·g, w += v, or Nesterov's w += μv − lr·g with the new v.
struct SGD {
  double learning_rate = 0.01;  ///< > 0
  double momentum = 0.0;        ///< μ in [0, 1]
  bool nesterov = false;

  static constexpr const char* name = "SGD";
  static constexpr std::size_t slots = 1;

  constexpr std::size_t slots_in_use() const { return momentum == 0 ? 0 : 1; }

  template <class Scalar>
  constexpr const char* problem() const {
    if (!math::is_positive_as<Scalar>(learning_rate))
      return "SGD's learning_rate must be positive and finite as one of the model's numbers";
    if (!(momentum >= 0 && momentum <= 1)) return "SGD's momentum must lie in [0, 1]";
    return nullptr;
  }

  template <std::size_t InUse, class Lane>
  CTNN_INLINE constexpr void update(Lane& parameter, Lane gradient, [[maybe_unused]] Lane* state, std::uint64_t) const {
    const Lane rate(static_cast<ScalarOf<Lane>>(-learning_rate));
    if constexpr (InUse == 0) {
      parameter = math::mul_add(gradient, rate, parameter);
    } else {
      const Lane inertia(static_cast<ScalarOf<Lane>>(momentum));
      const Lane velocity = math::mul_add(state[0], inertia, gradient * rate);
      state[0] = velocity;
      parameter += nesterov ? math::mul_add(velocity, inertia, gradient * rate) : velocity;
    }
  }
};

}  // namespace ctnn
