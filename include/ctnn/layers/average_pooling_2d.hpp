// AveragePooling2D: the mean of each window.
#pragma once

#include "pooling_2d.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's AveragePooling2D on (height, width, channels). Options: Pool (2 × 2, as in MaxPooling2D; Keras 3 asks for it),
/// Strides (the pool's size), Valid or Same. Where a window reaches over an edge, the mean is that of its elements inside
/// the image.
template <detail::Option... Options>
struct AveragePooling2D : detail::Pooling2D<AveragePooling2D<Options...>, detail::TypeOfOption<Options>...> {
 private:
  using Base = detail::Pooling2D<AveragePooling2D, detail::TypeOfOption<Options>...>;

 public:
  static constexpr const char* class_name = "AveragePooling2D";

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    Base::template for_each_window<In>([&](std::size_t input, std::size_t output, detail::Extent size) CTNN_INLINE_LAMBDA {
      const ScalarOf<Lane> share = part<Lane>(size);
      kernels::for_each_feature<In::dimensions.last(), Lane>([&](auto step) CTNN_INLINE_LAMBDA {
        auto sum = step.load(x + input);
        using Value = decltype(sum);
        Base::template for_each_element<In>(size, [&](std::size_t element) CTNN_INLINE_LAMBDA {
          if (element > 0) sum += step.load(x + input + element);
        });
        step.store(y + output, sum * Value(share));
      });
    });
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<AveragePooling2D, Lane>&, const ScalarOf<Lane>*, const Lane* dy,
                                             const void*, Lane* dx) {
    Base::template clear_rest<In>(dx);
    Base::template for_each_window<In>([&](std::size_t input, std::size_t output, detail::Extent size) CTNN_INLINE_LAMBDA {
      const ScalarOf<Lane> share = part<Lane>(size);
      kernels::for_each_feature<In::dimensions.last(), Lane>([&](auto step) CTNN_INLINE_LAMBDA {
        auto gradient = step.load(dy + output);
        using Value = decltype(gradient);
        gradient *= Value(share);
        Base::template for_each_element<In>(
            size, [&](std::size_t element) CTNN_INLINE_LAMBDA { Base::template give<In>(step, dx + input + element, gradient); });
      });
    });
  }

 private:
  /// One element's part of the mean.
  template <class Lane>
  CTNN_INLINE static constexpr ScalarOf<Lane> part(detail::Extent size) {
    return ScalarOf<Lane>(1) / static_cast<ScalarOf<Lane>>(size.height * size.width);
  }

  // Last: Clang stops at the first condition that fails, and the rest of the program must still find the members above.
  using Mistake = detail::Options2D::Mistake;
  static_assert(takes_option<AveragePooling2D, typename Base::template Mistaken<Mistake::unknown>>,
                "ctnn: AveragePooling2D's options must be Pool, Strides, Same or Valid, as in AveragePooling2D<Pool<2>, Same>");
  static_assert(takes_option_once<AveragePooling2D, typename Base::template Mistaken<Mistake::repeated>>,
                "ctnn: a layer must be given each option only once, and only one of Same and Valid");
  static_assert(option_is_positive<AveragePooling2D, typename Base::template Mistaken<Mistake::not_positive>>,
                "ctnn: an option's height and width must be at least 1");
};

}  // namespace ctnn::inline CTNN_VARIANT
