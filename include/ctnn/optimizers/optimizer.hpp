// The contract of an optimizer: a value type of options with
//
//   static constexpr const char* name                          Keras's name
//   static constexpr std::size_t slots                         arrays of state it may need, each as long as the parameters
//   constexpr std::size_t slots_in_use() const                 0 where these options need none, else `slots`
//   template <std::size_t InUse, class Lane>
//   constexpr void update(Lane& parameter, Lane gradient, Lane* state, std::uint64_t step) const
//     moves parameters by one step, counted from 1; state[0 … InUse) are theirs, zero at first
//   template <class Scalar> constexpr const char* problem() const   what is wrong with the options, for a model of such
//                                                              numbers, or null
#pragma once

#include <cstddef>
#include <cstdint>

#include "../kernels/elementary.hpp"

namespace ctnn {

using kernels::ScalarOf;

/// An optimizer, by the contract above.
template <class Type>
concept Optimizer = requires(const Type& optimizer, float& parameter, float* state) {
  { Type::name } -> std::convertible_to<const char*>;
  { Type::slots } -> std::convertible_to<std::size_t>;
  { optimizer.slots_in_use() } -> std::same_as<std::size_t>;
  { optimizer.template problem<float>() } -> std::same_as<const char*>;
  optimizer.template update<Type::slots>(parameter, 1.0f, state, std::uint64_t{1});
};

}  // namespace ctnn
