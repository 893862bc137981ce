// A program outside the project, built against the installed headers alone.
#include <ctnn/ctnn.hpp>

int main() {
  using namespace ctnn;
  Model<Sequential<Dense<1, 1>>> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 0.1}, MeanSquaredError{});
  const xt::xtensor<float, 1> x{0, 1, 2}, y{1, 3, 5};
  for (int step = 0; step < 2000; ++step) trainer.train_on_batch(x, y);
  const float two = model(std::array{0.5f})[0];
  return two > 1.99f && two < 2.01f ? 0 : 1;
}
