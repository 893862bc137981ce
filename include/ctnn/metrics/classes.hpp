// What the metrics of classes share: the class that a row of numbers stands for, and means over the positions of an output.
#pragma once

#include "../losses/crossentropy.hpp"
#include "metric.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// 1 in the elements where a condition holds, else 0.
template <class Lane, class Condition>
CTNN_INLINE constexpr Lane one_where(const Condition& condition) {
  return math::select(condition, Lane(1), Lane(0));
}

/// The index of the largest of `Count` numbers, the first of equal ones as in Keras, and another row's number there.
template <class Lane>
struct Largest {
  Lane index;
  Lane other;
};
template <std::size_t Count, class Lane>
CTNN_INLINE constexpr Largest<Lane> largest(const Lane* values, const Lane* others) {
  Lane best = values[0];
  Largest<Lane> result{Lane(0), others[0]};
  for (std::size_t i = 1; i < Count; ++i) {
    const auto larger = values[i] > best;
    result.index = math::select(larger, Lane(static_cast<ScalarOf<Lane>>(i)), result.index);
    result.other = math::select(larger, others[i], result.other);
    best = math::select(larger, values[i], best);
  }
  return result;
}
template <std::size_t Count, class Lane>
CTNN_INLINE constexpr Lane largest_index(const Lane* values) {
  return largest<Count>(values, values).index;
}

/// Whether fewer than k of `Count` numbers exceed `value`: 1 or 0.
template <std::size_t Count, class Lane>
CTNN_INLINE constexpr Lane is_in_top(std::size_t k, const Lane* values, Lane value) {
  Lane ahead(0);
  for (std::size_t i = 0; i < Count; ++i) ahead += one_where<Lane>(values[i] > value);
  // Beyond the number of classes k makes no difference, and need not be a Scalar.
  return one_where<Lane>(ahead < Lane(static_cast<ScalarOf<Lane>>(k < Count ? k : Count)));
}

/// The mean of hit(first, position), 1 or 0, over the positions of an output; their numbers begin at `first`.
template <class Output, class Lane, class Hit>
CTNN_INLINE constexpr Lane mean_of_hits(const Hit& hit) {
  return mean_of_positions<Output, Lane>(
      ScalarOf<Lane>(1), [&](std::size_t first, std::size_t position, Lane) CTNN_INLINE_LAMBDA { return hit(first, position); });
}

constexpr Problem problem_of_k(std::size_t k, const char* problem) {
  if (k == 0) return {problem, 0};
  return nullptr;
}

}  // namespace ctnn::inline CTNN_VARIANT::detail
