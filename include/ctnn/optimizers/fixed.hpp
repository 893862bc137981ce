// Fixed: an optimizer with options that are known when the program is compiled, for firmware.
#pragma once

#include <type_traits>

#include "sgd.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Whether a Fixed optimizer is given the options of one.
template <class Options>
inline constexpr bool are_options_of_optimizer = Optimizer<Options>;

/// An optimizer whose options are a constant of the program, `constexpr Adam adam{.learning_rate = 0.01};` and then
/// `model.compile(Fixed<adam>{}, MeanSquaredError{})`. The results are those of the options themselves; but a trainer holds only
/// the state that they need, and the program no code for what they do not ask for. Its learning rate cannot be set.
template <const auto& Options>
struct Fixed : SGD {
  // An optimizer all the same, so that nothing else is said of it.
  constexpr Fixed() {
    static_assert(are_options_of_optimizer<std::remove_cvref_t<decltype(Options)>>,
                  "ctnn: Fixed must be given a constant optimizer, as Fixed<adam> is by constexpr Adam adam{}");
  }
};

template <const auto& Options>
  requires Optimizer<std::remove_cvref_t<decltype(Options)>>
struct Fixed<Options> {
  using optimizer = std::remove_cvref_t<decltype(Options)>;

  static constexpr const char* name = optimizer::name;
  static constexpr std::size_t slots = Options.slots_in_use(), least_slots = slots;

  static constexpr std::size_t slots_in_use() { return slots; }
  static constexpr double initial_state(std::size_t slot)
    requires requires { Options.initial_state(slot); }
  {
    return Options.initial_state(slot);
  }

  template <class Scalar>
  static constexpr Problem problem() {
    return Options.template problem<Scalar>();
  }

  template <class Scalar>
  CTNN_INLINE static constexpr auto at(std::uint64_t step) {
    return Options.template at<Scalar>(step);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
