// Layers against Keras, each by itself: outputs, and gradients by inputs and parameters, of layer_fixtures.hpp.
#include <doctest/doctest.h>

#include <ctnn/core.hpp>
#include <string>

#include "../layers/run_layer.hpp"
#include "layer_fixtures.hpp"

namespace {

using namespace ctnn;

/// Runs a case's samples in lanes; those that a register has beyond them repeat them without adding to the gradient.
template <class Layer, class In, class Lane>
void check_lane(const auto& reference) {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>;
  const std::size_t outputs = reference.y.size() / reference.samples;
  const auto part = [](const auto& values, std::size_t first, std::size_t size) {
    const auto begin = values.begin() + static_cast<std::ptrdiff_t>(first * size);
    return std::vector<Scalar>(begin, begin + static_cast<std::ptrdiff_t>(size));
  };
  const auto append = [](auto& all, const auto& values) { all.insert(all.end(), values.begin(), values.end()); };
  const std::vector<Scalar> parameters(reference.parameters.begin(), reference.parameters.end());
  std::vector<Scalar> y, dx;
  std::vector<double> gradient(reference.gradient.size());
  for (std::size_t next = 0; next < reference.samples; next += width) {
    const std::size_t count = std::min(width, reference.samples - next);
    std::vector<Scalar> x, dy;
    for (std::size_t s = 0; s < width; ++s) {
      append(x, part(reference.x, next + s % count, In::size));
      append(dy, s < count ? part(reference.dy, next + s, outputs) : std::vector<Scalar>(outputs, Scalar(0)));
    }
    const auto run = checks::run_layer<Layer, In, Lane>(x, parameters, dy);
    for (std::size_t s = 0; s < count; ++s) {
      append(y, part(run.y, s, outputs));
      append(dx, part(run.dx, s, In::size));
    }
    for (std::size_t k = 0; k < gradient.size(); ++k) gradient[k] += static_cast<double>(run.gradient[k]);
  }
  constexpr double tolerance = sizeof(Scalar) == 4 ? 1e-6 : 1e-12;
  INFO("width ", width, ", ", sizeof(Scalar), " bytes");
  CHECK(checks::array_error(y, reference.y) <= tolerance);
  CHECK(checks::array_error(dx, reference.dx) <= tolerance);
  if (!gradient.empty()) CHECK(checks::array_error(gradient, reference.gradient) <= tolerance);
}

/// Checks a layer in registers of double, whose tolerance is the sharper; each lane is a layer to compile.
template <class Layer, class In>
void check(const auto& reference) {
  INFO(std::string(Layer::class_name));
  check_lane<Layer, In, kernels::NativeLane<double>>(reference);
}

/// … and in registers of float, and number by number.
template <class Layer, class In>
void check_all(const auto& reference) {
  check<Layer, In>(reference);
  check_lane<Layer, In, kernels::NativeLane<float>>(reference);
  check_lane<Layer, In, float>(reference);
  check_lane<Layer, In, double>(reference);
}

TEST_CASE("Flatten and Reshape agree with Keras's") {
  check_all<Flatten, Shape<2, 3, 2>>(layer_fixtures::flatten);
  check_all<Reshape<4, -1>, Shape<2, 3, 2>>(layer_fixtures::reshape);
}

TEST_CASE("MaxPooling2D agrees with Keras's, ties included") {
  check<MaxPooling2D<>, Shape<4, 6, 3>>(layer_fixtures::max_pooling_2d);
  check<MaxPooling2D<>, Shape<5, 6, 3>>(layer_fixtures::max_pooling_2d_ties_default);
  check_all<MaxPooling2D<Pool<2, 3>, Same>, Shape<5, 7, 3>>(layer_fixtures::max_pooling_2d_ties_disjoint_same);
  check_all<MaxPooling2D<Pool<3, 2>, Strides<1>>, Shape<5, 4, 2>>(layer_fixtures::max_pooling_2d_ties_overlapping);
  check<MaxPooling2D<Pool<3>, Strides<2, 1>, Same>, Shape<6, 5, 1>>(layer_fixtures::max_pooling_2d_ties_overlapping_same);
  check<MaxPooling2D<Pool<1, 2>, Strides<2, 3>>, Shape<5, 8, 2>>(layer_fixtures::max_pooling_2d_ties_gaps);
  check_all<MaxPooling2D<>, Shape<2, 4, 19>>(layer_fixtures::max_pooling_2d_ties_wide);
}

TEST_CASE("AveragePooling2D agrees with Keras's") {
  check<AveragePooling2D<>, Shape<5, 6, 3>>(layer_fixtures::average_pooling_2d_default);
  check_all<AveragePooling2D<Pool<2, 3>, Same>, Shape<5, 7, 3>>(layer_fixtures::average_pooling_2d_disjoint_same);
  check_all<AveragePooling2D<Pool<3, 2>, Strides<1>>, Shape<5, 4, 2>>(layer_fixtures::average_pooling_2d_overlapping);
  check<AveragePooling2D<Pool<3>, Strides<2, 1>, Same>, Shape<6, 5, 1>>(layer_fixtures::average_pooling_2d_overlapping_same);
  check<AveragePooling2D<Pool<1, 2>, Strides<2, 3>>, Shape<5, 8, 2>>(layer_fixtures::average_pooling_2d_gaps);
  check_all<AveragePooling2D<>, Shape<2, 4, 19>>(layer_fixtures::average_pooling_2d_wide);
}

TEST_CASE("GlobalAveragePooling2D agrees with Keras's") {
  check_all<GlobalAveragePooling2D, Shape<5, 3, 6>>(layer_fixtures::global_average_pooling_2d);
  check<GlobalAveragePooling2D, Shape<2, 2, 35>>(layer_fixtures::global_average_pooling_2d_wide);
}

TEST_CASE("LayerNormalization agrees with Keras's") {
  check<LayerNormalization<>, Shape<7>>(layer_fixtures::layer_normalization);
  check_all<LayerNormalization<>, Shape<2, 3, 5>>(layer_fixtures::layer_normalization_rows);
  check_all<LayerNormalization<>, Shape<40>>(layer_fixtures::layer_normalization_wide);
  check<LayerNormalization<0.5>, Shape<2, 6>>(layer_fixtures::layer_normalization_epsilon);
}

TEST_CASE("Rescaling agrees with Keras's") { check_all<Rescaling<1.5, -0.25>, Shape<2, 3, 2>>(layer_fixtures::rescaling); }

TEST_CASE("Normalization agrees with Keras's") {
  check<Normalization<>, Shape<7>>(layer_fixtures::normalization);
  check_all<Normalization<>, Shape<2, 3, 5>>(layer_fixtures::normalization_rows);
  check<Normalization<>, Shape<70>>(layer_fixtures::normalization_wide);
  check_all<Normalization<Invert>, Shape<2, 6>>(layer_fixtures::normalization_invert);
}

TEST_CASE("Conv2D agrees with Keras's") {
  check<Conv2D<16, Kernel<1>>, Shape<3, 3, 6>>(layer_fixtures::conv2d_1x1);
  check<Conv2D<4, Kernel<3>>, Shape<6, 5, 3>>(layer_fixtures::conv2d_3x3);
  check_all<Conv2D<4, Kernel<3>, Same>, Shape<5, 6, 3>>(layer_fixtures::conv2d_3x3_same);
  check<Conv2D<16, Kernel<3>>, Shape<4, 4, 6>>(layer_fixtures::conv2d_3x3_wide);
  check<Conv2D<6, Kernel<5>>, Shape<7, 8, 1>>(layer_fixtures::conv2d_5x5);
  check<Conv2D<6, Kernel<5>, Same>, Shape<4, 5, 1>>(layer_fixtures::conv2d_5x5_same);
  check<Conv2D<6, Kernel<2, 3>>, Shape<4, 5, 6>>(layer_fixtures::conv2d_2x3);
  check<Conv2D<4, Kernel<2, 3>, Same>, Shape<5, 4, 3>>(layer_fixtures::conv2d_2x3_same);
  check<Conv2D<6, Kernel<3>, Strides<2, 3>>, Shape<7, 8, 3>>(layer_fixtures::conv2d_3x3_strides);
  check<Conv2D<4, Kernel<3>, Strides<2>, Same>, Shape<7, 6, 1>>(layer_fixtures::conv2d_3x3_strides_same);
  check<Conv2D<4, Kernel<1>, Strides<2>>, Shape<5, 4, 3>>(layer_fixtures::conv2d_1x1_strides);
  check<Conv2D<4, Kernel<2, 3>, Dilation<3, 2>>, Shape<6, 7, 3>>(layer_fixtures::conv2d_2x3_dilation);
  check<Conv2D<6, Kernel<3>, Dilation<2>, Same>, Shape<5, 6, 1>>(layer_fixtures::conv2d_3x3_dilation_same);
}

}  // namespace
