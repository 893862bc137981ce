// R2Score
#pragma once

#include "metric.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's r2_score: 1 − Σ(target − predicted)² / Σ(target − mean target)² of each output, and the mean of the outputs; 0 for an
/// output whose targets are all equal. As in Keras, the sums are of the model's numbers: of targets whose mean is more than a
/// thousand times their deviation, a model of doubles tells what one of floats does not.
struct R2Score {
  static constexpr const char* name = "r2_score";
  template <class Output>
  using target_shape = Output;
  /// Of each output the targets, their squares and the squared errors.
  template <class Output>
  static constexpr std::size_t sum_count = 3 * Output::size;

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr void add(const Lane* predicted, const Lane* target, Lane weight, Lane* sums) const {
    for (std::size_t i = 0; i < Output::size; ++i, sums += 3) {
      const Lane y = target[i], error = y - predicted[i];
      sums[0] += weight * y;
      sums[1] += weight * y * y;
      sums[2] += weight * error * error;
    }
  }
  template <class Output, class Number>
  constexpr Number result(const Number* sums, Number total) const {
    Number scores(0);
    for (std::size_t i = 0; i < Output::size; ++i, sums += 3) {
      const Number spread = total == Number(0) ? Number(0) : sums[1] - sums[0] * (sums[0] / total);
      scores += spread > Number(0) ? 1 - sums[2] / spread : Number(0);
    }
    return scores / Number(Output::size);
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
