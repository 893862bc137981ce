// Passes over arrays of any length: whole registers first, then what is left number by number.
#pragma once

#include <cstddef>
#include <type_traits>

#include "reduction.hpp"

namespace ctnn::inline CTNN_VARIANT::kernels {

template <class Lane>
CTNN_INLINE constexpr Lane load(const ScalarOf<Lane>* source) {
  if constexpr (width_of<Lane> == 1) {
    return *source;
  } else {
    return Lane::load(source);
  }
}
template <class Lane>
CTNN_INLINE constexpr void store(Lane value, ScalarOf<Lane>* target) {
  if constexpr (width_of<Lane> == 1) {
    *target = value;
  } else {
    value.store(target);
  }
}

/// Calls body.operator()<Lane>(i) for whole registers of [first, last), then for what is left number by number.
template <class Scalar, class Body>
CTNN_INLINE constexpr void for_each_register(std::size_t first, std::size_t last, const Body& body) {
  using Lane = NativeLane<Scalar>;
  constexpr std::size_t width = width_of<Lane>;
  std::size_t i = first;
  if constexpr (width > 1) {
    if (!std::is_constant_evaluated()) {
      for (; i + width <= last; i += width) body.template operator()<Lane>(i);
    }
  }
  for (; i < last; ++i) body.template operator()<Scalar>(i);
}

/// The sum of term(value) over an array, in four registers side by side, so that one addition need not wait for the last.
template <class Scalar, class Term>
CTNN_INLINE constexpr Scalar sum_of(const Scalar* values, std::size_t count, const Term& term) {
  using Lane = NativeLane<Scalar>;
  constexpr std::size_t width = width_of<Lane>;
  Scalar rest = 0;
  std::size_t i = 0;
  if constexpr (width > 1) {
    if (!std::is_constant_evaluated()) {
      Lane totals[4] = {Lane(0), Lane(0), Lane(0), Lane(0)};
      for (; i + 4 * width <= count; i += 4 * width) {
        CTNN_UNROLL
        for (std::size_t k = 0; k < 4; ++k) totals[k] += term(Lane::load(values + i + k * width));
      }
      for (; i + width <= count; i += width) totals[0] += term(Lane::load(values + i));
      rest = sum((totals[0] + totals[1]) + (totals[2] + totals[3]));
    }
  }
  for (; i < count; ++i) rest += term(values[i]);
  return rest;
}

/// sum[i] += addend[i]. Written in registers, since compilers do not vectorize such a loop by themselves at -O2. A function that
/// all networks share.
template <class Scalar>
CTNN_NOINLINE void add_to(Scalar* sum, const Scalar* addend, std::size_t count) {
  for_each_register<Scalar>(0, count, [=]<class Lane>(std::size_t i) CTNN_INLINE_LAMBDA {
    store(load<Lane>(sum + i) + load<Lane>(addend + i), sum + i);
  });
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
