// CategoricalAccuracy
#pragma once

#include "classes.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's categorical_accuracy: how often the largest output and the largest of the one-hot target are of the same class; of equal
/// ones the first counts. The mean over the positions of an output with more axes than one.
struct CategoricalAccuracy {
  static constexpr const char* name = "categorical_accuracy";
  template <class Output>
  using target_shape = Output;

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target) const {
    constexpr std::size_t classes = detail::Classes<Output>::count;
    return detail::mean_of_hits<Output, Lane>([&](std::size_t first, std::size_t) CTNN_INLINE_LAMBDA {
      return detail::one_where<Lane>(detail::largest_index<classes>(predicted + first) ==
                                     detail::largest_index<classes>(target + first));
    });
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
