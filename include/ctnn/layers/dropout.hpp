// Dropout: forgets some of its inputs while training.
#pragma once

#include "../kernels/arithmetic.hpp"
#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's Dropout (Srivastava et al. 2014): in training, each value is 0 with probability `Rate` in [0, 1), and what is left is
/// scaled by 1 / (1 − Rate); else it is the identity. Which values are 0 depends on the trainer's seed, the step, the sample's
/// place in the batch and the value's place in the sample, and on nothing else.
template <auto Rate>
struct Dropout {
  static constexpr const char* class_name = "Dropout";
  static constexpr bool in_place = true;

  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions) { return 0; }
  static constexpr std::size_t tape_size(Dimensions input) { return input.size(); }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i];
  }

  /// The record is each value's factor.
  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward_training(const Lane* x, const ScalarOf<Lane>*, Lane* y, Lane* record,
                                                     const SampleRandom<Lane>& random) {
    constexpr auto rate = static_cast<ScalarOf<Lane>>(Rate), scale = static_cast<ScalarOf<Lane>>(1 / (1 - double(Rate)));
    for (std::size_t i = 0; i < In::size; ++i) {
      const auto dropped = random.uniform(i) < Lane(rate);
      record[i] = math::select(dropped, Lane(0), Lane(scale));
      y[i] = math::select(dropped, Lane(0), x[i] * Lane(scale));
    }
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<Dropout, Lane>& tape, const ScalarOf<Lane>*, const Lane* dy, const void*,
                                             Lane* dx) {
    for (std::size_t i = 0; i < In::size; ++i) dx[i] = dy[i] * tape.record[i];
  }

 private:
  static_assert(options_in_range<Dropout, (Rate >= 0 && Rate < 1)>, "ctnn: Dropout's rate must lie in [0, 1)");
};

}  // namespace ctnn::inline CTNN_VARIANT
