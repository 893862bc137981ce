// SparseTopKCategoricalAccuracy
#pragma once

#include "classes.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's sparse_top_k_categorical_accuracy: how often fewer than k outputs exceed that of the class that the target names by its
/// number.
struct SparseTopKCategoricalAccuracy {
  static constexpr const char* name = "sparse_top_k_categorical_accuracy";
  template <class Output>
  using target_shape = detail::ClassNumbers<Output>;

  std::size_t k = 5;  ///< at least 1

  template <class Scalar>
  constexpr Problem problem() const {
    return detail::problem_of_k(k, "SparseTopKCategoricalAccuracy's k must be at least 1");
  }

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target) const {
    constexpr std::size_t classes = detail::Classes<Output>::count;
    return detail::mean_of_hits<Output, Lane>([&](std::size_t first, std::size_t position) CTNN_INLINE_LAMBDA {
      Lane named(0), found(0);
      for (std::size_t i = 0; i < classes; ++i) {
        const auto here = target[position] == Lane(static_cast<ScalarOf<Lane>>(i));
        named = math::select(here, predicted[first + i], named);
        found = math::select(here, Lane(1), found);
      }
      return found * detail::is_in_top<classes>(k, predicted + first, named);
    });
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
