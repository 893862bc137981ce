// Precision
#pragma once

#include "confusion.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's precision: of all values that are predicted, being above the threshold, the share whose target is there; 0 where
/// nothing is predicted. Targets are 0 and 1, one for each output, or class numbers, which stand for their one-hot rows.
struct Precision {
  static constexpr const char* name = "precision";
  static constexpr std::size_t all = detail::Answers::all;
  template <class Output>
  static constexpr std::size_t sum_count = 2;

  std::optional<double> threshold{};  ///< in [0, 1]; 0.5 or, with top_k, none
  std::size_t top_k = 0;              ///< only the k largest values of a row are predictions; 0 for all
  std::size_t class_id = all;         ///< the only class that counts

  template <class Scalar>
  constexpr Problem problem() const {
    if (!detail::is_threshold(threshold)) return {"Precision's threshold must lie in [0, 1]", threshold.value_or(0)};
    return nullptr;
  }
  template <class Output>
  constexpr Problem problem_behind() const {
    return detail::problem_of_class<Output>(class_id, "Precision's class_id must be the number of a class");
  }

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr void add(const Lane* predicted, const Lane* target, Lane weight, Lane* sums) const {
    const detail::Answers answers{threshold, top_k, class_id};
    answers.for_each<Output>([&](std::size_t i) CTNN_INLINE_LAMBDA {
      const Lane answer = answers.is_predicted<Output>(predicted, i), there = detail::is_there<LossType, Output>(target, i);
      sums[0] += weight * answer * there;
      sums[1] += weight * answer;
    });
  }
  template <class Output, class Number>
  constexpr Number result(const Number* sums, Number) const {
    return detail::ratio(sums[0], sums[1]);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
