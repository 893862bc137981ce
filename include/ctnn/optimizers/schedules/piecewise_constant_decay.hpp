// PiecewiseConstantDecay: a rate that falls in steps.
#pragma once

#include <cstddef>

#include "../step_math.hpp"
#include "schedule.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// Up to `Capacity` numbers, written as a list in braces.
template <class Number, std::size_t Capacity>
struct ShortList {
  std::size_t size = 0;
  Number numbers[Capacity] = {};

  constexpr ShortList() = default;
  template <std::convertible_to<Number>... Numbers>
    requires(sizeof...(Numbers) > 0 && sizeof...(Numbers) <= Capacity)
  constexpr ShortList(Numbers... list) : size(sizeof...(Numbers)), numbers{static_cast<Number>(list)...} {}

  constexpr Number operator[](std::size_t i) const { return numbers[i]; }
};

}  // namespace detail

/// Keras's PiecewiseConstantDecay: values[0] up to and including step boundaries[0], then values[1] up to and including
/// boundaries[1], …, the last value after the last boundary. At most eight boundaries.
struct PiecewiseConstantDecay {
  detail::ShortList<std::uint64_t, 8> boundaries;  ///< at least one; each more than the one before
  detail::ShortList<double, 9> values;             ///< > 0; one more than boundaries

  constexpr double operator()(std::uint64_t step) const {
    std::size_t i = 0;
    while (i < boundaries.size && step > boundaries[i]) ++i;
    return values[i];
  }

  constexpr Problem problem() const {
    if (boundaries.size == 0) return "PiecewiseConstantDecay's boundaries must be at least one";
    if (values.size != boundaries.size + 1) return "PiecewiseConstantDecay's values must be one more than its boundaries";
    for (std::size_t i = 1; i < boundaries.size; ++i) {
      if (boundaries[i] <= boundaries[i - 1]) return "PiecewiseConstantDecay's boundaries must increase";
    }
    for (std::size_t i = 0; i < values.size; ++i) {
      if (!math::is_positive_as<double>(values[i]))
        return {"PiecewiseConstantDecay's values must be positive and finite", values[i]};
    }
    return nullptr;
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
