// Elementwise: what all activations share. An activation gives its function and its derivative, nothing else.
#pragma once

#include "../kernels/elementary.hpp"
#include "../kernels/map.hpp"
#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT::detail {

/// y[i] = f(x[i]). `Activation` has either
///   value(x) and derivative(y), where the derivative follows from the output, or
///   value(x) and value_and_derivative(x), which leaves the derivative on the tape;
/// both generic over the lane, and `operations`, the floating-point operations of one value.
template <class Activation>
struct Elementwise {
  static constexpr bool in_place = true;

  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions input) { return input.size() * Activation::operations; }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    kernels::map<In::size>(x, y, [](auto value) CTNN_INLINE_LAMBDA { return Activation::value(value); });
  }
};

/// An activation whose derivative follows from its output.
template <class Activation>
struct ElementwiseFromOutput : Elementwise<Activation> {
  static constexpr bool keeps_output = true;

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<Activation, Lane>& tape, const ScalarOf<Lane>*, const Lane* dy, const void*,
                                             Lane* dx) {
    kernels::map_pairs<In::size>(tape.output, dy, dx,
                                 [](Lane y, Lane d) CTNN_INLINE_LAMBDA { return d * Activation::derivative(y); });
  }
};

/// An activation whose derivative is a by-product of its value and is kept in place of either.
template <class Activation>
struct ElementwiseWithRecord : Elementwise<Activation> {
  static constexpr std::size_t tape_size(Dimensions input) { return input.size(); }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward_training(const Lane* x, const ScalarOf<Lane>*, Lane* y, Lane* record) {
    for (std::size_t i = 0; i < In::size; ++i) {
      const auto result = Activation::value_and_derivative(x[i]);
      y[i] = result.value;
      record[i] = result.derivative;
    }
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<Activation, Lane>& tape, const ScalarOf<Lane>*, const Lane* dy, const void*,
                                             Lane* dx) {
    kernels::map_pairs<In::size>(tape.record, dy, dx, [](Lane derivative, Lane d) CTNN_INLINE_LAMBDA { return d * derivative; });
  }
};

template <class Lane>
struct ValueAndDerivative {
  Lane value;
  Lane derivative;
};

}  // namespace ctnn::inline CTNN_VARIANT::detail
