#include <ctnn/layers/conv_2d.hpp>

#include "run_layer.hpp"

using namespace ctnn;

namespace {

/// A convolution in plain loops, from its definition: every element of every window, those outside the image skipped.
struct Reference {
  Dimensions in;
  std::size_t filters;
  detail::Extent kernel, strides, dilation;
  bool same;

  static std::size_t out(std::size_t length, std::size_t window, std::size_t stride, std::size_t dilation, bool same) {
    return same ? (length + stride - 1) / stride : (length - (window - 1) * dilation - 1) / stride + 1;
  }
  static std::ptrdiff_t before(std::size_t length, std::size_t window, std::size_t stride, std::size_t dilation, bool same) {
    const auto reach =
        static_cast<std::ptrdiff_t>((out(length, window, stride, dilation, same) - 1) * stride + (window - 1) * dilation + 1);
    return same ? std::max<std::ptrdiff_t>(reach - static_cast<std::ptrdiff_t>(length), 0) / 2 : 0;
  }
  std::size_t rows() const { return out(in.axes[0], kernel.height, strides.height, dilation.height, same); }
  std::size_t columns() const { return out(in.axes[1], kernel.width, strides.width, dilation.width, same); }

  /// Calls visit(x, weight, y), indices into the image, the kernel and the output, for every product.
  template <class Visit>
  void for_each_product(const Visit& visit) const {
    const std::size_t channels = in.axes[2];
    for (std::size_t r = 0; r < rows(); ++r) {
      for (std::size_t q = 0; q < columns(); ++q) {
        for (std::size_t i = 0; i < kernel.height; ++i) {
          for (std::size_t j = 0; j < kernel.width; ++j) {
            const auto a = static_cast<std::ptrdiff_t>(r * strides.height + i * dilation.height) -
                           before(in.axes[0], kernel.height, strides.height, dilation.height, same);
            const auto b = static_cast<std::ptrdiff_t>(q * strides.width + j * dilation.width) -
                           before(in.axes[1], kernel.width, strides.width, dilation.width, same);
            if (a < 0 || b < 0 || a >= static_cast<std::ptrdiff_t>(in.axes[0]) || b >= static_cast<std::ptrdiff_t>(in.axes[1]))
              continue;
            for (std::size_t k = 0; k < channels; ++k) {
              for (std::size_t o = 0; o < filters; ++o) {
                visit((static_cast<std::size_t>(a) * in.axes[1] + static_cast<std::size_t>(b)) * channels + k,
                      ((i * kernel.width + j) * channels + k) * filters + o, (r * columns() + q) * filters + o);
              }
            }
          }
        }
      }
    }
  }
};

template <class Layer, class In, class Lane>
void check_lane(const Reference& reference) {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>;
  const std::size_t out = reference.rows() * reference.columns() * reference.filters;
  CHECK(Layer::compute_output_shape(In::dimensions) == Dimensions{reference.rows(), reference.columns(), reference.filters});
  constexpr std::size_t parameters = detail::parameter_count<Layer>(In::dimensions);
  const auto x = checks::numbers<Scalar>(width * In::size, 3), dy = checks::numbers<Scalar>(width * out, 4);
  const auto weights = checks::numbers<Scalar>(parameters, 5);
  std::vector<double> y(width * out), dx(width * In::size), gradient(parameters);
  const std::size_t bias = parameters - reference.filters;
  for (std::size_t s = 0; s < width; ++s) {
    for (std::size_t i = 0; i < out; ++i) {
      y[s * out + i] = static_cast<double>(weights[bias + i % reference.filters]);
      gradient[bias + i % reference.filters] += static_cast<double>(dy[s * out + i]);
    }
    reference.for_each_product([&](std::size_t in, std::size_t weight, std::size_t output) {
      const auto x_value = static_cast<double>(x[s * In::size + in]), w_value = static_cast<double>(weights[weight]);
      const auto dy_value = static_cast<double>(dy[s * out + output]);
      y[s * out + output] += x_value * w_value;
      dx[s * In::size + in] += dy_value * w_value;
      gradient[weight] += dy_value * x_value;
    });
  }
  const auto result = checks::run_layer<Layer, In, Lane>(x, weights, dy);
  const double tolerance = sizeof(Scalar) == 4 ? 1e-5 : 1e-13;
  INFO("width ", width, ", ", sizeof(Scalar), " bytes");
  CHECK(checks::array_error(result.y, y) < tolerance);
  CHECK(checks::array_error(result.dx, dx) < tolerance);
  CHECK(checks::array_error(result.gradient, gradient) < tolerance);
}

/// Inference of one sample is a path of its own.
template <class Layer, class In>
void check_sample(const Reference& reference) {
  const std::size_t out = reference.rows() * reference.columns() * reference.filters;
  constexpr std::size_t parameters = detail::parameter_count<Layer>(In::dimensions);
  const auto x = checks::numbers<float>(In::size, 3), weights = checks::numbers<float>(parameters, 5);
  std::vector<double> expected(out);
  for (std::size_t i = 0; i < out; ++i)
    expected[i] = static_cast<double>(weights[parameters - reference.filters + i % reference.filters]);
  reference.for_each_product([&](std::size_t in, std::size_t weight, std::size_t output) {
    expected[output] += static_cast<double>(x[in]) * static_cast<double>(weights[weight]);
  });
  std::vector<float> y(out + 1, 77.0f);
  Layer::template forward<In>(x.data(), weights.data(), y.data());
  CHECK(y.back() == 77.0f);
  y.pop_back();
  CHECK(checks::array_error(y, expected) < 1e-5);
}

/// `All` lanes, or only those that a program runs in: each is a whole layer to compile.
template <std::size_t H, std::size_t W, std::size_t C, std::size_t F, auto Padding, auto K, auto S = Strides<1>,
          auto D = Dilation<1>, bool All = false>
void check() {
  const auto extent = []<class Option>(const Option&) { return detail::option_value<Option>.extent; };
  // (GCC 12 takes the type of such an argument for a const one.)
  constexpr bool same = std::same_as<std::remove_const_t<decltype(Padding)>, detail::Same>;
  const Reference reference{{H, W, C}, F, extent(K), extent(S), extent(D), same};
  using Layer = Conv2D<F, K, Padding, D, S>;
  INFO(H, " × ", W, " × ", C, " → ", F, ", kernel ", reference.kernel.height, " × ", reference.kernel.width, ", strides ",
       reference.strides.height, " × ", reference.strides.width, ", dilation ", reference.dilation.height, " × ",
       reference.dilation.width, reference.same ? ", same" : ", valid");
  check_sample<Layer, Shape<H, W, C>>(reference);
  check_lane<Layer, Shape<H, W, C>, kernels::NativeLane<float>>(reference);
  // One sample has a path of its own.
  check_lane<Layer, Shape<H, W, C>, float>(reference);
  if constexpr (All) {
    check_lane<Layer, Shape<H, W, C>, double>(reference);
    check_lane<Layer, Shape<H, W, C>, kernels::NativeLane<double>>(reference);
  }
}

}  // namespace

TEST_CASE("Conv2D against the definition: blocks of every size, edges, strides, dilation") {
  check<6, 7, 1, 6, Same, Kernel<5>>();
  check<7, 9, 3, 4, Same, Kernel<3>, Strides<1>, Dilation<1>, true>();
  check<5, 6, 6, 16, Valid, Kernel<3>>();
  check<4, 5, 2, 37, Valid, Kernel<2, 3>>();
  check<7, 8, 2, 5, Same, Kernel<3, 2>, Strides<2, 3>>();
  check<7, 8, 1, 5, Valid, Kernel<3, 2>, Strides<2, 3>, Dilation<1>, true>();
  check<9, 8, 1, 3, Same, Kernel<3>, Strides<1>, Dilation<2, 3>>();
  check<9, 9, 2, 7, Same, Kernel<2, 3>, Strides<2>, Dilation<3, 2>>();
  check<3, 4, 5, 1, Valid, Kernel<1>>();
  check<5, 5, 30, 2, Same, Kernel<3>, Strides<3>>();
  check<5, 30, 1, 2, Valid, Kernel<2, 11>>();
  check<4, 4, 2, 20, Same, Kernel<4>>();
  check<4, 3, 64, 36, Same, Kernel<3>>();
}

TEST_CASE("Conv2D: one sample of a large image, whose edges are not padded by a copy") { check<80, 60, 3, 2, Same, Kernel<3>>(); }

TEST_CASE("Conv2D: gradient by central differences") {
  checks::central_differences<Sequential<Input<5, 6, 2>, Conv2D<3, Kernel<3>, Same>, Tanh, Conv2D<2, Kernel<2, 3>>, Tanh>>();
  checks::central_differences<Sequential<Input<6, 5, 1>, Conv2D<2, Kernel<2>, Strides<2>>, Tanh>>();
}

TEST_CASE("Conv2D: Keras's shapes and initializers") {
  using Layer = Conv2D<6, Kernel<5>, Same>;
  static_assert(Layer::compute_output_shape({28, 28, 1}) == Dimensions{28, 28, 6});
  static_assert(Conv2D<16, Kernel<5>>::compute_output_shape({14, 14, 6}) == Dimensions{10, 10, 16});
  static_assert(Layer::parameters({28, 28, 1})[0].shape == Dimensions{5, 5, 1, 6});
  CHECK(Layer::parameters({28, 28, 1})[0].initializer.limit == doctest::Approx(std::sqrt(6.0 / (25 + 150))));
}

// The compiler convolves: the sums of 2 × 2 neighbours, and a bias of 0.5.
static_assert(StaticModel<Sequential<Input<2, 3, 1>, Conv2D<1, Kernel<2>>>>{std::array{1.0f, 1.0f, 1.0f, 1.0f, 0.5f}}(std::array{
                  1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f}) == std::array{12.5f, 16.5f});
