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

/// So many numbers one after another may be added to a float. Each addition errs by half a unit of the sum's last place, equal
/// numbers all to the same side: that makes 1e-6 of the sum, and grows with their count.
inline constexpr std::size_t most_addends = 56;

/// The sum of term(value) over an array, in four registers side by side, so that one addition need not wait for the last, and in
/// stretches, so that the sum of many numbers does not drift.
template <class Scalar, class Term>
CTNN_INLINE constexpr Scalar sum_of(const Scalar* values, std::size_t count, const Term& term) {
  using Lane = NativeLane<Scalar>;
  constexpr std::size_t width = width_of<Lane>, stretch = most_addends * 4 * width;
  double total = 0;
  std::size_t i = 0;
  do {
    const std::size_t end = count - i < stretch ? count : i + stretch;
    Scalar part = 0;
    if constexpr (width > 1) {
      if (!std::is_constant_evaluated()) {
        Lane totals[4] = {Lane(0), Lane(0), Lane(0), Lane(0)};
        for (; i + 4 * width <= end; i += 4 * width) {
          CTNN_UNROLL
          for (std::size_t k = 0; k < 4; ++k) totals[k] += term(Lane::load(values + i + k * width));
        }
        for (; i + width <= end; i += width) totals[0] += term(Lane::load(values + i));
        part = sum((totals[0] + totals[1]) + (totals[2] + totals[3]));
      }
    }
    for (; i < end; ++i) part += term(values[i]);
    total += static_cast<double>(part);
  } while (i < count);
  return static_cast<Scalar>(total);
}

/// sum[i] += addend[i]. Written in registers, since compilers do not vectorize such a loop by themselves at -O2. A function that
/// all networks share.
template <class Scalar>
CTNN_NOINLINE void add_to(Scalar* sum, const Scalar* addend, std::size_t count) {
  for_each_register<Scalar>(0, count, [=]<class Lane>(std::size_t i) CTNN_INLINE_LAMBDA {
    store(load<Lane>(sum + i) + load<Lane>(addend + i), sum + i);
  });
}

/// The same of a sum of many addends, sum + lost, of which `lost` is what a number of this type cannot hold of it: with twice the
/// digits (Knuth's and Dekker's two-sums), which any count of addends may spoil.
template <class Scalar>
CTNN_NOINLINE constexpr void add_to(Scalar* sum, Scalar* lost, const Scalar* addend, std::size_t count) {
  for_each_register<Scalar>(0, count, [=]<class Lane>(std::size_t i) CTNN_INLINE_LAMBDA {
    const auto rounded = [](Lane value) CTNN_INLINE_LAMBDA {
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__)
      // A compiler that calculates as with real numbers must not see where this comes from.
      if (!std::is_constant_evaluated()) asm("" : "+m"(value));
#endif
      return value;
    };
    const Lane before = load<Lane>(sum + i), added = load<Lane>(addend + i);
    const Lane after = rounded(before + added), taken = rounded(after - before);
    const Lane of_sum = rounded(before - rounded(after - taken)), of_addend = rounded(added - taken);
    const Lane rest = rounded(load<Lane>(lost + i) + rounded(of_sum + of_addend));
    const Lane result = rounded(after + rest);
    store(rest - rounded(result - after), lost + i);
    store(result, sum + i);
  });
}

}  // namespace ctnn::inline CTNN_VARIANT::kernels
