// TopKCategoricalAccuracy
#pragma once

#include "classes.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's top_k_categorical_accuracy: how often fewer than k outputs exceed that of the class with the largest one-hot target.
struct TopKCategoricalAccuracy {
  static constexpr const char* name = "top_k_categorical_accuracy";
  template <class Output>
  using target_shape = Output;

  std::size_t k = 5;  ///< at least 1

  template <class Scalar>
  constexpr Problem problem() const {
    return detail::problem_of_k(k, "TopKCategoricalAccuracy's k must be at least 1");
  }

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target) const {
    constexpr std::size_t classes = detail::Classes<Output>::count;
    return detail::mean_of_hits<Output, Lane>([&](std::size_t first, std::size_t) CTNN_INLINE_LAMBDA {
      const Lane named = detail::largest<classes>(target + first, predicted + first).other;
      return detail::is_in_top<classes>(k, predicted + first, named);
    });
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
