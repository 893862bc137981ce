// What a trainer's functions may be given, as conditions whose sentences say so.
#pragma once

#include <cstddef>
#include <type_traits>

#include "../batches.hpp"
#include "../model.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Whether what predicts is a model, and not a trainer.
template <class Trainer, class... Given>
inline constexpr bool is_model = false;
/// Whether fit is given at least inputs and targets.
template <class... Given>
inline constexpr bool are_inputs_and_targets = sizeof...(Given) >= 2;

/// Whether what stands behind the options is validation data.
template <class... Given>
inline constexpr bool is_validation_data = false;

namespace detail {

/// Refuses what fit was given.
template <class... Arguments>
struct RefusedArguments {
  static_assert(are_inputs_and_targets<Arguments...>, "ctnn: fit must be given the inputs x and the targets y");
};
template <class X, class Y, class Third, class... Rest>
struct RefusedArguments<X, Y, Third, Rest...> {
  static_assert(
      are_options<FitOptions, Third>,
      "ctnn: what fit is given behind x and y must be its options in braces, as fit(x, y, {.batch_size = 64, .epochs = 10}); "
      "validation data and callbacks come behind those, as fit(x, y, {}, EarlyStopping{})");
};

}  // namespace detail

}  // namespace ctnn::inline CTNN_VARIANT
