// Input: names the shape of a network's input where its first layer does not.
#pragma once

#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's Input: the shape of one sample, without the batch axis. Computes nothing.
template <std::ptrdiff_t... Axes>
struct Input {
  static_assert(sizeof...(Axes) > 0, "ctnn: an input must have at least one axis, as in Input<28, 28>");

  static constexpr const char* class_name = "InputLayer";
  static constexpr bool is_identity = true;

  static constexpr Dimensions expected_input(Dimensions) { return {detail::size_of(Axes)...}; }
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }
};

}  // namespace ctnn::inline CTNN_VARIANT
