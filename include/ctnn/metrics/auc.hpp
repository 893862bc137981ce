// AUC
#pragma once

#include "../kernels/elementary.hpp"
#include "confusion.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's auc: the area under a curve through 200 thresholds, of all outputs together. Outputs are probabilities, targets 0 and 1,
/// one for each output, or class numbers, which stand for their one-hot rows; of all outputs together, not of one class. What lies
/// between two thresholds, of probabilities near 0 and 1 in particular, is not told apart, nor is what is no probability. The ROC's
/// area is a sum of trapezoids, that of precision and recall is interpolated as by Davis and Goadrich (2006).
struct AUC {
  /// The curve under which the area lies: true positive rate over false positive rate, or precision over recall.
  enum Curve { roc, pr };

  static constexpr const char* name = "auc";
  static constexpr std::size_t num_thresholds = 200;
  /// True and false positives above each threshold.
  template <class Output>
  static constexpr std::size_t sum_count = 2 * num_thresholds;

  Curve curve = roc;  ///< or AUC::pr

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr void add(const Lane* predicted, const Lane* target, Lane weight, Lane* sums) const {
    using Scalar = ScalarOf<Lane>;
    for (std::size_t i = 0; i < Output::size; ++i) {
      const Lane value = predicted[i], there = weight * detail::is_there<LossType, Output>(target, i), absent = weight - there;
      // All lie above the first threshold and below the last.
      sums[0] += there;
      sums[num_thresholds] += absent;
      for (std::size_t t = 1; t + 1 < num_thresholds; ++t) {
        const auto above = value > Lane(static_cast<Scalar>(t) / static_cast<Scalar>(num_thresholds - 1));
        sums[t] += math::select(above, there, Lane(0));
        sums[num_thresholds + t] += math::select(above, absent, Lane(0));
      }
    }
  }

  template <class Output, class Number>
  constexpr Number result(const Number* sums, Number) const {
    const Number *const positives = sums, *const negatives = sums + num_thresholds;
    Number area(0);
    for (std::size_t t = 0; t + 1 < num_thresholds; ++t) {
      if (curve == roc) {
        area += (detail::ratio(negatives[t], negatives[0]) - detail::ratio(negatives[t + 1], negatives[0])) *
                (detail::ratio(positives[t], positives[0]) + detail::ratio(positives[t + 1], positives[0])) / 2;
      } else {
        const Number before = positives[t] + negatives[t], after = positives[t + 1] + negatives[t + 1];
        const Number gained = positives[t] - positives[t + 1];
        const Number slope = before > after ? gained / (before - after) : Number(0);
        const Number intercept = positives[t + 1] - slope * after;
        const Number logarithm = before > 0 && after > 0 ? math::log(before / after) : Number(0);
        area += detail::ratio(slope * (gained + intercept * logarithm), positives[0]);
      }
    }
    return area;
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
