// Networks of images trained as Keras trains them: training_fixtures.hpp.
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "../layers/run_layer.hpp"
#include "training_fixtures.hpp"

namespace {

using namespace ctnn;

using Net = Sequential<Input<6, 5, 2>, Conv2D<3, Kernel<3>, Same>, BatchNormalization<>, ReLU, MaxPooling2D<>, Flatten, Dense<4>,
                       BatchNormalization<0.9, 0.01>, Tanh, Dense<2>>;

TEST_CASE_TEMPLATE("convolution and BatchNormalization train as Keras's, moving statistics included", Scalar, float, double) {
  const auto& reference = training_fixtures::convolution_with_batch_normalization;
  std::array<Scalar, Net::parameter_count> parameters{};
  static_assert(parameters.size() == reference.parameters.size());
  std::ranges::copy(reference.parameters, parameters.begin());
  Model<Net, Scalar> model{parameters};
  const xt::xtensor<Scalar, 4> x = xt::cast<Scalar>(xt::adapt(reference.x, std::array<std::size_t, 4>{reference.samples, 6, 5, 2}));
  const xt::xtensor<Scalar, 2> y = xt::cast<Scalar>(xt::adapt(reference.y, std::array<std::size_t, 2>{reference.samples, 2}));
  auto trainer = model.compile(SGD{.learning_rate = reference.learning_rate, .momentum = reference.momentum}, MeanSquaredError{});
  constexpr double tolerance = sizeof(Scalar) == 4 ? 1e-4 : 1e-12;
  for (const double loss : reference.loss) {
    CAPTURE(trainer.iterations());
    CHECK(checks::relative_error(static_cast<double>(trainer.train_on_batch(x, y)), loss, 1e-3) <= tolerance);
  }
  const std::vector<Scalar> trained(model.data(), model.data() + Net::parameter_count);
  CHECK(checks::array_error(trained, reference.trained) <= tolerance);
  CHECK(checks::array_error(model.predict(x), reference.predicted) <= tolerance);
}

}  // namespace
