// Epochs of 60,000 images by `fit`, on the clock on the wall: what shuffling and gathering cost beside steps on one batch, and what
// threads gain. Prints a table in Markdown; medians of repetitions that take turns.
//   fit [REPETITIONS]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <functional>
#include <string>
#include <thread>
#include <vector>

using namespace ctnn;

namespace {

constexpr std::size_t images = 60'000;
using DenseNet = Sequential<Input<28, 28, 1>, Flatten, Dense<128>, ReLU, Dense<10>, Softmax>;
using LeNet = Sequential<Input<28, 28, 1>, Conv2D<6, Kernel<5>, Same>, ReLU, MaxPooling2D<>, Conv2D<16, Kernel<5>>, ReLU,
                         MaxPooling2D<>, Flatten, Dense<120>, ReLU, Dense<84>, ReLU, Dense<10>, Softmax>;

/// Labels say nothing of the noise that they belong to, so that gradients stay as large as at first.
struct Digits {
  Digits() : x(xt::xtensor<float, 4>::from_shape({images, 28, 28, 1})), y(xt::xtensor<std::uint8_t, 1>::from_shape({images})) {
    Random random(Seed{5});
    for (float& pixel : x) pixel = static_cast<float>(random.uniform());
    for (std::uint8_t& label : y) label = static_cast<std::uint8_t>(random.below(10));
  }
  xt::xtensor<float, 4> x;
  xt::xtensor<std::uint8_t, 1> y;
};

double seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Thousand images a second of an epoch's worth of steps on one batch, of an epoch by one thread and by all of the machine's.
template <class Net, class OptimizerType>
void measure(const char* name, const Digits& digits, const OptimizerType& optimizer, std::size_t batch, int repetitions) {
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(optimizer, SparseCategoricalCrossentropy{});
  const auto epoch = [&](std::size_t threads) {
    return [&, threads] { trainer.fit(digits.x, digits.y, {.batch_size = batch, .epochs = 1, .verbose = 0, .threads = threads}); };
  };
  const xt::xtensor<float, 4> x = xt::view(digits.x, xt::range(0, static_cast<std::ptrdiff_t>(batch)));
  const xt::xtensor<std::uint8_t, 1> y = xt::view(digits.y, xt::range(0, static_cast<std::ptrdiff_t>(batch)));
  const auto steps = [&] {
    for (std::size_t i = 0; i < images / batch; ++i) trainer.train_on_batch(x, y);
  };
  const std::size_t all = std::min<std::size_t>(std::thread::hardware_concurrency(), 64);
  std::vector<double> alone, one, many;
  for (int i = 0; i < repetitions; ++i) {
    alone.push_back(seconds(steps));
    one.push_back(seconds(epoch(1)));
    if (all > 1) many.push_back(seconds(epoch(all)));
    // OpenMP's threads wait busily for more work before they sleep, LLVM's for 200 ms, which would disturb whoever comes next.
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  }
  const auto rate = [](const std::vector<double>& times) { return static_cast<double>(images) / 1000 / median(times); };
  std::printf("| %s | %.0f | %.0f | %.2f |", name, rate(alone), rate(one), rate(one) / rate(alone));
  if (all > 1) {
    std::printf(" %.0f | %.2f |\n", rate(many), rate(many) / rate(one));
  } else {
    std::printf(" | |\n");
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const int repetitions = argc > 1 ? std::atoi(argv[1]) : 5;
  if (repetitions < 1) {
    std::fprintf(stderr, "fit: REPETITIONS must be a positive number, but is %s\n", argv[1]);
    return 2;
  }
  const Digits digits;
  const auto threads = std::to_string(std::min(std::thread::hardware_concurrency(), 64u));
  std::printf("| thousand images/s | one batch | fit | of that | fit, %s threads | of one |\n|---|---|---|---|---|---|\n",
              threads.c_str());
  measure<DenseNet>("784-128-10, SGD, batch 32", digits, SGD{.learning_rate = 0.01}, 32, repetitions);
  measure<DenseNet>("784-128-10, Adam, batch 128", digits, Adam{}, 128, repetitions);
  measure<LeNet>("LeNet-5, Adam, batch 128", digits, Adam{}, 128, repetitions);
}
