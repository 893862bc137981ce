// Variables: where each array of a network's parameters lies and what training does with it, known when the program is
// compiled; and passes over such arrays in registers.
#pragma once

#include <array>
#include <cstddef>

#include "../kernels/elementary.hpp"
#include "../kernels/reduction.hpp"
#include "../layer.hpp"
#include "../workers.hpp"

namespace ctnn::detail {

/// One array of parameters inside the flat parameters, gradient and optimizer state.
struct Variable {
  std::size_t first = 0, size = 0;
  bool trainable = true;
  double l1 = 0, l2 = 0;

  constexpr std::size_t last() const { return first + size; }
};

template <class Net>
inline constexpr auto variables = [] {
  constexpr std::size_t count = parameter_arrays<Net>;
  std::array<Variable, count> result{};
  std::size_t index = 0, next = 0;
  for (const Parameter& parameter : Net::parameters(Net::input_shape::dimensions)) {
    result[index++] = {next, parameter.shape.size(), parameter.trainable, parameter.l1, parameter.l2};
    next += parameter.shape.size();
  }
  return result;
}();

template <class Net>
inline constexpr bool all_trainable = [] {
  for (const Variable& variable : variables<Net>) {
    if (!variable.trainable) return false;
  }
  return true;
}();

/// The trainable parameters: neighbours are one range.
template <class Net>
inline constexpr auto trainable_ranges = [] {
  constexpr auto collect = [](Range* ranges) {
    std::size_t count = 0;
    for (const Variable& variable : variables<Net>) {
      if (!variable.trainable || variable.size == 0) continue;
      if (count > 0 && ranges[count - 1].last == variable.first) {
        ranges[count - 1].last = variable.last();
      } else {
        ranges[count++] = {variable.first, variable.last()};
      }
    }
    return count;
  };
  constexpr std::size_t count = [&] {
    std::array<Range, variables<Net>.size()> ranges{};
    return collect(ranges.data());
  }();
  std::array<Range, variables<Net>.size()> all{};
  collect(all.data());
  std::array<Range, count> result{};
  for (std::size_t i = 0; i < count; ++i) result[i] = all[i];
  return result;
}();

template <class Lane>
CTNN_INLINE constexpr Lane load(const ScalarOf<Lane>* source) {
  if constexpr (kernels::width_of<Lane> == 1) {
    return *source;
  } else {
    return Lane::load(source);
  }
}
template <class Lane>
CTNN_INLINE constexpr void store(Lane value, ScalarOf<Lane>* target) {
  if constexpr (kernels::width_of<Lane> == 1) {
    *target = value;
  } else {
    value.store(target);
  }
}

/// Calls body.operator()<Lane>(i) for whole registers of [first, last), then for what is left number by number.
template <class Scalar, class Body>
CTNN_INLINE constexpr void for_each_register(std::size_t first, std::size_t last, const Body& body) {
  using Lane = kernels::NativeLane<Scalar>;
  constexpr std::size_t width = kernels::width_of<Lane>;
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
  using Lane = kernels::NativeLane<Scalar>;
  constexpr std::size_t width = kernels::width_of<Lane>;
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
      rest = kernels::sum((totals[0] + totals[1]) + (totals[2] + totals[3]));
    }
  }
  for (; i < count; ++i) rest += term(values[i]);
  return rest;
}

}  // namespace ctnn::detail
