// ConfusionMatrix
#pragma once

#include <array>

#include "confusion.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// How often samples of each class were taken for each: scores.get<ConfusionMatrix>()[true class][predicted class], with weights
/// where it is Weighted. The predicted class is the largest output's or, of one output, 1 above 0.5. As a number,
/// metrics[i], it is the share that was taken for what it is; it is not logged.
struct ConfusionMatrix {
  static constexpr const char* name = "confusion_matrix";
  template <class Output>
  static constexpr std::size_t classes = Output::size == 1 ? 2 : detail::row_size<Output>;
  template <class Output>
  static constexpr std::size_t sum_count = classes<Output> * classes<Output>;

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr void add(const Lane* predicted, const Lane* target, Lane weight, Lane* sums) const {
    using Scalar = ScalarOf<Lane>;
    constexpr std::size_t count = classes<Output>, row = detail::row_size<Output>;
    for (std::size_t position = 0; position < Output::size / row; ++position) {
      const Lane* const outputs = predicted + position * row;
      Lane answer, label;
      if constexpr (Output::size == 1) {
        answer = detail::one_where<Lane>(outputs[0] > Lane(Scalar(0.5)));
        label = detail::is_there<LossType, Output>(target, 0);
      } else if constexpr (std::is_same_v<TargetShape<LossType, Output>, Output>) {
        answer = detail::largest_index<row>(outputs);
        label = detail::largest_index<row>(target + position * row);
      } else {
        answer = detail::largest_index<row>(outputs);
        label = target[position];
      }
      for (std::size_t c = 0; c < count; ++c) {
        const Lane own = math::select(label == Lane(static_cast<Scalar>(c)), weight, Lane(0));
        for (std::size_t k = 0; k < count; ++k) {
          sums[c * count + k] += math::select(answer == Lane(static_cast<Scalar>(k)), own, Lane(0));
        }
      }
    }
  }

  template <class Output, class Number>
  constexpr Number result(const Number* sums, Number) const {
    constexpr std::size_t count = classes<Output>;
    Number right(0), all(0);
    for (std::size_t c = 0; c < count; ++c) {
      right += sums[c * count + c];
      for (std::size_t k = 0; k < count; ++k) all += sums[c * count + k];
    }
    return detail::ratio(right, all);
  }
  template <class Output, class Scalar, class Number>
  constexpr auto table(const Number* sums) const {
    constexpr std::size_t count = classes<Output>;
    std::array<std::array<Scalar, count>, count> result{};
    for (std::size_t c = 0; c < count; ++c) {
      for (std::size_t k = 0; k < count; ++k) result[c][k] = static_cast<Scalar>(sums[c * count + k]);
    }
    return result;
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
