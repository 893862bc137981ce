// What metrics of right and wrong answers share: which class a target is of, and which classes are predicted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "classes.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// Numbers of an output's last axis, one for each class; one alone is of two.
template <class Output>
inline constexpr std::size_t row_size = Output::dimensions.last();

/// 1 where the target says that value i of an output is there, else 0: a number that is not 0 or, of class numbers, the class's.
template <class LossType, class Output, class Lane>
CTNN_INLINE constexpr Lane is_there(const Lane* target, std::size_t i) {
  if constexpr (std::is_same_v<TargetShape<LossType, Output>, Output>) {
    return math::select(target[i] == Lane(0), Lane(0), Lane(1));
  } else {
    return one_where<Lane>(target[i / row_size<Output>] == Lane(static_cast<ScalarOf<Lane>>(i % row_size<Output>)));
  }
}

/// 1 where value i of a row of `Count` numbers is among its k largest, of equal ones the first, else 0.
template <std::size_t Count, class Lane>
CTNN_INLINE constexpr Lane is_among_largest(std::size_t k, const Lane* row, std::size_t i) {
  Lane ahead(0);
  for (std::size_t other = 0; other < Count; ++other) {
    ahead += one_where<Lane>(row[other] > row[i]);
    if (other < i) ahead += one_where<Lane>(row[other] == row[i]);
  }
  return one_where<Lane>(ahead < Lane(static_cast<ScalarOf<Lane>>(k < Count ? k : Count)));
}

/// Divides, but what is divided by 0 is 0.
template <class Number>
constexpr Number ratio(Number numerator, Number denominator) {
  return denominator == Number(0) ? Number(0) : numerator / denominator;
}

/// The options that Precision and Recall share, and the values of an output that are predicted by them.
struct Answers {
  static constexpr std::size_t all = SIZE_MAX;

  std::optional<double> threshold;
  std::size_t top_k, class_id;

  template <class Output, class Lane>
  CTNN_INLINE constexpr Lane is_predicted(const Lane* predicted, std::size_t i) const {
    using Scalar = ScalarOf<Lane>;
    constexpr std::size_t classes = row_size<Output>;
    Lane answer(1);
    if (top_k != 0) answer = is_among_largest<classes>(top_k, predicted + i / classes * classes, i % classes);
    if (threshold || top_k == 0) {
      answer = math::select(predicted[i] > Lane(static_cast<Scalar>(threshold.value_or(0.5))), answer, Lane(0));
    }
    return answer;
  }
  /// Calls visit(i) for each value of an output that is asked for.
  template <class Output, class Visit>
  CTNN_INLINE constexpr void for_each(const Visit& visit) const {
    constexpr std::size_t classes = row_size<Output>;
    const std::size_t first = class_id == all ? 0 : class_id, step = class_id == all ? 1 : classes;
    for (std::size_t i = first; i < Output::size; i += step) visit(i);
  }
};

template <class Output>
constexpr Problem problem_of_class(std::size_t class_id, const char* problem) {
  constexpr std::size_t classes = row_size<Output>;
  if (class_id != Answers::all && class_id >= classes) return {problem, static_cast<double>(class_id)};
  return nullptr;
}
constexpr bool is_threshold(const std::optional<double>& threshold) { return !threshold || (*threshold >= 0 && *threshold <= 1); }

}  // namespace ctnn::inline CTNN_VARIANT::detail
