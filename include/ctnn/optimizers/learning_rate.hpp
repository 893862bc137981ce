// LearningRate: a constant, or any schedule, as one small value type: what an optimizer's learning_rate is. No heap, and
// constexpr.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <type_traits>

#include "schedules.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// A schedule of Keras's, or the bytes of a user's own. A constant expression may not look at a type's padding, so the
/// schedules that have some are members by their own types.
union ScheduleStorage {
  static constexpr std::size_t capacity = 152;

  double none = 0;
  CosineDecay cosine;
  ExponentialDecay exponential;
  InverseTimeDecay inverse_time;
  PiecewiseConstantDecay piecewise_constant;
  PolynomialDecay polynomial;
  std::byte bytes[capacity];

  constexpr ScheduleStorage() {}
  constexpr explicit ScheduleStorage(const CosineDecay& schedule) : cosine(schedule) {}
  constexpr explicit ScheduleStorage(const ExponentialDecay& schedule) : exponential(schedule) {}
  constexpr explicit ScheduleStorage(const InverseTimeDecay& schedule) : inverse_time(schedule) {}
  constexpr explicit ScheduleStorage(const PiecewiseConstantDecay& schedule) : piecewise_constant(schedule) {}
  constexpr explicit ScheduleStorage(const PolynomialDecay& schedule) : polynomial(schedule) {}
  template <class Schedule>
  constexpr explicit ScheduleStorage(const Schedule& schedule) : bytes{} {
    if constexpr (std::is_empty_v<Schedule>) {
      static_cast<void>(schedule);
    } else if (std::is_constant_evaluated()) {
      const auto source = std::bit_cast<std::array<std::byte, sizeof(Schedule)>>(schedule);
      for (std::size_t i = 0; i < sizeof(Schedule); ++i) bytes[i] = source[i];
    } else {
      __builtin_memcpy(bytes, &schedule, sizeof(Schedule));
    }
  }

  /// The schedule that was put in.
  template <class Schedule>
  constexpr decltype(auto) get() const {
    if constexpr (std::is_same_v<Schedule, CosineDecay>) {
      return (cosine);
    } else if constexpr (std::is_same_v<Schedule, ExponentialDecay>) {
      return (exponential);
    } else if constexpr (std::is_same_v<Schedule, InverseTimeDecay>) {
      return (inverse_time);
    } else if constexpr (std::is_same_v<Schedule, PiecewiseConstantDecay>) {
      return (piecewise_constant);
    } else if constexpr (std::is_same_v<Schedule, PolynomialDecay>) {
      return (polynomial);
    } else {
      std::array<std::byte, sizeof(Schedule)> source{};
      if constexpr (!std::is_empty_v<Schedule>) {
        for (std::size_t i = 0; i < sizeof(Schedule); ++i) source[i] = bytes[i];
      }
      return std::bit_cast<Schedule>(source);
    }
  }
};

}  // namespace detail

/// Whether a schedule is of a kind and a size that can be held.
template <class Schedule>
inline constexpr bool fits_learning_rate =
    std::is_trivially_copyable_v<Schedule> && sizeof(Schedule) <= detail::ScheduleStorage::capacity;

/// Whether a learning rate can be made of it.
template <class Given>
inline constexpr bool is_learning_rate =
    LearningRateSchedule<Given> || requires(const Given& given) { static_cast<double>(given); };

namespace detail {

// A schedule's functions, of its storage. One that does not fit is refused by LearningRate, and nothing else is said of it.
template <class Schedule>
constexpr double evaluate_stored([[maybe_unused]] const ScheduleStorage& storage, [[maybe_unused]] std::uint64_t step) {
  if constexpr (fits_learning_rate<Schedule>) {
    return static_cast<double>(storage.get<Schedule>()(step));
  } else {
    return 0;
  }
}
template <class Schedule>
constexpr Problem problem_of_stored([[maybe_unused]] const ScheduleStorage& storage) {
  if constexpr (std::is_pointer_v<Schedule>) {
    return storage.get<Schedule>() ? nullptr : "a learning rate's function must be one, but is null";
  } else if constexpr (fits_learning_rate<Schedule> && requires(const Schedule& schedule) { schedule.problem(); }) {
    return storage.get<Schedule>().problem();
  } else {
    return nullptr;
  }
}
template <class Schedule>
constexpr ScheduleStorage stored([[maybe_unused]] const Schedule& schedule) {
  if constexpr (fits_learning_rate<Schedule>) {
    return ScheduleStorage(schedule);
  } else {
    return {};
  }
}

}  // namespace detail

/// A learning rate: a number, or a schedule of Keras's or of a user's own (schedules/schedule.hpp), which is copied into it.
/// In a constant expression a schedule of a user's own must have no padding.
class LearningRate {
  /// A function is held by its address.
  template <class Schedule>
  using Held = std::decay_t<const Schedule&>;

 public:
  constexpr LearningRate(double constant) : constant_(constant) {}
  template <LearningRateSchedule Schedule>
    requires(!std::is_same_v<Schedule, LearningRate>)
  constexpr LearningRate(const Schedule& schedule)
      : evaluate_(detail::evaluate_stored<Held<Schedule>>),
        problem_(detail::problem_of_stored<Held<Schedule>>),
        schedule_(detail::stored<Held<Schedule>>(schedule)) {
    static_assert(fits_learning_rate<Held<Schedule>>,
                  "ctnn: a learning-rate schedule must be trivially copyable and hold at most 152 bytes");
  }

  // What is neither is refused by a sentence.
  template <class Given>
    requires(!is_learning_rate<Given>)
  constexpr LearningRate(const Given&) {
    static_assert(
        is_learning_rate<Given>,
        "ctnn: a learning rate must be a number, or a schedule: a function of the step, as [](std::uint64_t step) { return "
        "0.1 / (1.0 + double(step)); }");
  }

  /// The rate of a step; steps count from 0, as Keras's iterations.
  CTNN_INLINE constexpr double operator()(std::uint64_t step) const { return evaluate_ ? evaluate_(schedule_, step) : constant_; }

  /// The number that it is, or the rate of a schedule's first step.
  constexpr operator double() const { return (*this)(0); }

  constexpr bool is_schedule() const { return evaluate_ != nullptr; }

  /// What is wrong with it, or null: a schedule's own sentence, or the one given if a constant is not positive and finite as
  /// one of a model's numbers.
  template <class Scalar>
  constexpr Problem problem(const char* of_a_constant) const {
    if (problem_) return problem_(schedule_);
    if (!math::is_positive_as<Scalar>(constant_)) return {of_a_constant, constant_};
    return nullptr;
  }

 private:
  double constant_ = 0;
  double (*evaluate_)(const detail::ScheduleStorage&, std::uint64_t) = nullptr;
  Problem (*problem_)(const detail::ScheduleStorage&) = nullptr;
  detail::ScheduleStorage schedule_;
};

}  // namespace ctnn::inline CTNN_VARIANT
