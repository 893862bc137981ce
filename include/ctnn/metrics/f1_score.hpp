// F1Score
#pragma once

#include "fbeta_score.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's f1_score: the harmonic mean of precision and recall of each class, FBetaScore's of β = 1.
struct F1Score {
  static constexpr auto macro = detail::ScoreAverage::macro, micro = detail::ScoreAverage::micro,
                        weighted = detail::ScoreAverage::weighted;
  static constexpr const char* name = "f1_score";
  template <class Output>
  static constexpr std::size_t sum_count = 3 * detail::row_size<Output>;

  detail::ScoreAverage average = macro;  ///< macro, micro or weighted, as F1Score::micro
  std::optional<double>
      threshold{};  ///< in (0, 1]; else the largest output of a row is predicted or, of one output, what exceeds 0.5

  template <class Scalar>
  constexpr Problem problem() const {
    if (!detail::is_score_threshold(threshold)) return {"F1Score's threshold must lie in (0, 1]", threshold.value_or(0)};
    return nullptr;
  }

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr void add(const Lane* predicted, const Lane* target, Lane weight, Lane* sums) const {
    detail::FScore{1.0, average, threshold}.add<LossType, Output>(predicted, target, weight, sums);
  }
  template <class Output, class Number>
  constexpr Number result(const Number* sums, Number) const {
    return detail::FScore{1.0, average, threshold}.result<Output>(sums);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
