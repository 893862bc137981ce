// The networks that write_headers.cpp writes and read_headers.cpp reads.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <ctnn/core.hpp>
#include <limits>

namespace header_networks {

using namespace ctnn;

/// Of somebody else, and of any number.
template <double By>
struct Shift {
  static constexpr const char* class_name = "Shift";
  static constexpr Dimensions compute_output_shape(Dimensions input) { return input; }
  static constexpr std::size_t compute_flops(Dimensions input) { return input.size(); }
  template <class In, class Lane>
  static constexpr void forward(const Lane* x, const ScalarOf<Lane>*, Lane* y) {
    for (std::size_t i = 0; i < In::size; ++i) y[i] = x[i] + Lane(ScalarOf<Lane>(By));
  }
  template <class In, class Lane>
  static constexpr void backward(const Tape<Shift, Lane>&, const ScalarOf<Lane>*, const Lane* dy, const void*, Lane* dx) {
    for (std::size_t i = 0; i < In::size; ++i) dx[i] = dy[i];
  }
};
/// One with a name, as that of a template whose arguments no header writes needs.
struct Third : Shift<1.0 / 3> {};

/// Every layer, with options that are not those of the library, and numbers of which no decimal digits are the whole.
using Every =
    Sequential<Input<9, 8, 1>, Conv2D<3, Kernel<3, 2>, Strides<1>, Same>, ReLU, Conv2D<4, Dilation<2>, Valid, Kernel<2>>,
               LeakyReLU<1.0 / 3>, MaxPooling2D<Pool<2, 1>, Strides<2, 1>>, AveragePooling2D<Same>, LayerNormalization<1e-5>, GELU,
               BatchNormalization<0.9, 1e-300>, Sequential<Regularized<Dense<4>, L2{0.1}>, SiLU>,
               Regularized<Sequential<Dense<3>, ELU<>>, L1L2{0.1, 1e-7}>, Regularized<Conv2D<2, Kernel<1>>, L1{2}>,
               GlobalAveragePooling2D, Reshape<-1, 2>, Flatten, Dropout<0.1f>, Dropout<0.25>, Dropout<0>, Dense<2, 3>, Softplus,
               Linear, Sigmoid, Shift<0.1>, Third, Dense<2>, Tanh, Softmax>;
using One = Sequential<Dense<1, 1>>;
/// Without any parameters.
using None = Sequential<Input<3>, Tanh>;

/// Numbers of all sizes and bits, signed zeros and subnormal ones included.
template <class Net, class Scalar>
constexpr std::array<Scalar, Net::parameter_count> weights() {
  using Limits = std::numeric_limits<Scalar>;
  constexpr Scalar special[] = {0,
                                Scalar(-0.0),
                                (Limits::max)(),
                                Limits::lowest(),
                                (Limits::min)(),
                                Limits::denorm_min(),
                                -Limits::denorm_min(),
                                Scalar(1) / 3,
                                Scalar(100),
                                (Limits::min)() - Limits::denorm_min()};
  std::array<Scalar, Net::parameter_count> result{};
  Random random{Seed{7}};
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = i < std::size(special) ? special[i] : static_cast<Scalar>(random.uniform() - 0.5);
  }
  return result;
}

/// Whether a model has the very bits that were written.
template <class Model>
constexpr bool has_weights(const Model& model) {
  using Scalar = typename Model::scalar;
  using Bits = std::conditional_t<sizeof(Scalar) == 4, std::uint32_t, std::uint64_t>;
  const auto written = weights<typename Model::network, Scalar>();
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (std::bit_cast<Bits>(model.data()[i]) != std::bit_cast<Bits>(written[i])) return false;
  }
  return true;
}

}  // namespace header_networks
