// Accuracy
#pragma once

#include "binary_accuracy.hpp"
#include "categorical_accuracy.hpp"
#include "sparse_categorical_accuracy.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// What Keras means by "accuracy": BinaryAccuracy where the output's last axis is one number, else SparseCategoricalAccuracy where
/// the loss's targets are class numbers, else CategoricalAccuracy, even behind BinaryCrossentropy.
struct Accuracy {
  static constexpr const char* name = "accuracy";

  template <class LossType, class Output, class Lane>
  CTNN_INLINE constexpr Lane evaluate(const Lane* predicted, const Lane* target) const {
    using Target = TargetShape<LossType, Output>;
    if constexpr (Output::dimensions.last() == 1) {
      return BinaryAccuracy{}.evaluate<LossType, Output>(predicted, target);
    } else if constexpr (std::is_same_v<Target, detail::ClassNumbers<Output>>) {
      return SparseCategoricalAccuracy{}.evaluate<LossType, Output>(predicted, target);
    } else {
      return CategoricalAccuracy{}.evaluate<LossType, Output>(predicted, target);
    }
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
