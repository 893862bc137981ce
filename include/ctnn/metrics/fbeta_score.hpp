// FBetaScore
#pragma once

#include "confusion.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// How the scores of classes become one number.
enum class ScoreAverage {
  macro,     ///< their mean
  micro,     ///< the score of all classes' answers together
  weighted,  ///< their mean, each as often as its class is there
};

/// The options of FBetaScore and F1Score, and what they compute: true and false positives and false negatives of each class.
struct FScore {
  double beta;
  ScoreAverage average;
  const std::optional<double>& threshold;

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr void add(const Lane* predicted, const Lane* target, Lane weight, Lane* sums) const {
    using Scalar = ScalarOf<Lane>;
    constexpr std::size_t classes = row_size<Output>;
    // The largest of one value would always be that.
    const bool by_threshold = threshold || classes == 1;
    Lane limit(static_cast<Scalar>(threshold.value_or(0.5)));
    for (std::size_t first = 0; first < Output::size; first += classes) {
      if (!by_threshold) {
        limit = predicted[first];
        for (std::size_t c = 1; c < classes; ++c) limit = (math::max)(limit, predicted[first + c]);
      }
      for (std::size_t c = 0; c < classes; ++c) {
        const Lane value = predicted[first + c], there = weight * is_there<LossType, Output>(target, first + c);
        // As in Keras, a row of zeros predicts nothing.
        const Lane largest = math::select(value < limit, Lane(0), one_where<Lane>((math::abs)(value) > Lane(Scalar(1e-9))));
        const Lane answer = by_threshold ? one_where<Lane>(value > limit) : largest;
        sums[3 * c] += answer * there;
        sums[3 * c + 1] += answer * (weight - there);
        sums[3 * c + 2] += there - answer * there;
      }
    }
  }

  template <class Output, class Number>
  constexpr Number result(const Number* sums) const {
    Number all[3]{}, total(0), shares(0);
    for (std::size_t c = 0; c < row_size<Output>; ++c) {
      const Number* const own = sums + 3 * c;
      for (std::size_t i = 0; i < 3; ++i) all[i] += own[i];
      const Number share = average == ScoreAverage::weighted ? own[0] + own[2] : Number(1);
      total += share * score(own);
      shares += share;
    }
    if (average == ScoreAverage::micro) return score(static_cast<const Number*>(all));
    return average == ScoreAverage::weighted ? total / (shares + epsilon<Number>) : total / shares;
  }

 private:
  /// Keras's epsilon().
  template <class Number>
  static constexpr Number epsilon = Number(1e-7);

  template <class Number>
  constexpr Number score(const Number* sums) const {
    const auto squared = static_cast<Number>(beta * beta);
    const Number precision = sums[0] / (sums[0] + sums[1] + epsilon<Number>);
    const Number recall = sums[0] / (sums[0] + sums[2] + epsilon<Number>);
    return (1 + squared) * (precision * recall / (squared * precision + recall + epsilon<Number>));
  }
};

constexpr bool is_score_threshold(const std::optional<double>& threshold) {
  return !threshold || (*threshold > 0 && *threshold <= 1);
}

}  // namespace detail

/// Keras's fbeta_score: (1 + β²) · precision · recall / (β² · precision + recall) of each class, and their average, which is a
/// number always: macro where Keras's default None gives one for each class. Targets are one for each output, or class numbers.
struct FBetaScore {
  static constexpr auto macro = detail::ScoreAverage::macro, micro = detail::ScoreAverage::micro,
                        weighted = detail::ScoreAverage::weighted;
  static constexpr const char* name = "fbeta_score";
  template <class Output>
  static constexpr std::size_t sum_count = 3 * detail::row_size<Output>;

  double beta = 1.0;                     ///< how much more recall counts than precision; positive
  detail::ScoreAverage average = macro;  ///< macro, micro or weighted, as FBetaScore::micro
  std::optional<double>
      threshold{};  ///< in (0, 1]; else the largest output of a row is predicted or, of one output, what exceeds 0.5

  template <class Scalar>
  constexpr Problem problem() const {
    if (!(beta > 0 && math::is_finite(beta))) return {"FBetaScore's beta must be positive and finite", beta};
    if (!detail::is_score_threshold(threshold)) return {"FBetaScore's threshold must lie in (0, 1]", threshold.value_or(0)};
    return nullptr;
  }

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr void add(const Lane* predicted, const Lane* target, Lane weight, Lane* sums) const {
    detail::FScore{beta, average, threshold}.add<LossType, Output>(predicted, target, weight, sums);
  }
  template <class Output, class Number>
  constexpr Number result(const Number* sums, Number) const {
    return detail::FScore{beta, average, threshold}.result<Output>(sums);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
