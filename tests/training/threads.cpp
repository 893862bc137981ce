// Threads: compiled with OpenMP, for whatever number of them every result is the same to the bit.
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>

#include "../checks.hpp"

using namespace ctnn;

namespace {

using Dense784 = Sequential<Dense<784, 128>, ReLU, Dropout<0.2>, Dense<10>, Softmax>;
using Convolved = Sequential<Input<28, 28, 1>, Conv2D<6, Kernel<5>>, ReLU, MaxPooling2D<>, Flatten, Dense<10>, Softmax>;
using Normalized = Sequential<Dense<784, 100>, BatchNormalization<>, ReLU, Dropout<0.3>, Dense<10>, Softmax>;
using Narrow = Sequential<Dense<784, 1>, Tanh, Dense<10>, Softmax>;

struct Digits {
  xt::xtensor<float, 2> images;
  xt::xtensor<std::uint8_t, 1> labels;
};

Digits digits(std::size_t count) {
  Digits result{xt::adapt(checks::numbers<float>(count * 784, 1, 0, 1), std::array<std::size_t, 2>{count, 784}),
                xt::xtensor<std::uint8_t, 1>::from_shape({count})};
  for (std::size_t i = 0; i < count; ++i) result.labels(i) = static_cast<std::uint8_t>(i * 7 % 10);
  return result;
}

template <class Net>
void check() {
  const auto [images, labels] = digits(141);
  const std::vector<float> some = checks::numbers<float>(141, 3, 0, 2);
  const auto run = [&](std::size_t threads, const auto& x, const SampleWeight& weights = {}) {
    Model<Net> model{Seed{1}};
    auto trainer = model.compile(Adam{}, SparseCategoricalCrossentropy{}, Accuracy{}, Weighted{Accuracy{}});
    // The last batch is of an odd size.
    const History history = trainer.fit(
        x, labels,
        {.batch_size = 64, .epochs = 2, .validation_split = 0.2, .sample_weight = weights, .verbose = 0, .threads = threads});
    std::vector<double> results(history.loss);
    for (const char* name : {"val_loss", "accuracy", "val_accuracy", "weighted_accuracy", "val_weighted_accuracy"}) {
      const auto& series = history[name];
      results.insert(results.end(), series.begin(), series.end());
    }
    results.insert(results.end(), model.data(), model.data() + Net::parameter_count);
    const auto scores = trainer.evaluate(x, labels, {.batch_size = 50, .sample_weight = weights, .threads = threads});
    results.push_back(static_cast<double>(scores.loss));
    for (const float metric : scores.metrics) results.push_back(static_cast<double>(metric));
    const auto outputs = model.predict(x, {.threads = threads});
    results.insert(results.end(), outputs.begin(), outputs.end());
    return results;
  };
  INFO(Net::parameter_count, " parameters");
  const auto compare = [&](const auto& x) {
    const auto expected = run(1, x);
    for (const std::size_t threads : {2u, 3u, 5u}) CHECK(run(threads, x) == expected);
    const auto weighted = run(1, x, some);
    CHECK(weighted != expected);
    CHECK(run(3, x, some) == weighted);
  };
  if constexpr (Net::input_shape::rank == 1) {
    compare(images);
  } else {
    compare(xt::xtensor<float, 4>(xt::reshape_view(images, std::array<std::size_t, 4>{141, 28, 28, 1})));
  }
}

}  // namespace

TEST_CASE("dense, convolutional, normalised and narrow networks train alike on any number of threads") {
  check<Dense784>();
  check<Convolved>();
  check<Normalized>();
  check<Narrow>();
}

TEST_CASE("threads beyond what there may be are refused") {
  Model<Narrow> model{Seed{1}};
  auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{});
  const auto [x, y] = digits(5);
  CHECK_THROWS_WITH_AS(trainer.fit(x, y, {.threads = 0}), "ctnn: fit: threads must lie in 1 … 64, but is 0", OptionError);
  CHECK_THROWS_WITH_AS(trainer.evaluate(x, y, {.threads = 65}), "ctnn: evaluate: threads must lie in 1 … 64, but is 65",
                       OptionError);
  CHECK_THROWS_AS(model.predict(x, {.threads = 0}), OptionError);
}

TEST_CASE("what a sample throws while threads read it comes out, and the parameters are as before") {
  struct Failing {
    float operator()(float value) const {
      if (value > 2) throw std::runtime_error("a sensor failed");
      return value;
    }
  };
  Model<Dense784> model{Seed{1}};
  auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{});
  auto [x, y] = digits(128);
  x(100, 3) = 3;
  const auto lazy = xt::make_lambda_xfunction(Failing{}, x);
  const std::vector<float> before(model.data(), model.data() + Dense784::parameter_count);
  CHECK_THROWS_WITH_AS(trainer.fit(lazy, y, {.batch_size = 128, .verbose = 0, .threads = 2}), "a sensor failed",
                       std::runtime_error);
  CHECK_THROWS_AS(model.predict(lazy, {.threads = 2}), std::runtime_error);
  CHECK(std::equal(before.begin(), before.end(), model.data()));
}
