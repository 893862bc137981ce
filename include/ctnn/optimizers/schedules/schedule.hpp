// The contract of a learning-rate schedule: a small value type, trivially copyable, with
//
//   constexpr double operator()(std::uint64_t step) const     the rate of a step, counted from 0 as Keras's iterations
//   constexpr Problem problem() const                         what is wrong with its options (problem.hpp), or null; may be left
//   out
//
// A lambda without captures, or with a few numbers, is one, too. LearningRate (learning_rate.hpp) holds any of them.
#pragma once

#include <concepts>
#include <cstdint>

#include "../../problem.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// A schedule, by the contract above.
template <class Type>
concept LearningRateSchedule = requires(const Type& schedule, std::uint64_t step) {
  { schedule(step) } -> std::convertible_to<double>;
};

}  // namespace ctnn::inline CTNN_VARIANT
