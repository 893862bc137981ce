// Dense: a fully connected layer on the last axis, y = x·kernel + bias.
#pragma once

#include "../kernels/product_gradient.hpp"
#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Whether a layer is written with the sizes that it has.
template <class Layer, bool Has>
inline constexpr bool has_its_sizes = Has;

namespace detail {

template <class Derived, std::size_t Out>
struct DenseLayer {
  static constexpr const char* class_name = "Dense";
  static constexpr bool keeps_input = true;

  static constexpr Dimensions compute_output_shape(Dimensions input) { return input.with_last(Out); }

  static constexpr std::array<Parameter, 2> parameters(Dimensions input) {
    const std::size_t in = input.known() ? input.last() : 0;
    return {{{"kernel", {in, Out}, glorot_uniform(in, Out)}, {"bias", {Out}, zeros()}}};
  }

  static constexpr std::size_t compute_flops(Dimensions input) { return 2 * input.size() * Out; }

  /// Up to 256 parameters, sums in lanes cost less than bringing samples and outputs across (measured; for large batches up to
  /// 400, for one of 16 samples hardly at all).
  static constexpr bool lane_gradient(Dimensions input) { return (input.last() + 1) * Out <= 256; }

  /// Of one tile: small networks, which become one function, have no use for what takes several at once.
  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y) {
    constexpr std::size_t in = In::dimensions.last();
    for (std::size_t row = 0; row < rows<In>; ++row) {
      kernels::affine<in, Out>(x + row * in, parameters, parameters + in * Out, y + row * Out);
    }
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void forward(const Lane* x, const ScalarOf<Lane>* parameters, Lane* y, std::size_t tiles) {
    constexpr std::size_t in = In::dimensions.last();
    kernels::affine<in, Out>(x, parameters, parameters + in * Out, y, tiles * rows<In>);
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void parameter_gradient(const Tape<Derived, Lane>& tape, const Lane* dy, Lane* gradient) {
    constexpr std::size_t in = In::dimensions.last();
    for (std::size_t row = 0; row < rows<In>; ++row) {
      kernels::affine_gradient<in, Out>(tape.input + row * in, dy + row * Out, gradient, gradient + in * Out);
    }
  }

  /// Into numbers, or into lanes (lane_gradient).
  template <class In, class Lane, class Sum>
  CTNN_INLINE static void parameter_gradient(const Tape<Derived, Lane>& tape, const Lane* dy, Sum* gradient, std::size_t tiles,
                                             bool fresh) {
    constexpr std::size_t in = In::dimensions.last();
    kernels::affine_gradient<in, Out>(tape.input, dy, tiles * rows<In>, fresh, gradient, gradient + in * Out);
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void input_gradient(const ScalarOf<Lane>* parameters, const Lane* dy, Lane* dx, std::size_t tiles) {
    kernels::affine_input_gradient<In::dimensions.last(), Out>(parameters, dy, dx, tiles * rows<In>);
  }

  template <class In, class Lane>
  CTNN_INLINE static constexpr void backward(const Tape<Derived, Lane>& tape, const ScalarOf<Lane>* parameters, const Lane* dy,
                                             Lane* gradient, Lane* dx) {
    constexpr std::size_t in = In::dimensions.last();
    parameter_gradient<In>(tape, dy, gradient);
    for (std::size_t row = 0; row < rows<In>; ++row) {
      kernels::affine_input_gradient<in, Out>(parameters, dy + row * Out, dx + row * in);
    }
  }

 private:
  /// Rows of a tile, each of which is an input of its own.
  template <class In>
  static constexpr std::size_t rows = In::size / In::dimensions.last();
};

}  // namespace detail

/// Keras's Dense: input (…, In), output (…, Out), kernel (In, Out) Glorot-uniform, bias (Out) zero.
/// `Dense<Out>` takes its input from the layer before.
template <std::ptrdiff_t... Sizes>
struct Dense : detail::DenseLayer<Dense<Sizes...>, 1> {
  static constexpr Dimensions expected_input(Dimensions given) { return given.known() ? given : Dimensions{std::size_t{1}}; }

  static_assert(has_its_sizes < Dense, sizeof...(Sizes) == 1 || sizeof...(Sizes) == 2 >,
                "ctnn: Dense must be written Dense<Out> or Dense<In, Out>; what activates it is a layer of its own, as ReLU");
};

template <std::ptrdiff_t Out>
struct Dense<Out> : detail::DenseLayer<Dense<Out>, detail::size_of(Out)> {};

template <std::ptrdiff_t In, std::ptrdiff_t Out>
struct Dense<In, Out> : detail::DenseLayer<Dense<In, Out>, detail::size_of(Out)> {
  static constexpr Dimensions expected_input(Dimensions given) {
    return given.known() ? given.with_last(detail::size_of(In)) : Dimensions{detail::size_of(In)};
  }
};

}  // namespace ctnn::inline CTNN_VARIANT
