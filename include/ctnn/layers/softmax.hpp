// Softmax: a distribution over the last axis.
#pragma once

#include "../kernels/softmax.hpp"
#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

namespace detail {

/// What Softmax is over.
template <std::size_t Count>
struct SoftmaxClasses {
  static constexpr std::size_t count = Count;
  static_assert(has_classes<class_count_is<Count>>,
                "ctnn: Softmax must have at least two classes in the last axis, as of one it is always 1; one probability is "
                "Sigmoid's");
};

}  // namespace detail

/// Keras's Softmax over the last axis, y = e^(x − max x) / Σ e^(x − max x); dx = y·(dy − Σ dy·y). The classes are at least
/// two.
struct Softmax {
  static constexpr const char* class_name = "Softmax";
  static constexpr bool keeps_output = true;
  static constexpr Distribution distribution = Distribution::categorical;

  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions input) { return 18 * input.size(); }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    constexpr std::size_t classes = detail::SoftmaxClasses<In::dimensions.last()>::count;
    for (std::size_t row = 0; row < In::size; row += classes) kernels::softmax<classes>(x + row, y + row);
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<Softmax, Lane>& tape, const ScalarOf<Lane>*, const Lane* dy, const void*,
                                             Lane* dx) {
    constexpr std::size_t classes = In::dimensions.last();
    for (std::size_t row = 0; row < In::size; row += classes) {
      Lane mean = dy[row] * tape.output[row];
      for (std::size_t i = 1; i < classes; ++i) mean = math::mul_add(dy[row + i], tape.output[row + i], mean);
      for (std::size_t i = 0; i < classes; ++i) dx[row + i] = tape.output[row + i] * (dy[row + i] - mean);
    }
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
