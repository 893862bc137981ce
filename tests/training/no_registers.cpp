// Compiled as for a target without vector registers: wide networks go through memory there, too, and threads share them.
#include <pthread.h>

#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

using LeNet = Sequential<Input<28, 28, 1>, Conv2D<6, Kernel<5>, Same>, ReLU, MaxPooling2D<>, Conv2D<16, Kernel<5>>, ReLU,
                         MaxPooling2D<>, Flatten, Dense<120>, ReLU, Dense<84>, ReLU, Dense<10>, Softmax>;

static_assert(kernels::register_bytes == 0 && std::is_same_v<kernels::NativeLane<float>, float>);
static_assert(detail::WidePlan<LeNet, SparseCategoricalCrossentropy, float>::is_wide);
static_assert(!detail::WidePlan<Sequential<Dense<1, 16>, Tanh, Dense<1>>, MeanSquaredError, float>::is_wide);

struct Data {
  xt::xtensor<float, 4> x;
  xt::xtensor<int, 1> y;
};

Data digits(std::size_t count) {
  Data result{xt::adapt(checks::numbers<float>(count * 784, 1, 0, 1), std::array<std::size_t, 4>{count, 28, 28, 1}),
              xt::zeros<int>({count})};
  for (std::size_t i = 0; i < count; ++i) result.y(i) = static_cast<int>(i % 10);
  return result;
}

/// What training for two steps gives, and then evaluating.
template <class Net, class Y>
std::vector<float> train(const auto& x, const Y& y, const auto& loss, std::size_t threads) {
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(Adam{}, loss);
  trainer.fit(x, y, {.batch_size = 40, .epochs = 2, .verbose = 0, .threads = threads});
  std::vector<float> result(model.data(), model.data() + Net::parameter_count);
  result.push_back(trainer.evaluate(x, y, {.batch_size = 20, .threads = threads}));
  return result;
}

}  // namespace

TEST_CASE("a network of wide layers takes little of a stack") {
  struct Work {
    Data data = digits(20);
    float loss = 0;
  } work;
  const auto run = [](void* argument) -> void* {
    auto& own = *static_cast<Work*>(argument);
    Model<LeNet> model{Seed{1}};
    auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{});
    own.loss = trainer.train_on_batch(own.data.x, own.data.y) + trainer.test_on_batch(own.data.x, own.data.y);
    return nullptr;
  };
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  REQUIRE(pthread_attr_setstacksize(&attributes, 65536) == 0);
  pthread_t thread;
  REQUIRE(pthread_create(&thread, &attributes, run, &work) == 0);
  pthread_join(thread, nullptr);
  CHECK(work.loss > 4);
  CHECK(work.loss < 5);
}

TEST_CASE("in memory a batch comes to the same as on the stack, number by number") {
  using Net = Sequential<Dense<20, 30>, Tanh, Dense<4>, Softmax>;
  static_assert(detail::WidePlan<Net, SparseCategoricalCrossentropy, float>::is_wide);
  for (const std::size_t count : {1u, 2u, 5u, 57u, 200u}) {
    const auto parameters = checks::numbers<float>(Net::parameter_count, 1), x = checks::numbers<float>(20 * count, 2);
    std::vector<float> y(count), expected(Net::parameter_count);
    for (std::size_t i = 0; i < count; ++i) y[i] = static_cast<float>(i % 4);
    float loss = 0;
    const auto gradient = checks::gradient<Net, float>(SparseCategoricalCrossentropy{}, parameters, x, y, count, &loss);
    const float on_stack = detail::narrow_sums<Net, true, float>(
                               Objective{SparseCategoricalCrossentropy{}}, parameters.data(),
                               {{.data = x.data(), .stride = 20}, {.data = y.data(), .stride = 1}, count}, 0, expected.data())
                               .loss;
    CHECK(loss == doctest::Approx(on_stack));
    for (std::size_t i = 0; i < expected.size(); ++i) CHECK(gradient[i] == doctest::Approx(expected[i]).epsilon(1e-4).scale(1e-2));
  }
}

TEST_CASE("threads share the work, and change nothing") {
  const Data data = digits(90);
  const auto alone = train<LeNet>(data.x, data.y, SparseCategoricalCrossentropy{}, 1);
  if constexpr (detail::has_threads) CHECK(train<LeNet>(data.x, data.y, SparseCategoricalCrossentropy{}, 3) == alone);
  using Normalized = Sequential<Dense<4, 30>, BatchNormalization<>, ReLU, Dense<3>>;
  const xt::xtensor<float, 2> x = xt::adapt(checks::numbers<float>(90 * 4, 1), std::array<std::size_t, 2>{90, 4});
  const xt::xtensor<float, 2> y = xt::adapt(checks::numbers<float>(90 * 3, 2), std::array<std::size_t, 2>{90, 3});
  const auto one = train<Normalized>(x, y, MeanSquaredError{}, 1);
  if constexpr (detail::has_threads) CHECK(train<Normalized>(x, y, MeanSquaredError{}, 3) == one);
  for (const float value : one) CHECK(math::is_finite(value));
}

TEST_CASE("a trainer in place has no memory for long batches, and comes to the same as one that has") {
  using Net = Sequential<Dense<1, 16>, Tanh, Dense<16>, Tanh, Dense<1>>;
  using Little = StaticModel<Net>;
  using Large = BasicModel<Net, float, OnHeap>;
  Little little{Seed{1}};
  Large large{Seed{1}};
  auto trainer = little.compile(SGD{}, MeanSquaredError{});
  auto other = large.compile(SGD{}, MeanSquaredError{});
  // The gradient, one slot, and what a sample needs.
  CHECK(sizeof trainer < 2 * sizeof little + 1024);
  using Plan = detail::WidePlan<Net, MeanSquaredError, float>;
  static_assert(Plan::is_wide && Plan::part == 56 && Plan::most_samples == 896);
  const auto x = checks::numbers<float>(1000, 1), y = checks::numbers<float>(1000, 2);
  const Samples<float> inputs{.data = x.data(), .stride = 1}, targets{.data = y.data(), .stride = 1};
  for (const std::size_t count : {1u, 20u, 56u, 57u, 200u, 1000u}) {
    CAPTURE(count);
    CHECK(trainer.evaluate(inputs, targets, count).loss == other.evaluate(inputs, targets, count).loss);
    CHECK(trainer.step(inputs, targets, count).loss == other.step(inputs, targets, count).loss);
    CHECK(std::equal(little.data(), little.data() + Net::parameter_count, large.data()));
  }
  CHECK(trainer.iterations() == 6);
}
