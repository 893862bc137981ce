#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <iostream>

using namespace ctnn;
using namespace ctnn::literals;

int main() {
  xt::xtensor<float, 1> x = xt::linspace(-1.0f, 1.0f, 200);
  xt::xtensor<float, 1> y = xt::sin(3.0f * x);

  Model<Sequential<Dense<1, 16>, Tanh, Dense<1>>> model{Seed{1}};
  auto trainer = model.compile(Adam{.learning_rate = 0.01}, MeanSquaredError{});
  trainer.fit(x, y, {.epochs = 100, .verbose = 0});

  const auto [kernel, bias] = model[0_c].weights();
  std::cout << "loss: " << trainer.evaluate(x, y) << ", first kernel: " << kernel << '\n';
}
