// Several threads evaluate with one trainer, which is const, and predict with its model: every number is that of one thread.
#include <atomic>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <thread>
#include <vector>

#include "../checks.hpp"

using namespace ctnn;

namespace {

template <class Net>
void check() {
  constexpr std::size_t samples = 70, in = Net::input_shape::size;
  const xt::xtensor<float, 2> x = xt::adapt(checks::numbers<float>(samples * in, 1), std::array<std::size_t, 2>{samples, in});
  xt::xtensor<int, 1> y = xt::zeros<int>({samples});
  for (std::size_t i = 0; i < samples; ++i) y(i) = static_cast<int>(i % 3);
  Model<Net> model{Seed{1}};
  const auto trainer = model.compile(Adam{}, SparseCategoricalCrossentropy{}, Accuracy{});
  const float of_all = trainer.evaluate(x, y), of_batch = trainer.test_on_batch(x, y);
  const xt::xtensor<float, 2> outputs = model.predict(x);
  std::atomic<int> wrong = 0, done = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < 10; ++round, ++done) {
        wrong += trainer.evaluate(x, y) != of_all;
        wrong += trainer.test_on_batch(x, y) != of_batch;
        wrong += model.predict(x) != outputs;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(done == 40);
  CHECK(wrong == 0);
}

}  // namespace

TEST_CASE("wide, narrow and normalised networks") {
  check<Sequential<Dense<100, 60>, ReLU, Dense<3>, Softmax>>();
  check<Sequential<Dense<4, 3>, Softmax>>();
  check<Sequential<Dense<20, 30>, BatchNormalization<>, ReLU, Dense<3>, Softmax>>();
}

TEST_CASE("a trainer's memory is its own again after an evaluation, one that throws, and a move") {
  using Net = Sequential<Dense<100, 60>, ReLU, Dense<3>, Softmax>;
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{});
  const xt::xtensor<float, 2> x = xt::ones<float>({5, 100});
  const xt::xtensor<int, 1> good{0, 1, 2, 0, 1}, bad{0, 1, 2, 3, 1};
  const float loss = trainer.test_on_batch(x, good);
  CHECK_THROWS_AS(trainer.test_on_batch(x, bad), NonFiniteLossError);
  CHECK_THROWS_AS(trainer.evaluate(x, bad), NonFiniteLossError);
  const auto moved = std::move(trainer);
  CHECK(moved.test_on_batch(x, good) == loss);
}
