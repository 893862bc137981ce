// Distribution: what a network's last layer makes of its logits. A loss may take that layer over: softmax and logarithm
// together are stable where each alone is not.
#pragma once

#include "version.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Declared by a layer as `static constexpr Distribution distribution`, by a loss as `fused_distribution`.
enum class Distribution {
  none,
  bernoulli,   ///< Sigmoid: each output is a probability by itself
  categorical  ///< Softmax: the outputs of the last axis are the probabilities of classes
};

}  // namespace ctnn::inline CTNN_VARIANT
