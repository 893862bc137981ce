#include <ctnn/layers/layer_normalization.hpp>

#include "run_layer.hpp"

using namespace ctnn;

namespace {

template <class Lane, std::size_t Rows, std::size_t Features, class Layer = LayerNormalization<>>
void check_size(double epsilon = 1e-3) {
  using Scalar = ScalarOf<Lane>;
  constexpr std::size_t width = kernels::width_of<Lane>, rows = width * Rows;
  const auto x = checks::numbers<Scalar>(rows * Features, 1, -2, 3);
  const auto dy = checks::numbers<Scalar>(rows * Features, 2);
  const auto parameters = checks::numbers<Scalar>(2 * Features, 3);
  std::vector<double> y(x.size()), dx(x.size()), gradient(2 * Features);
  double largest_term = 0;  // of dx: of two features they nearly cancel, of one entirely
  for (std::size_t r = 0; r < rows; ++r) {
    const auto at = [&](const std::vector<Scalar>& values, std::size_t i) { return static_cast<double>(values[r * Features + i]); };
    const auto gamma = [&](std::size_t i) { return static_cast<double>(parameters[i]); };
    double mean = 0, variance = 0, mean_g = 0, slope = 0;
    for (std::size_t i = 0; i < Features; ++i) mean += at(x, i) / Features;
    for (std::size_t i = 0; i < Features; ++i) variance += (at(x, i) - mean) * (at(x, i) - mean) / Features;
    const double deviation = std::sqrt(variance + epsilon);
    const auto normal = [&](std::size_t i) { return (at(x, i) - mean) / deviation; };
    for (std::size_t i = 0; i < Features; ++i) {
      mean_g += gamma(i) * at(dy, i) / Features;
      slope += gamma(i) * at(dy, i) * normal(i) / Features;
    }
    for (std::size_t i = 0; i < Features; ++i) {
      y[r * Features + i] = gamma(i) * normal(i) + static_cast<double>(parameters[Features + i]);
      dx[r * Features + i] = (gamma(i) * at(dy, i) - mean_g - normal(i) * slope) / deviation;
      largest_term = std::max(largest_term, std::abs(gamma(i) * at(dy, i)) / deviation);
      gradient[i] += at(dy, i) * normal(i);
      gradient[Features + i] += at(dy, i);
    }
  }
  const auto result = checks::run_layer<Layer, Shape<Rows, Features>, Lane>(x, parameters, dy);
  const double tolerance = sizeof(Scalar) == 4 ? 2e-6 : 1e-14;
  INFO(Rows, " rows of ", Features, ", width ", width);
  CHECK(checks::array_error(result.y, y) <= tolerance);
  CHECK(checks::array_error(result.dx, dx, largest_term) <= tolerance);
  CHECK(checks::array_error(result.gradient, gradient) <= tolerance);
}

}  // namespace

TEST_CASE_TEMPLATE("LayerNormalization against the definition", Lane, float, double, kernels::NativeLane<float>,
                   kernels::NativeLane<double>) {
  check_size<Lane, 1, 1>();
  check_size<Lane, 3, 2>();
  check_size<Lane, 2, 3>();
  check_size<Lane, 1, 7>();
  check_size<Lane, 3, 16>();
  check_size<Lane, 2, 37>();
  check_size<Lane, 1, 150>();
  check_size<Lane, 2, 5, LayerNormalization<0.25>>(0.25);
}

TEST_CASE("LayerNormalization: gradient by central differences, as a first, middle and last layer") {
  checks::central_differences<Sequential<Input<5>, LayerNormalization<>>>();
  checks::central_differences<Sequential<Dense<3, 5>, LayerNormalization<>, Tanh, Dense<2>>>();
  checks::central_differences<Sequential<Input<2, 3>, Dense<4>, LayerNormalization<>>>();
}

TEST_CASE("LayerNormalization starts as the identity of the normalised, and a sample whose variance is too large is beta") {
  using Net = Sequential<Input<2, 4>, LayerNormalization<>>;
  static_assert(Net::parameter_count == 8 && std::same_as<Net::output_shape, Shape<2, 4>>);
  static_assert(Net::tape_bytes == sizeof(float) * (8 + 4));
  const StaticModel<Net> model;
  for (std::size_t i = 0; i < 4; ++i) CHECK((model.data()[i] == 1 && model.data()[4 + i] == 0));
  const auto y = model(std::array{1.0f, 2.0f, 3.0f, 4.0f, 1e25f, -1e25f, 0.0f, 0.0f});
  CHECK(y[0] == doctest::Approx(-1.5 / std::sqrt(1.251)));
  CHECK(y[3] == doctest::Approx(1.5 / std::sqrt(1.251)));
  for (std::size_t i = 4; i < 8; ++i) CHECK(y[i] == 0);
}

// The compiler normalises: the mean of 0, 2 and 4 is 2 and their variance 8/3.
static_assert([] {
  const auto y = StaticModel<Sequential<Input<3>, LayerNormalization<>>, double>{}(std::array{0.0, 2.0, 4.0});
  const double squared = y[2] * y[2] * (8.0 / 3 + 1e-3);
  return y[0] == -y[2] && y[1] == 0 && squared > 4 - 1e-14 && squared < 4 + 1e-14;
}());
