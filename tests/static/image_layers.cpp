// Layers of images are constant expressions, forward and backward.
#include <ctnn/core.hpp>

using namespace ctnn;

namespace {

using Net = Sequential<Input<16>, Reshape<4, 4, 1>, Dense<2>, MaxPooling2D<Pool<2>, Strides<1>, Same>, LayerNormalization<>,
                       AveragePooling2D<>, Dense<3>, GlobalAveragePooling2D, Flatten, Dense<1>>;

constexpr std::array<std::array<double, 16>, 1> x{
    {{0.3, -0.7, 1.2, 0.1, 0.9, -1.1, 0.4, 0.8, -0.2, 0.6, -0.5, 1.0, -0.9, 0.2, 0.7, -0.4}}};
constexpr double target = 0.3;

constexpr auto gradient = [] {
  StaticModel<Net, double> model{Seed{3}};
  auto trainer = model.compile(SGD{.learning_rate = 1e-9}, MeanSquaredError{});
  trainer.train_on_batch(x, std::array<std::array<double, 1>, 1>{{{target}}});
  std::array<double, Net::parameter_count> result{};
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = trainer.gradient()[i];
  return result;
}();

constexpr double loss_with(std::size_t parameter, double change) {
  StaticModel<Net, double> model{Seed{3}};
  model.data()[parameter] += change;
  const double error = model(x[0])[0] - target;
  return error * error;
}

// Against central differences of the same constant expression, for a kernel, gamma and beta.
constexpr bool agrees(std::size_t parameter) {
  const double slope = (loss_with(parameter, 1e-5) - loss_with(parameter, -1e-5)) / 2e-5;
  const double difference = gradient[parameter] - slope;
  return difference < 1e-8 && difference > -1e-8 && (slope > 1e-3 || slope < -1e-3);
}
static_assert(agrees(0) && agrees(4) && agrees(7));

}  // namespace
