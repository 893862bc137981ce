// Variables: where each array of a network's parameters lies and what training does with it, known when the program is
// compiled.
#pragma once

#include <array>
#include <cstddef>

#include "../kernels/arithmetic.hpp"
#include "../kernels/arrays.hpp"
#include "../layer.hpp"
#include "../workers.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

using kernels::for_each_register;
using kernels::load;
using kernels::store;
using kernels::sum_of;

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

}  // namespace ctnn::inline CTNN_VARIANT::detail
