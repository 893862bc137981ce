// The contract of a callback, which fit takes by value or reference, any number of them, and calls in the order given: a
// type with any of
//
//   on_train_begin(trainer)                    before the first epoch
//   on_epoch_begin(trainer, epoch)             epochs count from 0
//   on_batch_end(trainer, batch, logs)         after a step, batches count from 0; logs hold the epoch's means so far
//   on_epoch_end(trainer, epoch, logs)         after the validation; what it sets in a `Logs&` is recorded, too
//   on_train_end(trainer)                      after the last epoch, where Ctrl-C ended fit, and where a loss that is infinite or
//                                              NaN did, before fit throws
//
// or a function of (epoch, logs) or (trainer, epoch, logs), called at the end of each epoch. `trainer` is the Trainer:
// trainer.stop_training() ends fit after the running batch, or the epoch if it has ended; trainer.learning_rate(),
// set_learning_rate(rate), model() and iterations() are there, too. What a callback throws leaves fit.
//
// on_epoch_end is not called for an epoch that was cut short, and on_train_end not after an exception other than
// NonFiniteLossError. A callback may assign to the tensors that fit was given, as long as their number of samples stays, move the
// model, and call fit itself: that one's stop_training(), log_names() and seed are its own.
#pragma once

#include <cstddef>
#include <type_traits>

#include "../history.hpp"
#include "../logs.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

// Whether a class has a member of that name, whatever it takes: then it is ambiguous beside another one.

struct HasTrainBegin {
  void on_train_begin();
};
struct HasEpochBegin {
  void on_epoch_begin();
};
struct HasBatchEnd {
  void on_batch_end();
};
struct HasEpochEnd {
  void on_epoch_end();
};
struct HasTrainEnd {
  void on_train_end();
};
template <class Type, class Other>
struct Beside : Type, Other {};

template <class Type>
concept Extensible = std::is_class_v<Type> && !std::is_final_v<Type>;
template <class Type>
concept NamesTrainBegin = Extensible<Type> && !requires { &Beside<Type, HasTrainBegin>::on_train_begin; };
template <class Type>
concept NamesEpochBegin = Extensible<Type> && !requires { &Beside<Type, HasEpochBegin>::on_epoch_begin; };
template <class Type>
concept NamesBatchEnd = Extensible<Type> && !requires { &Beside<Type, HasBatchEnd>::on_batch_end; };
template <class Type>
concept NamesEpochEnd = Extensible<Type> && !requires { &Beside<Type, HasEpochEnd>::on_epoch_end; };
template <class Type>
concept NamesTrainEnd = Extensible<Type> && !requires { &Beside<Type, HasTrainEnd>::on_train_end; };

template <class Type>
concept NamesAnyHook =
    NamesTrainBegin<Type> || NamesEpochBegin<Type> || NamesBatchEnd<Type> || NamesEpochEnd<Type> || NamesTrainEnd<Type>;

template <class Type, class Trainer>
concept HearsTrainBegin = requires(Type& callback, Trainer& trainer) { callback.on_train_begin(trainer); };
template <class Type, class Trainer>
concept HearsEpochBegin = requires(Type& callback, Trainer& trainer) { callback.on_epoch_begin(trainer, std::size_t{0}); };
template <class Type, class Trainer>
concept HearsBatchEnd =
    requires(Type& callback, Trainer& trainer, const Logs& logs) { callback.on_batch_end(trainer, std::size_t{0}, logs); };
template <class Type, class Trainer>
concept HearsEpochEnd =
    requires(Type& callback, Trainer& trainer, Logs& logs) { callback.on_epoch_end(trainer, std::size_t{0}, logs); };
template <class Type, class Trainer>
concept HearsTrainEnd = requires(Type& callback, Trainer& trainer) { callback.on_train_end(trainer); };
template <class Type>
concept TakesEpochAndLogs = requires(Type& callback, Logs& logs) { callback(std::size_t{0}, logs); };
template <class Type, class Trainer>
concept TakesTrainerEpochAndLogs =
    requires(Type& callback, Trainer& trainer, Logs& logs) { callback(trainer, std::size_t{0}, logs); };

}  // namespace detail

// The conditions of the contract. Type is what fit was given, const if it was const.

template <class Type, class Trainer>
inline constexpr bool takes_train_begin =
    !detail::NamesTrainBegin<std::remove_const_t<Type>> || detail::HearsTrainBegin<Type, Trainer>;
template <class Type, class Trainer>
inline constexpr bool takes_epoch_begin =
    !detail::NamesEpochBegin<std::remove_const_t<Type>> || detail::HearsEpochBegin<Type, Trainer>;
template <class Type, class Trainer>
inline constexpr bool takes_batch_end = !detail::NamesBatchEnd<std::remove_const_t<Type>> || detail::HearsBatchEnd<Type, Trainer>;
template <class Type, class Trainer>
inline constexpr bool takes_epoch_end = !detail::NamesEpochEnd<std::remove_const_t<Type>> || detail::HearsEpochEnd<Type, Trainer>;
template <class Type, class Trainer>
inline constexpr bool takes_train_end = !detail::NamesTrainEnd<std::remove_const_t<Type>> || detail::HearsTrainEnd<Type, Trainer>;
template <class Type, class Trainer>
inline constexpr bool is_callback =
    detail::HearsTrainBegin<Type, Trainer> || detail::HearsEpochBegin<Type, Trainer> || detail::HearsBatchEnd<Type, Trainer> ||
    detail::HearsEpochEnd<Type, Trainer> || detail::HearsTrainEnd<Type, Trainer> || detail::TakesEpochAndLogs<Type> ||
    detail::TakesTrainerEpochAndLogs<Type, Trainer>;

/// Whether fit's argument is a callback, and not validation data that belongs right behind the options.
template <class Given, bool IsCallback>
inline constexpr bool stands_behind_options = IsCallback;
/// Whether fit may change its callback.
template <class Given, bool MayChange>
inline constexpr bool may_change = MayChange;

/// A callback of fit, by the contract above.
template <class Type, class Trainer>
concept Callback = is_callback<Type, Trainer> && takes_train_begin<Type, Trainer> && takes_epoch_begin<Type, Trainer> &&
                   takes_batch_end<Type, Trainer> && takes_epoch_end<Type, Trainer> && takes_train_end<Type, Trainer>;

namespace detail {

// One callback told of one event, if it wants to hear of it.

template <class Trainer, class Type>
void tell_train_begin([[maybe_unused]] Trainer& trainer, [[maybe_unused]] Type& callback) {
  if constexpr (HearsTrainBegin<Type, Trainer>) callback.on_train_begin(trainer);
}
template <class Trainer, class Type>
void tell_epoch_begin([[maybe_unused]] Trainer& trainer, [[maybe_unused]] Type& callback, [[maybe_unused]] std::size_t epoch) {
  if constexpr (HearsEpochBegin<Type, Trainer>) callback.on_epoch_begin(trainer, epoch);
}
template <class Trainer, class Type>
void tell_batch_end([[maybe_unused]] Trainer& trainer, [[maybe_unused]] Type& callback, [[maybe_unused]] std::size_t batch,
                    [[maybe_unused]] const Logs& logs) {
  if constexpr (HearsBatchEnd<Type, Trainer>) callback.on_batch_end(trainer, batch, logs);
}
template <class Trainer, class Type>
void tell_epoch_end([[maybe_unused]] Trainer& trainer, [[maybe_unused]] Type& callback, [[maybe_unused]] std::size_t epoch,
                    [[maybe_unused]] Logs& logs) {
  if constexpr (HearsEpochEnd<Type, Trainer>) {
    callback.on_epoch_end(trainer, epoch, logs);
  } else if constexpr (TakesEpochAndLogs<Type>) {
    callback(epoch, logs);
  } else if constexpr (TakesTrainerEpochAndLogs<Type, Trainer>) {
    callback(trainer, epoch, logs);
  }
}
template <class Trainer, class Type>
void tell_train_end([[maybe_unused]] Trainer& trainer, [[maybe_unused]] Type& callback) {
  if constexpr (HearsTrainEnd<Type, Trainer>) callback.on_train_end(trainer);
}

/// A callback that is one only if it is not const.
template <class Type, class Trainer>
constexpr bool is_constant_callback = false;
template <class Type, class Trainer>
constexpr bool is_constant_callback<const Type, Trainer> = !is_callback<const Type, Trainer> && is_callback<Type, Trainer>;

/// A callback in place of one that is refused.
struct Passing {
  void operator()(std::size_t, const Logs&) const {}
};

template <class Type>
constexpr bool is_validation_data = false;
template <class X, class Y>
constexpr bool is_validation_data<ValidationData<X, Y>> = true;

/// Refuses what is no callback.
template <class Trainer, class Given>
constexpr void check_callback() {
  static_assert(stands_behind_options<Given, !is_validation_data<std::remove_const_t<Given>>>,
                "ctnn: ValidationData must be the first of what fit is given behind its options, callbacks come after it");
  static_assert(may_change<Given, !is_constant_callback<Given, Trainer>>,
                "ctnn: a callback that fit is given must not be const, since fit changes it");
  // Where one of those failed, the rest is not asked.
  using Type =
      std::conditional_t<is_validation_data<std::remove_const_t<Given>> || is_constant_callback<Given, Trainer>, Passing, Given>;
  static_assert(takes_train_begin<Type, Trainer>, "ctnn: a callback's on_train_begin must take (trainer)");
  static_assert(takes_epoch_begin<Type, Trainer>, "ctnn: a callback's on_epoch_begin must take (trainer, epoch)");
  static_assert(takes_batch_end<Type, Trainer>, "ctnn: a callback's on_batch_end must take (trainer, batch, logs)");
  static_assert(takes_epoch_end<Type, Trainer>, "ctnn: a callback's on_epoch_end must take (trainer, epoch, logs)");
  static_assert(takes_train_end<Type, Trainer>, "ctnn: a callback's on_train_end must take (trainer)");
  static_assert(NamesAnyHook<Type> || is_callback<Type, Trainer>,
                "ctnn: a callback must have one of on_train_begin, on_epoch_begin, on_batch_end, on_epoch_end and on_train_end, "
                "or be a function of (epoch, logs) or (trainer, epoch, logs)");
}

/// Whether any of the callbacks wants to hear of each batch.
template <class Trainer, class... Types>
consteval bool hears_batches() {
  return (HearsBatchEnd<Types, Trainer> || ...);
}

}  // namespace detail
}  // namespace ctnn::inline CTNN_VARIANT
