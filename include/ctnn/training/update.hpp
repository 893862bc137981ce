// What a trainer does with a gradient: looks whether it is finite, clips it, and lets the optimizer move the parameters. All of
// it skips parameters that are not trainable.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <utility>

#include "../optimizers/fixed.hpp"
#include "../storage.hpp"
#include "clipping.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

template <class Optimizer>
inline constexpr std::size_t least_slots = 0;
template <class Optimizer>
  requires requires { Optimizer::least_slots; }
inline constexpr std::size_t least_slots<Optimizer> = Optimizer::least_slots;

/// The state of an optimizer for one model: as many arrays, each laid out as the parameters, as its options need.
template <class Optimizer, class Scalar, std::size_t Count, class Storage>
class OptimizerState {
 public:
  static constexpr std::size_t slots = Optimizer::slots;

  constexpr explicit OptimizerState(const Optimizer& optimizer) : OptimizerState(optimizer, std::make_index_sequence<slots>{}) {}

  /// Arrays that the options in force at the beginning need.
  constexpr std::size_t in_use() const { return in_use_; }
  /// Array k < in_use().
  constexpr Scalar* slot(std::size_t k) { return arrays_[k].data(); }
  constexpr const Scalar* slot(std::size_t k) const { return arrays_[k].data(); }

 private:
  using Array = typename Storage::template Array<Scalar, Count>;

  template <std::size_t... K>
  constexpr OptimizerState(const Optimizer& optimizer, std::index_sequence<K...>)
      : in_use_(optimizer.slots_in_use()), arrays_{Array(K < optimizer.slots_in_use())...} {
    if constexpr (requires { optimizer.initial_state(std::size_t{0}); }) {
      for (std::size_t k = 0; k < in_use_; ++k) {
        const auto first = static_cast<Scalar>(optimizer.initial_state(k));
        for (std::size_t i = 0; i < Count; ++i) arrays_[k].data()[i] = first;
      }
    }
  }

  std::size_t in_use_;
  std::array<Array, slots> arrays_;
};

/// Up to so many parameters, the update is part of the step's own function, and takes them one by one: a register could not be
/// loaded before all of them have reached the memory.
inline constexpr std::size_t few_parameters = 16;

/// The sum of magnitudes, which nothing can bring back from infinity or NaN. A function that all networks share.
template <class Scalar>
CTNN_NOINLINE constexpr Scalar sum_of_magnitudes(const Scalar* values, std::size_t count, Scalar factor) {
  return sum_of(values, count, [factor]<class Lane>(Lane g) CTNN_INLINE_LAMBDA { return Lane(factor) * (math::abs)(g); });
}

/// Whether all numbers are finite: they are made so small that the sum of finite ones does not overflow.
template <class Scalar>
constexpr bool all_finite(const Scalar* values, std::size_t count) {
  return math::is_finite(sum_of_magnitudes(values, count, Scalar(0.5) / static_cast<Scalar>(count)));
}

/// Whether the gradient is finite.
template <class Net, class Scalar>
CTNN_NOINLINE constexpr bool gradient_is_finite(const Scalar* gradient) {
  for (const Range& range : trainable_ranges<Net>) {
    if (!all_finite(gradient + range.first, range.last - range.first)) return false;
  }
  return true;
}

/// The sum of the gradient's magnitudes, which tells at once whether it is finite and whether a step along it is modest.
template <class Net, class Scalar, class Workers>
CTNN_INLINE constexpr Scalar magnitude_of(const Scalar* gradient, const Workers& workers) {
  constexpr std::size_t count = Net::parameter_count;
  if constexpr (all_trainable<Net> && count <= few_parameters) {
    Scalar even = 0, odd = 0;
    CTNN_UNROLL
    for (std::size_t i = 0; i < count / 2; ++i) {
      even += (math::abs)(gradient[2 * i]);
      odd += (math::abs)(gradient[2 * i + 1]);
    }
    if constexpr (count % 2 == 1) even += (math::abs)(gradient[count - 1]);
    return even + odd;
  } else {
    Scalar sums[Workers::most] = {};
    share_numbers(count, workers, [&](std::size_t part, std::size_t parts) CTNN_INLINE_LAMBDA {
      for (const Range& range : trainable_ranges<Net>) {
        const Range own = range.template share<Scalar>(part, parts);
        sums[part] += sum_of_magnitudes(gradient + own.first, own.last - own.first, Scalar(1));
      }
    });
    Scalar sum = 0;
    for (std::size_t worker = 0; worker < workers.size(); ++worker) sum += sums[worker];
    return sum;
  }
}

/// Whether a step with this rate along a gradient of this magnitude is so small that it leaves finite numbers finite: squares are
/// far from the largest number, and what is added to one near that is less than half of its last place. False for NaN.
template <class Scalar>
constexpr bool is_modest(Scalar magnitude, double rate) {
  constexpr double most = sizeof(Scalar) == sizeof(float) ? 1e15 : 1e150;
  const auto size = static_cast<double>(magnitude);
  return size <= most && rate <= most && size * rate <= most;
}

/// Calls body.operator()<Lane>(i) for what `part` of `parts` workers has of the trainable parameters.
template <class Net, class Scalar, class Body>
CTNN_INLINE constexpr void for_each_trainable(std::size_t part, std::size_t parts, const Body& body) {
  using Lane = kernels::NativeLane<Scalar>;
  if constexpr (all_trainable<Net> && kernels::width_of<Lane> > 1) {
    if (!std::is_constant_evaluated()) {
      // Parameters, gradient and state are padded to whole registers with zeros, which stay zero.
      const Range own = Range{0, padded<Scalar>(Net::parameter_count)}.template share<Scalar>(part, parts);
      for (std::size_t i = own.first; i < own.last; i += kernels::width_of<Lane>) body.template operator()<Lane>(i);
      return;
    }
  }
  for (const Range& range : trainable_ranges<Net>) {
    const Range own = range.template share<Scalar>(part, parts);
    for_each_register<Scalar>(own.first, own.last, body);
  }
}

/// Whether a step would leave parameters and state finite. It is tried out for steps that are not modest, which are rare. The bound
/// is half of the largest number, since a register may round in another way.
template <class Net, std::size_t InUse, class Step, class Scalar, class State>
CTNN_NOINLINE constexpr bool stays_finite(const Step& step, Scalar decay, const Scalar* parameters, const Scalar* gradient,
                                          const State& state) {
  constexpr Scalar most = (std::numeric_limits<Scalar>::max)() / 2;
  for (const Range& range : trainable_ranges<Net>) {
    for (std::size_t i = range.first; i < range.last; ++i) {
      Scalar own[InUse == 0 ? 1 : InUse] = {};
      for (std::size_t k = 0; k != InUse; ++k) own[k] = state.slot(k)[i];
      Scalar parameter = parameters[i] - parameters[i] * decay;
      step.template update<InUse>(parameter, gradient[i], own);
      if (!((math::abs)(parameter) <= most)) return false;
      for (const Scalar value : own) {
        if (!((math::abs)(value) <= most)) return false;
      }
    }
  }
  return true;
}

/// One step of an optimizer on all trainable parameters.
template <class Net, std::size_t InUse, bool Decays, class Step, class Scalar, class State, class Workers>
CTNN_INLINE constexpr void move_parameters(const Step& step, [[maybe_unused]] Scalar decay, Scalar* parameters,
                                           const Scalar* gradient, [[maybe_unused]] State& state, const Workers& workers) {
  Scalar* slots[InUse == 0 ? 1 : InUse] = {};
  for (std::size_t k = 0; k != InUse; ++k) slots[k] = state.slot(k);
  // By value: what is read through a reference would be read again after every store.
  const auto move = [=]<class Lane>(std::size_t i) CTNN_INLINE_LAMBDA {
    Lane own[InUse == 0 ? 1 : InUse];
    for (std::size_t k = 0; k != InUse; ++k) own[k] = load<Lane>(slots[k] + i);
    Lane parameter = load<Lane>(parameters + i);
    if constexpr (Decays) parameter -= parameter * Lane(decay);
    step.template update<InUse>(parameter, load<Lane>(gradient + i), own);
    store(parameter, parameters + i);
    for (std::size_t k = 0; k != InUse; ++k) store(own[k], slots[k] + i);
  };
  if constexpr (all_trainable<Net> && Net::parameter_count <= few_parameters) {
    CTNN_UNROLL
    for (std::size_t i = 0; i < Net::parameter_count; ++i) move.template operator()<Scalar>(i);
  } else {
    share_numbers(Net::parameter_count, workers, [=](std::size_t part, std::size_t parts) CTNN_INLINE_LAMBDA {
      const auto own_move = move;
      for_each_trainable<Net, Scalar>(part, parts, own_move);
    });
  }
}

/// The same, for as many arrays of state as there are. False, and nothing has changed, where `tried` first and the step does not
/// leave them finite.
template <class Net, bool Decays, std::size_t InUse, class Tried, class Step, class Scalar, class State, class Workers>
CTNN_INLINE constexpr bool move_with_state([[maybe_unused]] Tried tried, const Step& step, Scalar decay, Scalar* parameters,
                                           const Scalar* gradient, State& state, const Workers& workers) {
  if constexpr (InUse < State::slots) {
    if (state.in_use() != InUse) {
      return move_with_state<Net, Decays, InUse + 1>(tried, step, decay, parameters, gradient, state, workers);
    }
  }
  if constexpr (!std::is_same_v<Tried, std::false_type>) {
    if (tried && !stays_finite<Net, InUse>(step, decay, static_cast<const Scalar*>(parameters), gradient, state)) return false;
  }
  move_parameters<Net, InUse, Decays>(step, decay, parameters, gradient, state, workers);
  return true;
}

/// An optimizer that has its options, as members; those of a Fixed one are a constant.
template <class Optimizer>
constexpr const Optimizer* options_of(const Optimizer& optimizer) {
  return &optimizer;
}
template <const auto& Options>
constexpr const auto* options_of(const Fixed<Options>&) {
  return &Options;
}

/// What an optimizer's options ask for beyond its own step, 0 where it has no such option.
struct SharedOptions {
  double weight_decay = 0, clipnorm = 0, clipvalue = 0, global_clipnorm = 0;
};
template <class Optimizer>
CTNN_INLINE constexpr SharedOptions shared_options([[maybe_unused]] const Optimizer& optimizer) {
  SharedOptions result;
  [[maybe_unused]] const auto& options = *options_of(optimizer);
  if constexpr (requires { options.weight_decay; }) result.weight_decay = options.weight_decay;
  if constexpr (requires { options.clipnorm; }) result.clipnorm = options.clipnorm;
  if constexpr (requires { options.clipvalue; }) result.clipvalue = options.clipvalue;
  if constexpr (requires { options.global_clipnorm; }) result.global_clipnorm = options.global_clipnorm;
  return result;
}

/// The rate of a step, counted from 0; a user's own optimizer may hold a plain number, or none.
constexpr double rate_of(const LearningRate& rate, std::uint64_t step) { return rate(step); }
constexpr double rate_of(double rate, std::uint64_t) { return rate; }
template <class Optimizer>
constexpr double learning_rate_of(const Optimizer& optimizer, std::uint64_t step) {
  if constexpr (requires { rate_of(options_of(optimizer)->learning_rate, step); }) {
    return rate_of(options_of(optimizer)->learning_rate, step);
  } else {
    return 1;
  }
}

/// Whether a step is the optimizer's own alone, at a constant rate.
template <class Optimizer>
CTNN_INLINE constexpr bool is_plain(const Optimizer& optimizer) {
  const SharedOptions options = shared_options(optimizer);
  if constexpr (requires { options_of(optimizer)->learning_rate.is_schedule(); }) {
    if (options_of(optimizer)->learning_rate.is_schedule()) return false;
  }
  return options.weight_decay + options.clipnorm + options.clipvalue + options.global_clipnorm == 0;
}

/// Whether a schedule's rate is one that parameters can be moved by.
template <class Scalar>
constexpr bool rate_is_usable(double rate) {
  return rate >= 0 && rate <= static_cast<double>((std::numeric_limits<Scalar>::max)());
}

/// The update with everything that options may ask for. A function of its own, which all of a trainer's functions share.
template <class Net, class Optimizer, class Scalar, class State, class Workers>
CTNN_NOINLINE constexpr bool update_with_options(const Optimizer& optimizer, std::uint64_t step, Scalar magnitude,
                                                 Scalar* parameters, Scalar* gradient, State& state, const Workers& workers) {
  const double rate = learning_rate_of(optimizer, step - 1);
  if (!rate_is_usable<Scalar>(rate)) return false;
  bool tried = !is_modest(magnitude, rate);
  if (tried && !gradient_is_finite<Net>(static_cast<const Scalar*>(gradient))) return false;
  const SharedOptions options = shared_options(optimizer);
  const auto own = optimizer.template at<Scalar>(step);
  // In Keras's order, where more than one is given.
  if (options.clipnorm > 0) {
    clip_norms<Net>(gradient, options.clipnorm);
  } else if (options.global_clipnorm > 0) {
    clip_global_norm<Net>(gradient, options.global_clipnorm);
  } else if (options.clipvalue > 0) {
    clip_values<Net>(gradient, options.clipvalue);
  }
  if constexpr (requires { options_of(optimizer)->weight_decay; }) {
    if (options.weight_decay != 0) {
      // What decays by more than itself grows.
      tried = tried || options.weight_decay * rate > 1;
      const auto decay = static_cast<Scalar>(options.weight_decay * rate);
      return move_with_state<Net, true, least_slots<Optimizer>>(tried, own, decay, parameters, gradient, state, workers);
    }
  }
  return move_with_state<Net, false, least_slots<Optimizer>>(tried, own, Scalar(0), parameters, gradient, state, workers);
}

/// Step number `step`, counted from 1, of training a network: clips the gradient, whose `magnitude` is known, and moves the
/// parameters. False, and parameters and state are as before, where the gradient is not finite, a schedule gives no usable rate, or
/// the step would make a parameter infinite or NaN.
/// `workers` share the work; their number changes nothing.
template <class Net, class Optimizer, class Scalar, class State, class Workers>
CTNN_INLINE constexpr bool update(const Optimizer& optimizer, std::uint64_t step, Scalar magnitude, Scalar* parameters,
                                  Scalar* gradient, State& state, const Workers& workers) {
  if constexpr (Net::parameter_count <= few_parameters) {
    if (is_plain(optimizer) && is_modest(magnitude, learning_rate_of(optimizer, step - 1))) [[likely]] {
      return move_with_state<Net, false, least_slots<Optimizer>>(std::false_type{}, optimizer.template at<Scalar>(step), Scalar(0),
                                                                 parameters, static_cast<const Scalar*>(gradient), state, workers);
    }
  }
  return update_with_options<Net>(optimizer, step, magnitude, parameters, gradient, state, workers);
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
