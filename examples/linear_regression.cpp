// A line through noisy points: the first program of the Keras tutorial.
#include <ctnn/ctnn.hpp>
#include <ctnn/plot/figure.hpp>
#include <ctnn/xtensor.hpp>
#include <iostream>

#include "options.hpp"

using namespace ctnn;
using namespace ctnn::literals;

int main(int argc, char** argv) try {
  const RegressionOptions options = parse_options(argc, argv, "Fits a line to y = 0.1 x + noise.",
                                                  RegressionOptions{.steps = 3000, .learning_rate = SGD{}.learning_rate});

  // [readme]
  xt::random::seed(options.seed);
  xt::xtensor<float, 1> x = xt::random::rand<float>({100});
  xt::xtensor<float, 1> y = 0.1f * x + xt::random::randn<float>({100}, 0.0f, 0.01f);

  Model<Sequential<Dense<1, 1>>> model{Seed{options.seed}};
  auto trainer = model.compile(SGD{.learning_rate = options.learning_rate}, MeanSquaredError{});
  for (int step = 0; step < options.steps; ++step) {
    float cost = trainer.train_on_batch(x, y);
    if (step % 500 == 0 || step == options.steps - 1) std::cout << "cost: " << cost << '\n';
  }

  auto [w, b] = model[0_c].weights();
  std::cout << "w: " << w(0, 0) << ", b: " << b(0) << '\n';
  // [/readme]

  xt::xtensor<float, 1> ends = {0.0f, 1.0f};
  xt::xtensor<float, 1> fit = model.predict(ends);

  if (!plot::gnuplot_available()) {
    std::cout << "no picture: " << plot::gnuplot_missing << '\n';
    return finish();
  }
  plot::Figure figure;
  figure.title("y = 0.1 x + N(0, 0.01), fitted by Dense 1").x_label("x").y_label("y");
  figure.scatter(x, y, "data").line(ends, fit, "network");
  for (const char* name : {"linear_regression.svg", "linear_regression.png"}) {
    figure.save(options.output / name);
    std::cout << "wrote " << (options.output / name).string() << '\n';
  }
  return finish();
} catch (...) {
  return explain();
}
