// The contract of an optimizer: a value type of options with
//
//   static constexpr const char* name                          Keras's name
//   static constexpr std::size_t slots                         arrays of state it may need, each as long as the parameters
//   static constexpr std::size_t least_slots                   the fewest it may need; 0 where it is left out
//   constexpr std::size_t slots_in_use() const                 how many these options need, from least_slots to slots
//   constexpr double initial_state(std::size_t slot) const     what a slot begins with; 0 where it is left out
//   template <class Scalar> constexpr auto at(std::uint64_t step) const   what is the same for all parameters in one step,
//                                                              counted from 1: a small value with
//     template <std::size_t InUse, class Lane>
//     constexpr void update(Lane& parameter, Lane gradient, Lane* state) const
//       moves parameters by the step; state[0 … InUse) are theirs. The gradient is finite.
//   template <class Scalar> constexpr Problem problem() const   what is wrong with the options (problem.hpp), for a model of such
//                                                              numbers, or null
//
// Where an optimizer has a LearningRate learning_rate and the members weight_decay, clipnorm, clipvalue or global_clipnorm, the
// trainer does what they say (training/update.hpp). They are plain members of every optimizer, since a base class would take
// the designated initialisers away.
#pragma once

#include <cstddef>
#include <cstdint>

#include "../kernels/square_root.hpp"
#include "learning_rate.hpp"

namespace ctnn::inline CTNN_VARIANT {

using kernels::ScalarOf;

/// An optimizer, by the contract above.
template <class Type>
concept Optimizer = requires(const Type& optimizer, float& parameter, float* state) {
  { Type::name } -> std::convertible_to<const char*>;
  { Type::slots } -> std::convertible_to<std::size_t>;
  { optimizer.slots_in_use() } -> std::same_as<std::size_t>;
  { optimizer.template problem<float>() } -> std::convertible_to<Problem>;
  optimizer.template at<float>(std::uint64_t{1}).template update<Type::slots>(parameter, 1.0f, state);
};

namespace detail {

/// g², at most the largest number: one infinite average would stay so, and make every later one NaN.
template <class Lane>
CTNN_INLINE constexpr Lane finite_square(Lane g) {
  return (math::min)(g * g, Lane((std::numeric_limits<ScalarOf<Lane>>::max)()));
}

/// x, or 0 where it is less than `Scale` times the smallest normal number. An average that fades away, as that of a unit that has
/// fallen silent, would stay below that number for ever, and processors take many times as long for such numbers. With a Scale of
/// 2²⁶, for what is not squared, neither is its product with a learning rate one: less than 1e-30 moves nothing in float.
template <int Scale = 1, class Lane>
CTNN_INLINE constexpr Lane faded(Lane x) {
  using Scalar = ScalarOf<Lane>;
  return math::select((math::abs)(x) < Lane(Scalar(Scale) * (std::numeric_limits<Scalar>::min)()), Lane(0), x);
}
inline constexpr int below_rates = 1 << 26;

/// A text that may be a template argument.
template <std::size_t Size>
struct Text {
  char characters[Size] = {};

  constexpr Text(const char (&text)[Size]) {
    for (std::size_t i = 0; i < Size; ++i) characters[i] = text[i];
  }
};

/// An optimizer's name and the rest of a sentence about it.
template <class Optimizer, Text Rest>
inline constexpr auto sentence_about = [] {
  constexpr std::size_t name_size = [] {
    std::size_t size = 0;
    while (Optimizer::name[size]) ++size;
    return size;
  }();
  std::array<char, name_size + sizeof(Rest.characters)> result{};
  for (std::size_t i = 0; i < name_size; ++i) result[i] = Optimizer::name[i];
  for (std::size_t i = 0; i < sizeof(Rest.characters); ++i) result[name_size + i] = Rest.characters[i];
  return result;
}();
template <class Optimizer, Text Rest>
inline constexpr const char* about = sentence_about<Optimizer, Rest>.data();

/// Zero for "none", or positive, finite and normal as one of the model's numbers.
template <class Scalar>
constexpr bool is_none_or_positive(double option) {
  return option == 0 || math::is_positive_as<Scalar>(option);
}

/// What is wrong with the options that every optimizer has, or null.
template <class Scalar, class Optimizer>
constexpr Problem shared_problem(const Optimizer& optimizer) {
  if (const Problem problem = optimizer.learning_rate.template problem<Scalar>(
          about<Optimizer, "'s learning_rate must be positive, finite and normal as one of the model's numbers">))
    return problem;
  if (!is_none_or_positive<Scalar>(optimizer.weight_decay))
    return {about<Optimizer, "'s weight_decay must be positive, finite and normal as one of the model's numbers, or 0 for none">,
            optimizer.weight_decay};
  if (!is_none_or_positive<Scalar>(optimizer.clipnorm))
    return {about<Optimizer, "'s clipnorm must be positive, finite and normal as one of the model's numbers, or 0 for none">,
            optimizer.clipnorm};
  if (!is_none_or_positive<Scalar>(optimizer.clipvalue))
    return {about<Optimizer, "'s clipvalue must be positive, finite and normal as one of the model's numbers, or 0 for none">,
            optimizer.clipvalue};
  if (!is_none_or_positive<Scalar>(optimizer.global_clipnorm))
    return {about<Optimizer, "'s global_clipnorm must be positive, finite and normal as one of the model's numbers, or 0 for none">,
            optimizer.global_clipnorm};
  if ((optimizer.clipnorm > 0) + (optimizer.clipvalue > 0) + (optimizer.global_clipnorm > 0) > 1)
    return about<Optimizer, " must be given at most one of clipnorm, clipvalue and global_clipnorm">;
  return nullptr;
}

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
