// Linear: the identity, Keras's "linear" activation.
#pragma once

#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// y = x. Costs nothing: the chain passes its values through.
struct Linear {
  static constexpr const char* class_name = "Linear";
  static constexpr bool is_identity = true;

  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }
};

}  // namespace ctnn::inline CTNN_VARIANT
