// SparseCategoricalAccuracy
#pragma once

#include "classes.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's sparse_categorical_accuracy: how often the largest output, the first of equal ones, is of the class that the target
/// names by its number. The mean over the positions of an output with more axes than one.
struct SparseCategoricalAccuracy {
  static constexpr const char* name = "sparse_categorical_accuracy";
  template <class Output>
  using target_shape = detail::ClassNumbers<Output>;

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target) const {
    return detail::mean_of_hits<Output, Lane>([&](std::size_t first, std::size_t position) CTNN_INLINE_LAMBDA {
      return detail::one_where<Lane>(detail::largest_index<detail::Classes<Output>::count>(predicted + first) == target[position]);
    });
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
