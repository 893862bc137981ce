// Batches of millions of samples: neither the loss nor the gradient nor a metric drifts, on any path.
#include <ctnn/core.hpp>
#include <ctnn/heap.hpp>
#include <memory>

#include "../checks.hpp"

using namespace ctnn;

namespace {

#ifdef __OPTIMIZE__
constexpr std::size_t many = 10'000'000, some = 1'000'000;
#else
constexpr std::size_t many = 300'000, some = 100'000;
#endif

void near(float value, float expected, float scale = 0) {
  CHECK(checks::relative_error(static_cast<double>(value), static_cast<double>(expected), static_cast<double>(scale)) < 1e-6);
}

/// Errors are relative to the largest component: a small one, where much cancels, is not the same to the last bit in a lane.
void near(const float* gradient, const float* expected, std::size_t count) {
  float largest = 0;
  for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(expected[i]));
  for (std::size_t i = 0; i < count; ++i) near(gradient[i], expected[i], largest);
}

/// A batch of equal samples comes to what one of them does. They are one in memory.
template <class Net, class Storage = OnHeap, class Loss, class... Metrics>
void check(std::size_t count, const Loss& loss, const Metrics&... metrics) {
  using Model = BasicModel<Net, float, Storage>;
  INFO(Net::parameter_count, " parameters, ", count, " samples");
  constexpr std::size_t in = Net::input_shape::size, out = TargetShape<Loss, typename Net::output_shape>::size;
  const auto x = checks::numbers<float>(in, 2, 0.5, 1);
  const std::vector<float> y(out, 1);
  const auto model = std::make_unique<Model>(Seed{3});
  const auto make = [&] {
    auto trainer = model->compile(SGD{.learning_rate = 0.0}, loss, metrics...);
    return std::make_unique<decltype(trainer)>(std::move(trainer));
  };
  const auto one = make(), all = make();
  const Samples<float> inputs{.data = x.data(), .stride = 0}, targets{.data = y.data(), .stride = 0};
  const auto compare = [](const auto& scores, const auto& expected) {
    near(scores.loss, expected.loss);
    for (std::size_t i = 0; i < scores.metrics.size(); ++i) near(scores.metrics[i], expected.metrics[i]);
  };
  const auto expected = one->step(inputs, targets, 1);
  compare(all->step(inputs, targets, count), expected);
  near(all->gradient(), one->gradient(), Net::parameter_count);
  compare(all->evaluate(inputs, targets, count), expected);
}

/// Uniform in [−1, 1), and the same in float and double.
double draw(std::size_t i) { return static_cast<double>(Random(Seed{i}).bits() >> 44) * 0x1p-19 - 1; }

}  // namespace

TEST_CASE("narrow networks, with metrics and without") {
  check<Sequential<Dense<1, 1>>>(many, MeanSquaredError{});
  check<Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>>(many, MeanSquaredError{});
  check<Sequential<Dense<4, 3>, Softmax>>(some, SparseCategoricalCrossentropy{}, Accuracy{}, SparseCategoricalCrossentropy{});
  check<Sequential<Dense<40, 3>>>(some, Huber{}, MeanAbsoluteError{});
}

TEST_CASE("number by number") {
  using Net = Sequential<Dense<1, 1>>;
  const std::vector<float> parameters{0, 0}, x{1}, y{0.3f};
  std::vector<float> gradient(2);
  const auto scores = detail::narrow_sums<Net, true, float>(
      Objective{MeanSquaredError{}}, parameters.data(), {{.data = x.data(), .stride = 0}, {.data = y.data(), .stride = 0}, many}, 0,
      gradient.data());
  near(scores.loss, 0.09f);
  for (const float g : gradient) near(g, -0.6f);
}

TEST_CASE("wide networks, on the heap and in place") {
  using Net = Sequential<Dense<3, 80>, ReLU, Dense<80, 5>>;
  if constexpr (kernels::width_of<kernels::NativeLane<float>> > 1) {
    static_assert(detail::WidePlan<Net, MeanSquaredError, kernels::NativeLane<float>>::is_wide);
  }
  check<Net>(some, MeanSquaredError{}, MeanAbsoluteError{});
  check<Net, InPlace>(some / 10, MeanSquaredError{});
}

TEST_CASE("what layers that couple samples keep of the batch, and their gradient") {
  using Net = Sequential<Dense<1, 1>, BatchNormalization<>, Dense<1>>;
  using Model = BasicModel<Net, float, OnHeap>;
  // Two samples in turn: the mean of what reaches the normalization is 2 and its variance 1, so that it gives −1 and 1.
  const auto train = [](std::size_t count) {
    struct Result {
      float loss;
      std::vector<float> gradient, state;
    };
    Model model{std::array<float, Net::parameter_count>{1, 2, 1.5f, 0.25f, 0, 1, 0.5f, 0.75f}};
    auto trainer = model.compile(SGD{.learning_rate = 0.0}, MeanSquaredError{});
    Samples<float> x, y;
    x.copy = [](const void*, std::size_t i, float* target) { *target = i % 2 == 0 ? -1.0f : 1.0f; };
    y.copy = [](const void*, std::size_t i, float* target) { *target = i % 2 == 0 ? 0.25f : 0.5f; };
    const float loss = trainer.step(x, y, count);
    return Result{loss, {trainer.gradient(), trainer.gradient() + Net::parameter_count}, {model.data() + 4, model.data() + 6}};
  };
  const auto two = train(2), all = train(many / 10);
  near(all.loss, two.loss);
  near(all.gradient.data(), two.gradient.data(), Net::parameter_count);
  near(all.state[0], two.state[0]);
  near(all.state[1], two.state[1]);
}

TEST_CASE("samples that differ: as in double") {
  using Net = Sequential<Dense<1, 4>, Tanh, Dense<1>>;
  const auto train = []<class Scalar>(Scalar) {
    BasicModel<Net, Scalar, OnHeap> model{Seed{4}};
    auto trainer = model.compile(SGD{.learning_rate = 0.0}, MeanSquaredError{});
    Samples<Scalar> x, y;
    x.copy = [](const void*, std::size_t i, Scalar* target) { *target = static_cast<Scalar>(draw(2 * i)); };
    y.copy = [](const void*, std::size_t i, Scalar* target) { *target = static_cast<Scalar>(draw(2 * i + 1)); };
    std::vector<double> results{static_cast<double>(trainer.step(x, y, some))};
    results.insert(results.end(), trainer.gradient(), trainer.gradient() + Net::parameter_count);
    return results;
  };
  const auto floats = train(0.0f), doubles = train(0.0);
  CHECK(checks::relative_error(floats[0], doubles[0], 0) < 1e-6);
  double largest = 0;
  for (std::size_t i = 1; i < doubles.size(); ++i) largest = std::max(largest, std::abs(doubles[i]));
  for (std::size_t i = 1; i < doubles.size(); ++i) CHECK(checks::relative_error(floats[i], doubles[i], largest) < 1e-6);
}

TEST_CASE("penalties of many parameters, and the norm of a gradient") {
  const std::vector<float> values(many / 4, 0.3f);
  CHECK(checks::relative_error(
            static_cast<double>(kernels::sum_of(values.data(), values.size(), [](auto w) CTNN_INLINE_LAMBDA { return w * w; })),
            static_cast<double>(0.3f) * static_cast<double>(0.3f) * static_cast<double>(values.size()), 0) < 1e-6);
}
