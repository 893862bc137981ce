// Regularized: a layer whose kernel is kept small by a penalty on the loss.
#pragma once

#include "../kernels/arithmetic.hpp"
#include "../layer.hpp"

namespace ctnn::inline CTNN_VARIANT {

/// Keras's L1 regularizer: the penalty l1·Σ|w|.
struct L1 {
  double l1 = 0.01;  ///< ≥ 0
};
/// Keras's L2 regularizer: the penalty l2·Σw².
struct L2 {
  double l2 = 0.01;  ///< ≥ 0
};
/// Keras's L1L2 regularizer: the penalty l1·Σ|w| + l2·Σw².
struct L1L2 {
  double l1 = 0;  ///< ≥ 0
  double l2 = 0;  ///< ≥ 0
};

/// Whether a layer has parameters by the name of "kernel".
template <class Layer>
inline constexpr bool has_kernel = [] {
  if constexpr (detail::HasParameters<Layer>) {
    // The names do not depend on the input; one that the layer fixes, or any other, will do.
    const Dimensions fixed = detail::expected_input<Layer>(Dimensions{});
    for (const Parameter& parameter : Layer::parameters(fixed.known() ? fixed : Dimensions{1, 1, 1})) {
      if (detail::same_text(parameter.name, "kernel")) return true;
    }
  }
  return false;
}();

/// Whether a value has factors l1 or l2 that are finite and not negative.
template <auto Regularizer>
inline constexpr bool is_regularizer = [] {
  constexpr auto fits = [](double factor) { return factor >= 0 && math::is_finite(factor); };
  bool fit = true, any = false;
  if constexpr (requires { Regularizer.l1; }) fit = fit && fits(Regularizer.l1), any = true;
  if constexpr (requires { Regularizer.l2; }) fit = fit && fits(Regularizer.l2), any = true;
  return fit && any;
}();

/// Keras's kernel_regularizer=L2(0.001), for any layer: Regularized<Dense<128>, L2{0.001}>. The penalty of the kernel, and not
/// that of the bias, is added to the loss in training and in evaluation.
template <class Layer, auto Regularizer>
struct Regularized : Layer {
  static_assert(has_kernel<Layer>, "ctnn: a regularized layer must have parameters named kernel");
  static_assert(is_regularizer<Regularizer>, "ctnn: a regularizer must have factors l1 or l2 that are finite and not negative");

  static constexpr auto parameters(Dimensions input) {
    if constexpr (detail::HasParameters<Layer>) {
      auto result = Layer::parameters(input);
      regularize(result.data(), result.data() + result.size());
      return result;
    } else {
      return std::array<Parameter, 0>{};
    }
  }
  /// What a block is asked for in place of `parameters` (sequential.hpp).
  static constexpr void write_parameters(Dimensions& shape, Parameter*& next)
    requires detail::IsChain<Layer>
  {
    Parameter* const first = next;
    Layer::write_parameters(shape, next);
    regularize(first, next);
  }

 private:
  static constexpr void regularize(Parameter* first, Parameter* last) {
    for (; first != last; ++first) {
      if (!detail::same_text(first->name, "kernel")) continue;
      if constexpr (requires { Regularizer.l1; }) first->l1 += Regularizer.l1;
      if constexpr (requires { Regularizer.l2; }) first->l2 += Regularizer.l2;
    }
  }
};

namespace detail {

template <class Layer, auto Regularizer>
constexpr bool is_sound<Regularized<Layer, Regularizer>> = has_kernel<Layer> && is_sound<Layer>;

}  // namespace detail

}  // namespace ctnn::inline CTNN_VARIANT
