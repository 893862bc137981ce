// Compiled several times, with other instructions, threads or arithmetic: a function LEARN that trains, evaluates and predicts.
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

// A negative rate ends by an exception.
double LEARN(float rate) {
  using namespace ctnn;
  xt::xtensor<float, 2> x = xt::xtensor<float, 2>::from_shape({50, 3});
  for (std::size_t i = 0; i < x.size(); ++i) x.flat(i) = static_cast<float>(i % 17) / 17 - 0.4f;
  const xt::xtensor<float, 1> y = xt::sum(x, {1});
  // One network small enough for the stack, and one that goes through the trainer's memory, whose size depends on the registers.
  Model<Sequential<Dense<3, 2>, Tanh, Dense<1>>> narrow{Seed{1}};
  Model<Sequential<Dense<3, 40>, Tanh, Dense<1>>> wide{Seed{1}};
  auto first = narrow.compile(SGD{.learning_rate = rate < 0 ? -rate : rate}, MeanSquaredError{});
  auto second = wide.compile(SGD{.learning_rate = rate < 0 ? -rate : rate}, MeanSquaredError{});
  for (int step = 0; step < 100; ++step) first.train_on_batch(x, y), second.train_on_batch(x, y);
  const auto sum = xt::sum(wide.predict(x))() + xt::sum(narrow.predict(x))();
  if (rate < 0) throw ShapeError("ctnn: thrown for a file compiled otherwise");
  return static_cast<double>(first.evaluate(x, y) + second.evaluate(x, y) + 0.01f * sum);
}
