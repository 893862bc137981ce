// Flatten: all axes as one.
#pragma once

#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's Flatten: (…) → (n) in row-major order. Costs nothing: the numbers lie in memory as they are.
struct Flatten {
  static constexpr const char* class_name = "Flatten";
  static constexpr bool is_identity = true;

  static constexpr Dimensions compute_output_shape(Dimensions input) { return {input.size()}; }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }
};

}  // namespace ctnn::inline CTNN_VARIANT
