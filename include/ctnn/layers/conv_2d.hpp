// Conv2D: a window of weights that moves over an image.
#pragma once

#include "../kernels/convolution.hpp"
#include "../kernels/convolution_sample.hpp"
#include "../layer.hpp"
#include "options_2d.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Whether a convolution is given its kernel's size.
template <class Layer, bool Given>
inline constexpr bool kernel_is_given = Given;

/// Keras's Conv2D on (height, width, channels), with `Filters` output channels; kernel (height, width, channels, Filters)
/// Glorot-uniform, bias (Filters) zero. Options: Kernel, which must be given, Strides (1), Dilation (1), Valid or Same.
template <std::ptrdiff_t Filters, detail::Option... Options>
struct Conv2D {
 private:
  static constexpr std::size_t filters = detail::size_of(Filters);
  using enum detail::OptionKind;
  static constexpr detail::Options2D options =
      detail::read_options<kernel, strides, dilation, padding>(std::type_identity<detail::TypeOfOption<Options>>{}...);
  static constexpr detail::Extent window = options.get(kernel, {1, 1});

  static constexpr detail::Windows windows(Dimensions input) {
    return {input, window, options.get(strides, {1, 1}), options.get(dilation, {1, 1}), options.same};
  }
  static constexpr kernels::TapAxis taps(const detail::WindowAxis& axis) {
    return {axis.length,
            axis.count(),
            axis.window,
            static_cast<std::ptrdiff_t>(axis.stride),
            static_cast<std::ptrdiff_t>(axis.dilation),
            -static_cast<std::ptrdiff_t>(axis.before())};
  }
  /// The same seen from the input's positions; for strides of 1.
  static constexpr kernels::TapAxis taps_back(const detail::WindowAxis& axis) {
    return {axis.count(),
            axis.length,
            axis.window,
            1,
            -static_cast<std::ptrdiff_t>(axis.dilation),
            static_cast<std::ptrdiff_t>(axis.before())};
  }
  template <class In>
  static constexpr std::size_t weights = window.height * window.width * In::dimensions.last() * filters;

 public:
  static constexpr const char* class_name = "Conv2D";
  static constexpr bool keeps_input = true;

  static constexpr Dimensions expected_input(Dimensions given) { return detail::expected_image(given); }
  static constexpr Dimensions compute_output_shape(Dimensions input) { return windows(input).output(filters); }

  static constexpr std::array<Parameter, 2> parameters(Dimensions input) {
    const std::size_t channels = input.known() ? input.last() : 0, field = window.height * window.width;
    return {{{"kernel", {window.height, window.width, channels, filters}, glorot_uniform(channels * field, filters * field)},
             {"bias", {filters}, zeros()}}};
  }

  /// As usually counted, with the products that fall outside the image.
  static constexpr std::size_t compute_flops(Dimensions input) {
    return 2 * compute_output_shape(input).size() * window.height * window.width * input.last();
  }

  static constexpr bool lane_gradient(Dimensions) { return false; }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    constexpr detail::Windows all = windows(In::dimensions);
    constexpr std::size_t in = In::dimensions.last();
    if constexpr (kernels::width_of<Lane> == 1 && kernels::register_bytes != 0) {
      if (!std::is_constant_evaluated()) {
        kernels::correlate_sample<taps(all.rows), taps(all.columns), in, filters>(x, parameters, y);
        return;
      }
    }
    const ScalarOf<Lane>* const bias = parameters + weights<In>;
    kernels::correlate<taps(all.rows), taps(all.columns), in, filters,
                       kernels::WeightStrides{window.width * in * filters, in * filters, filters, 1}>(
        x, parameters, [&](std::size_t o) CTNN_INLINE_LAMBDA { return bias[o]; }, y);
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void parameter_gradient(const Tape<Conv2D, Lane>& tape, const Lane* dy, ScalarOf<Lane>* gradient,
                                                       std::size_t tiles, bool fresh) {
    constexpr detail::Windows all = windows(In::dimensions);
    if constexpr (kernels::width_of<Lane> == 1 && kernels::register_bytes != 0) {
      if (!std::is_constant_evaluated()) {
        for (std::size_t sample = 0; sample < tiles; ++sample) {
          kernels::correlate_gradient_sample<taps(all.rows), taps(all.columns), In::dimensions.last(), filters>(
              tape.input + sample * In::size, dy + sample * all.output(filters).size(), fresh && sample == 0, gradient,
              gradient + weights<In>);
        }
        return;
      }
    }
    kernels::correlate_gradient<taps(all.rows), taps(all.columns), In::dimensions.last(), filters>(
        tape.input, dy, tiles, fresh, gradient, gradient + weights<In>);
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void input_gradient(const ScalarOf<Lane>* parameters, const Lane* dy, Lane* dx, std::size_t tiles) {
    constexpr std::size_t out = compute_output_shape(In::dimensions).size();
    for (std::size_t t = 0; t < tiles; ++t) tile_input_gradient<In>(parameters, dy + t * out, dx + t * In::size);
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<Conv2D, Lane>& tape, const ScalarOf<Lane>* parameters, const Lane* dy,
                                             ScalarOf<Lane>* gradient, Lane* dx) {
    parameter_gradient<In>(tape, dy, gradient, 1, false);
    input_gradient<In>(parameters, dy, dx, 1);
  }

 private:
  template <class In, class Lane>
  CTNN_INLINE static constexpr void tile_input_gradient(const ScalarOf<Lane>* parameters, const Lane* dy, Lane* dx) {
    constexpr detail::Windows all = windows(In::dimensions);
    constexpr std::size_t in = In::dimensions.last();
    if constexpr (kernels::width_of<Lane> == 1 && kernels::register_bytes != 0) {
      if (!std::is_constant_evaluated()) {
        kernels::correlate_input_gradient_sample<taps(all.rows), taps(all.columns), in, filters>(dy, parameters, dx);
        return;
      }
    }
    if constexpr (all.rows.stride == 1 && all.columns.stride == 1) {
      kernels::correlate<taps_back(all.rows), taps_back(all.columns), filters, in,
                         kernels::WeightStrides{window.width * in * filters, in * filters, 1, filters}>(
          dy, parameters, [](std::size_t) CTNN_INLINE_LAMBDA { return ScalarOf<Lane>(0); }, dx);
    } else {
      kernels::scatter<taps(all.rows), taps(all.columns), in, filters>(dy, parameters, dx);
    }
  }

  // Last: Clang stops at the first condition that fails, and the rest of the program must still find the members above.
  template <detail::Options2D::Mistake Mistake>
  using Mistaken = detail::MistakenOption<options.mistake == Mistake, options.position, detail::TypeOfOption<Options>...>;
  using Mistake = detail::Options2D::Mistake;
  static_assert(takes_option<Conv2D, Mistaken<Mistake::unknown>>,
                "ctnn: Conv2D's options must be Kernel, Strides, Dilation, Same or Valid, as in Conv2D<16, Kernel<3>, Same>");
  static_assert(takes_option_once<Conv2D, Mistaken<Mistake::repeated>>,
                "ctnn: a layer must be given each option only once, and only one of Same and Valid");
  static_assert(option_is_positive<Conv2D, Mistaken<Mistake::not_positive>>,
                "ctnn: an option's height and width must be at least 1");
  static constexpr bool complete = options.mistake != Mistake::none || options.has(kernel);
  static_assert(kernel_is_given<Conv2D, complete>, "ctnn: Conv2D must be given its kernel's size, as in Conv2D<16, Kernel<3>>");
};

}  // namespace ctnn::inline CTNN_VARIANT
