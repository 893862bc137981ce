// The penalties of regularised parameters (layers/regularized.hpp): l1·Σ|w| + l2·Σw², as Keras adds them to the loss.
#pragma once

#include "../kernels/arithmetic.hpp"
#include "variables.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

template <class Net>
inline constexpr bool has_penalties = [] {
  for (const Variable& variable : variables<Net>) {
    if (variable.trainable && (variable.l1 != 0 || variable.l2 != 0)) return true;
  }
  return false;
}();

// The passes over an array are functions of their own, which all networks share.

template <class Scalar>
CTNN_NOINLINE constexpr Scalar penalty_of(const Variable& variable, const Scalar* parameters) {
  const Scalar* const values = parameters + variable.first;
  Scalar penalty = 0;
  if (variable.l1 != 0) {
    penalty +=
        static_cast<Scalar>(variable.l1) * sum_of(values, variable.size, [](auto w) CTNN_INLINE_LAMBDA { return (math::abs)(w); });
  }
  if (variable.l2 != 0) {
    penalty += static_cast<Scalar>(variable.l2) * sum_of(values, variable.size, [](auto w) CTNN_INLINE_LAMBDA { return w * w; });
  }
  return penalty;
}

/// l1·sign(w) + 2·l2·w, with sign 0 at 0.
template <class Scalar>
CTNN_NOINLINE constexpr void add_penalty_gradient(const Variable& variable, const Scalar* parameters, Scalar* gradient) {
  const auto l1 = static_cast<Scalar>(variable.l1), twice_l2 = static_cast<Scalar>(2 * variable.l2);
  for_each_register<Scalar>(variable.first, variable.last(), [&]<class Lane>(std::size_t i) CTNN_INLINE_LAMBDA {
    const Lane w = load<Lane>(parameters + i);
    const Lane slope = math::select(w > Lane(0), Lane(l1), math::select(w < Lane(0), Lane(-l1), Lane(0)));
    store(load<Lane>(gradient + i) + math::mul_add(w, Lane(twice_l2), slope), gradient + i);
  });
}

/// The penalty of a network's parameters; 0 for networks without any, at no cost.
template <class Net, class Scalar>
constexpr Scalar penalty([[maybe_unused]] const Scalar* parameters) {
  Scalar total = 0;
  if constexpr (has_penalties<Net>) {
    for (const Variable& variable : variables<Net>) {
      if (variable.trainable) total += penalty_of(variable, parameters);
    }
  }
  return total;
}

/// The same; also adds its gradient by every parameter to `gradient`.
template <class Net, class Scalar>
constexpr Scalar add_penalties(const Scalar* parameters, [[maybe_unused]] Scalar* gradient) {
  if constexpr (has_penalties<Net>) {
    for (const Variable& variable : variables<Net>) {
      if (variable.trainable && (variable.l1 != 0 || variable.l2 != 0)) add_penalty_gradient(variable, parameters, gradient);
    }
  }
  return penalty<Net>(parameters);
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
