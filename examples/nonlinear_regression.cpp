// A parabola through two tanh neurons: the second program of the Keras tutorial.
#include <ctnn/ctnn.hpp>
#include <ctnn/plot/figure.hpp>
#include <ctnn/xtensor.hpp>
#include <iostream>

#include "options.hpp"

using namespace ctnn;
using namespace ctnn::literals;

int main(int argc, char** argv) try {
  const RegressionOptions options = parse_options(argc, argv, "Fits y = x^2 + noise with a 1-2-1 tanh network.",
                                                  RegressionOptions{.steps = 6001, .learning_rate = 0.3});

  // [readme]
  using Net = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;

  xt::random::seed(options.seed);
  xt::xtensor<float, 1> x = xt::linspace(-0.5f, 0.5f, 200);
  xt::xtensor<float, 1> y = xt::square(x) + xt::random::randn<float>({200}, 0.0f, 0.02f);

  Model<Net> model{Seed{options.seed}};
  auto trainer = model.compile(SGD{.learning_rate = options.learning_rate}, MeanSquaredError{});
  for (int step = 0; step < options.steps; ++step) {
    float cost = trainer.train_on_batch(x, y);
    if (step % 500 == 0) std::cout << "cost: " << cost << '\n';
  }

  auto [w, b] = model[0_c].weights();
  std::cout << "w: " << w(0, 0) << ' ' << w(0, 1) << ", b: " << b(0) << ' ' << b(1) << '\n';

  xt::xtensor<float, 1> y_hat = model.predict(x);
  // [/readme]

  if (!plot::gnuplot_available()) {
    std::cout << "no picture: " << plot::gnuplot_missing << '\n';
    return finish();
  }
  plot::Figure figure;
  figure.title("y = x² + N(0, 0.02), fitted by Dense 2, tanh, Dense 1, tanh").x_label("x").y_label("y");
  figure.scatter(x, y, "data").line(x, y_hat, "network");
  for (const char* name : {"nonlinear_regression.svg", "nonlinear_regression.png"}) {
    figure.save(options.output / name);
    std::cout << "wrote " << (options.output / name).string() << '\n';
  }
  return finish();
} catch (...) {
  return explain();
}
