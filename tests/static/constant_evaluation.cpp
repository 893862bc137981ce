// A network answers, has gradients and learns while the program is compiled.
#include <ctnn/core.hpp>

using namespace ctnn;

namespace {

constexpr bool near(double a, double b, double tolerance) { return a - b < tolerance && b - a < tolerance; }

using Net = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;
constexpr std::array weights{0.5f, -1.0f, 0.25f, 0.125f, 2.0f, 1.0f, -0.5f};
constexpr StaticModel<Net> model(weights);

// tanh(2·tanh(0.5·0.5 + 0.25) + tanh(−0.5 + 0.125) − 0.5)
static_assert(near(model(std::array{0.5f})[0], 0.0657817845, 1e-6));
static_assert(noexcept(model(std::array{0.5f})));

// The gradient of (ŷ − y)² at one sample, against central differences of the same constant expression.
constexpr auto gradient = [] {
  StaticModel<Net, double> m(std::array{0.5, -1.0, 0.25, 0.125, 2.0, 1.0, -0.5});
  auto trainer = m.compile(SGD{.learning_rate = 1e-9}, MeanSquaredError{});
  trainer.train_on_batch(std::array<std::array<double, 1>, 1>{{{0.5}}}, std::array<std::array<double, 1>, 1>{{{0.3}}});
  std::array<double, 7> result{};
  for (std::size_t i = 0; i < 7; ++i) result[i] = trainer.gradient()[i];
  return result;
}();
constexpr double loss_with(std::size_t parameter, double change) {
  std::array w{0.5, -1.0, 0.25, 0.125, 2.0, 1.0, -0.5};
  w[parameter] += change;
  const double error = StaticModel<Net, double>(w)(std::array{0.5})[0] - 0.3;
  return error * error;
}
static_assert([] {
  for (std::size_t i = 0; i < 7; ++i) {
    if (!near(gradient[i], (loss_with(i, 1e-5) - loss_with(i, -1e-5)) / 2e-5, 1e-9)) return false;
  }
  return true;
}());

// Thirty steps of learning, with momentum, leave a smaller loss.
constexpr float learned = [] {
  StaticModel<Net> m{Seed{2}};
  auto trainer = m.compile(SGD{.learning_rate = 0.2, .momentum = 0.5}, Huber{});
  std::array<std::array<float, 1>, 9> x{}, y{};
  for (std::size_t i = 0; i < 9; ++i) x[i] = {static_cast<float>(i) / 8 - 0.5f}, y[i] = {x[i][0] * 0.8f};
  const float first = trainer.train_on_batch(x, y);
  float last = first;
  for (int step = 0; step < 30; ++step) last = trainer.train_on_batch(x, y);
  return last / first;
}();
static_assert(learned < 0.2f);

// So it is with every optimizer, with schedules, clipping and weight decay.
template <auto Make>
constexpr float learned_with = [] {
  StaticModel<Net> m{Seed{2}};
  auto trainer = m.compile(Make(), MeanSquaredError{});
  std::array<std::array<float, 1>, 5> x{}, y{};
  for (std::size_t i = 0; i < 5; ++i) x[i] = {static_cast<float>(i) / 4 - 0.5f}, y[i] = {x[i][0] * 0.8f};
  const float first = trainer.train_on_batch(x, y);
  float last = first;
  for (int step = 0; step < 20; ++step) last = trainer.train_on_batch(x, y);
  return last / first;
}();
static_assert(learned_with<[] { return Adam{.learning_rate = 0.1}; }> < 0.3f);
static_assert(learned_with<[] {
                return Adam{
                    .learning_rate =
                        CosineDecay{.initial_learning_rate = 0.01, .decay_steps = 40, .warmup_target = 0.15, .warmup_steps = 3},
                    .amsgrad = true,
                    .clipnorm = 1};
              }> < 0.3f);
static_assert(learned_with<[] { return AdamW{.learning_rate = 0.1, .global_clipnorm = 0.5}; }> < 0.3f);
static_assert(learned_with<[] { return RMSprop{.learning_rate = 0.05, .momentum = 0.1, .centered = true, .clipvalue = 0.5}; }> <
              0.3f);
static_assert(learned_with<[] {
                return Adagrad{.learning_rate =
                                   ExponentialDecay{.initial_learning_rate = 0.3, .decay_steps = 10, .decay_rate = 0.9}};
              }> < 0.3f);

// Every activation and loss can be evaluated, and a block in a block.
template <class Activation>
constexpr bool evaluates = [] {
  StaticModel<Sequential<Input<3>, Sequential<Dense<4>, Activation>, Dense<2>>> m{Seed{1}};
  auto trainer = m.compile(SGD{}, MeanAbsoluteError{});
  const std::array<std::array<float, 3>, 1> x{{{0.1f, -0.7f, 2.0f}}};
  const float before = trainer.train_on_batch(x, std::array<std::array<float, 2>, 1>{{{9.0f, -9.0f}}});
  return before > 0 && m(x[0])[0] == m(x[0])[0];
}();
static_assert(evaluates<Linear> && evaluates<Tanh> && evaluates<ReLU> && evaluates<Sigmoid> && evaluates<Softmax> &&
              evaluates<LeakyReLU<>> && evaluates<ELU<>> && evaluates<GELU> && evaluates<SiLU> && evaluates<Softplus>);

// A chain of more layers than are one function.
constexpr float learned_long = [] {
  using Block = Sequential<Dense<2>, LeakyReLU<>>;
  StaticModel<Sequential<Dense<1, 2>, Tanh, Block, Block, Block, Dense<2>, Tanh, Dense<1>>> m{Seed{3}};
  auto trainer = m.compile(SGD{.learning_rate = 0.1}, MeanSquaredError{});
  std::array<std::array<float, 1>, 5> x{}, y{};
  for (std::size_t i = 0; i < 5; ++i) x[i] = {static_cast<float>(i) / 4 - 0.5f}, y[i] = {x[i][0] * 0.8f + 1};
  const float first = trainer.train_on_batch(x, y);
  float last = first;
  for (int step = 0; step < 20; ++step) last = trainer.train_on_batch(x, y);
  const float error = m(x[2])[0] - y[2][0];
  return error * error < first ? last / first : 1;
}();
static_assert(learned_long < 0.3f);

}  // namespace
