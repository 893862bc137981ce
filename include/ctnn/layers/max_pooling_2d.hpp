// MaxPooling2D: the largest value of each window.
#pragma once

#include "pooling_2d.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's MaxPooling2D on (height, width, channels). Options: Pool (2 × 2), Strides (the pool's size), Valid or Same.
/// What lies outside the image is never the largest; a NaN in a window is. The gradient goes to the first of several
/// equal values in row-major order, as in TensorFlow and JAX.
template <detail::Option... Options>
struct MaxPooling2D : detail::Pooling2D<MaxPooling2D<Options...>, detail::TypeOfOption<Options>...> {
 private:
  using Base = detail::Pooling2D<MaxPooling2D, detail::TypeOfOption<Options>...>;

 public:
  static constexpr const char* class_name = "MaxPooling2D";
  // Backward finds the largest value again: both are there anyway, and an index would have to be written and read.
  static constexpr bool keeps_input = true;
  static constexpr bool keeps_output = true;

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    Base::template for_each_window<In>([&](std::size_t input, std::size_t output, detail::Extent size) CTNN_INLINE_LAMBDA {
      kernels::for_each_feature<In::dimensions.last(), Lane>([&](auto step) CTNN_INLINE_LAMBDA {
        auto largest = step.load(x + input);
        Base::template for_each_element<In>(size, [&](std::size_t element) CTNN_INLINE_LAMBDA {
          if (element > 0) largest = larger(largest, step.load(x + input + element));
        });
        step.store(y + output, largest);
      });
    });
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<MaxPooling2D, Lane>& tape, const ScalarOf<Lane>*, const Lane* dy,
                                             const void*, Lane* dx) {
    Base::template clear_rest<In>(dx);
    Base::template for_each_window<In>([&](std::size_t input, std::size_t output, detail::Extent size) CTNN_INLINE_LAMBDA {
      kernels::for_each_feature<In::dimensions.last(), Lane>([&](auto step) CTNN_INLINE_LAMBDA {
        const auto largest = step.load(tape.output + output);
        auto left = step.load(dy + output);
        using Value = decltype(left);
        Base::template for_each_element<In>(size, [&](std::size_t element) CTNN_INLINE_LAMBDA {
          const auto smaller = step.load(tape.input + input + element) < largest;
          Base::template give<In>(step, dx + input + element, math::select(smaller, Value(0), left));
          left = math::select(smaller, left, Value(0));
        });
      });
    });
  }

 private:
  /// The larger of two; NaN where either is.
  template <class Value>
  CTNN_INLINE static constexpr Value larger(Value a, Value b) {
    // NOLINTNEXTLINE(misc-redundant-expression): false where a is NaN.
    return math::select(a >= a, (math::max)(a, b), a);
  }

  // Last: Clang stops at the first condition that fails, and the rest of the program must still find the members above.
  using Mistake = detail::Options2D::Mistake;
  static_assert(takes_option<MaxPooling2D, typename Base::template Mistaken<Mistake::unknown>>,
                "ctnn: MaxPooling2D's options must be Pool, Strides, Same or Valid, as in MaxPooling2D<Pool<2>, Same>");
  static_assert(takes_option_once<MaxPooling2D, typename Base::template Mistaken<Mistake::repeated>>,
                "ctnn: a layer must be given each option only once, and only one of Same and Valid");
  static_assert(option_is_positive<MaxPooling2D, typename Base::template Mistaken<Mistake::not_positive>>,
                "ctnn: an option's height and width must be at least 1");
};

}  // namespace ctnn::inline CTNN_VARIANT
