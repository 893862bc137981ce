// After `compile`, training and one-sample inference allocate nothing: operator new is counted.
#include <cstdlib>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <new>

#include "checks.hpp"

namespace {

std::size_t allocations = 0, releases = 0;

void release(void* memory) {
  if (memory) ++releases;
  std::free(memory);
}

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  void* const memory = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
  if (!memory) throw std::bad_alloc();
  return memory;
}

/// Allocations while a function runs.
template <class Function>
std::size_t allocations_of(const Function& function) {
  const std::size_t before = allocations;
  function();
  return allocations - before;
}

/// A callback that looks at each batch.
struct Watch {
  double sum = 0;
  void on_batch_end(auto&, std::size_t, const ctnn::Logs& logs) { sum += logs["loss"]; }
};

}  // namespace

void* operator new(std::size_t size) { return counted(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) { return counted(size, static_cast<std::size_t>(alignment)); }
void operator delete(void* memory) noexcept { release(memory); }
void operator delete(void* memory, std::size_t) noexcept { release(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { release(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { release(memory); }

using namespace ctnn;

TEST_CASE("the counter counts") {
  CHECK(allocations_of([] { ::operator delete(::operator new(4)); }) == 1);
  CHECK(allocations_of([] { Model<Sequential<Dense<1, 1>>> model; }) == 1);
}

TEST_CASE("models and trainers release what they allocate") {
  const std::size_t held = allocations - releases;
  const std::size_t made = allocations_of([] {
    Model<Sequential<Dense<3, 4>, Tanh, Dense<1>>> model{Seed{1}};
    auto trainer = model.compile(SGD{}, MeanSquaredError{});
    auto copy = model;
    copy = model;
    auto moved = std::move(copy);
    copy = moved;
    moved = std::move(copy);
  });
  CHECK(made >= 4);
  CHECK(allocations - releases == held);
}

TEST_CASE("a step and a sample allocate nothing, whatever the batch's layout") {
  Model<Sequential<Dense<3, 64>, Tanh, Dense<64>, GELU, Dense<2>>> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 0.01, .momentum = 0.9}, Huber{});
  const xt::xtensor<float, 2> x = xt::ones<float>({45, 3}), y = xt::zeros<float>({45, 2});
  const xt::xtensor<float, 2, xt::layout_type::column_major> columns = x;
  const xt::xtensor<double, 2> doubles = x;
  float sum = 0;
  CHECK(allocations_of([&] { sum += trainer.train_on_batch(x, y); }) == 0);
  CHECK(allocations_of([&] { sum += trainer.train_on_batch(columns, y); }) == 0);
  CHECK(allocations_of([&] { sum += trainer.train_on_batch(doubles, y); }) == 0);
  CHECK(allocations_of([&] { sum += trainer.test_on_batch(x, y); }) == 0);
  CHECK(allocations_of([&] { sum += trainer.evaluate(x, y); }) == 0);
  // Weights of samples are brought into memory that is there after the first time.
  const xt::xtensor<double, 1> weights = xt::ones<double>({45});
  trainer.train_on_batch(x, y, {.sample_weight = weights});
  CHECK(allocations_of([&] { sum += trainer.train_on_batch(x, y, {.sample_weight = weights}); }) == 0);
  CHECK(allocations_of([&] { sum += model(std::array{1.0f, 2.0f, 3.0f})[0]; }) == 0);
  CHECK(allocations_of([&] {
          StaticModel<Sequential<Dense<1, 8>, Tanh, Dense<1>>> in_place{Seed{1}};
          auto in_place_trainer = in_place.compile(SGD{}, MeanSquaredError{});
          sum += in_place_trainer.train_on_batch(std::array<std::array<float, 1>, 1>{{{1.0f}}},
                                                 std::array<std::array<float, 1>, 1>{{{2.0f}}});
        }) == 0);
  CHECK(std::isfinite(sum));
}

TEST_CASE("no optimizer allocates in a step, whatever its options") {
  using Net = Sequential<Regularized<Dense<3, 64>, L2{0.01}>, Tanh, Dense<2>>;
  const xt::xtensor<float, 2> x = xt::ones<float>({45, 3}), y = xt::zeros<float>({45, 2});
  const auto check = [&](const auto& optimizer) {
    Model<Net> model{Seed{1}};
    auto trainer = model.compile(optimizer, MeanSquaredError{});
    const float before = trainer.test_on_batch(x, y);
    float last = 0;
    CHECK(allocations_of([&] {
            for (int step = 0; step < 3; ++step) trainer.train_on_batch(x, y);
            last = trainer.test_on_batch(x, y);
          }) == 0);
    CHECK(last < before);
  };
  const PiecewiseConstantDecay schedule{.boundaries = {1, 2}, .values = {0.01, 0.005, 0.001}};
  check(SGD{.learning_rate = schedule, .weight_decay = 0.01, .clipnorm = 1});
  check(Adam{.learning_rate = [](std::uint64_t step) { return 0.01 / static_cast<double>(step + 1); }, .amsgrad = true});
  check(AdamW{.global_clipnorm = 1});
  check(RMSprop{.momentum = 0.5, .centered = true, .clipvalue = 0.1});
  check(Adagrad{});
}

TEST_CASE("fit allocates for an epoch, but not for a batch, with callbacks that look at each") {
  Model<Sequential<Dense<3, 8>, Tanh, Dense<2>>> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 0.01, .momentum = 0.9}, Huber{});
  const xt::xtensor<float, 2> x = xt::ones<float>({640, 3}), y = xt::zeros<float>({640, 2});
  Watch watch;
  const auto run = [&](std::size_t batch_size) {
    return allocations_of(
        [&] { trainer.fit(x, y, {.batch_size = batch_size, .epochs = 3, .validation_split = 0.5, .verbose = 0}, watch); });
  };
  // The first fit makes room for the names of the logs.
  run(64);
  CHECK(run(1) == run(320));
  CHECK(watch.sum > 0);
}

TEST_CASE("networks of images allocate nothing in a step, up to the batch that they made room for") {
  using Net = Sequential<Input<8, 8, 1>, Conv2D<4, Kernel<3>, Same>, BatchNormalization<>, ReLU, MaxPooling2D<>, Flatten,
                         Dropout<0.2>, Dense<3>, Softmax>;
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(Adam{}, SparseCategoricalCrossentropy{}, Accuracy{});
  const xt::xtensor<float, 4> x = xt::ones<float>({32, 8, 8, 1}), larger = xt::ones<float>({50, 8, 8, 1});
  const xt::xtensor<int, 1> y = xt::zeros<int>({32}), more = xt::zeros<int>({50});
  float sum = 0;
  CHECK(allocations_of([&] { sum += trainer.train_on_batch(x, y); }) == 0);
  CHECK(allocations_of([&] { sum += trainer.test_on_batch(x, y); }) == 0);
  CHECK(allocations_of([&] { sum += trainer.train_on_batch(larger, more); }) == 1);
  CHECK(allocations_of([&] { sum += trainer.train_on_batch(larger, more); }) == 0);
  CHECK(std::isfinite(sum));
}
