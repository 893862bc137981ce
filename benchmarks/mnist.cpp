// Networks of MNIST's size: ctnn beside other libraries and beside the machine's peak, in one program, interleaved.
//
// Every program starts from the same parameters. Before anything is timed, the losses of the first steps are compared on the same
// batches, and the program stops if they differ: nobody is fast by doing less. Time is that of all threads together, except where
// ctnn is measured with several.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctnn/ctnn.hpp>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#include <xtensor/xadapt.hpp>

#include "fma_peak.hpp"
#include "mnist_peers.hpp"

using namespace ctnn;
using mnist::Batch;

namespace {

using DenseNet = Sequential<Dense<784, 128>, ReLU, Dense<10>, Softmax>;
using LeNet = Sequential<Input<28, 28, 1>, Conv2D<6, Kernel<5>, Same>, ReLU, MaxPooling2D<>, Conv2D<16, Kernel<5>>, ReLU,
                         MaxPooling2D<>, Flatten, Dense<120>, ReLU, Dense<84>, ReLU, Dense<10>, Softmax>;
using LargeNet = Sequential<Dense<1024, 1024>, ReLU, Dense<1024>, ReLU>;

/// Operations on one sample of forward and backward: the gradients of a layer's parameters and of its input cost as much as
/// forward, and nobody needs the gradient of the first one's input.
template <class Net>
constexpr double step_flops(std::size_t first_layer) {
  return static_cast<double>(3 * Net::flops - first_layer);
}
constexpr double dense_flops = step_flops<DenseNet>(Dense<128>::compute_flops({784}));
constexpr double lenet_flops = step_flops<LeNet>(Conv2D<6, Kernel<5>, Same>::compute_flops({28, 28, 1}));
constexpr double large_flops = step_flops<LargeNet>(Dense<1024>::compute_flops({1024}));

// Data.

/// Images of ten classes that can be told apart through their noise.
class Digits {
 public:
  Digits(std::size_t count, std::uint64_t seed)
      : images(xt::xtensor<float, 2>::from_shape({count, mnist::pixels})),
        labels(xt::xtensor<std::uint8_t, 1>::from_shape({count})),
        wide_labels_(count) {
    // Each class has a pattern of squares of 4 × 4, a third of them lit.
    constexpr std::size_t squares = 49;
    Random random(Seed{1});
    bool lit[mnist::classes * squares];
    for (bool& square : lit) square = random.below(3) == 0;
    random = Random(Seed{seed});
    for (std::size_t i = 0; i < count; ++i) {
      set_label(i, static_cast<std::uint8_t>(random.below(mnist::classes)));
      for (std::size_t k = 0; k < mnist::pixels; ++k) {
        const std::size_t square = k / 28 / 4 * 7 + k % 28 / 4;
        images(i, k) = (lit[labels(i) * squares + square] ? 0.7f : 0.0f) + 0.3f * static_cast<float>(random.uniform());
      }
    }
  }

  std::size_t size() const { return wide_labels_.size(); }
  Batch batch(std::size_t first, std::size_t count) {
    return {images.data() + first * mnist::pixels, labels.data() + first, wide_labels_.data() + first, count};
  }
  void set_label(std::size_t i, std::uint8_t label) {
    labels(i) = label;
    wide_labels_[i] = label;
  }
  /// Makes image i a copy of an image of other digits.
  void copy(std::size_t i, const Digits& from, std::size_t source) {
    std::copy_n(&from.images(source, 0), mnist::pixels, &images(i, 0));
    set_label(i, from.labels(source));
  }

  xt::xtensor<float, 2> images;
  xt::xtensor<std::uint8_t, 1> labels;

 private:
  std::vector<std::int64_t> wide_labels_;
};

/// One batch of images whose labels go round through all classes. So there is nothing to learn but that all are equally likely:
/// gradients stay as large as at first, for any number of steps, and no number becomes too small to be fast.
class EndlessBatch {
 public:
  explicit EndlessBatch(std::size_t size) : rounds_(mnist::classes, Digits(size, 2)) {
    for (std::size_t round = 0; round < rounds_.size(); ++round) {
      for (std::size_t i = 0; i < size; ++i) {
        rounds_[round].set_label(i, static_cast<std::uint8_t>((rounds_[0].labels(i) + round) % mnist::classes));
      }
    }
  }

  Batch next() {
    round_ = (round_ + 1) % rounds_.size();
    Batch batch = rounds_[round_].batch(0, rounds_[round_].size());
    batch.images = rounds_[0].images.data();
    return batch;
  }

 private:
  std::vector<Digits> rounds_;
  std::size_t round_ = 0;
};

// ctnn.

const SGD sgd{.learning_rate = mnist::sgd_rate};
const Adam adam{.learning_rate = mnist::adam_rate, .epsilon = mnist::adam_epsilon};

/// The axes of a batch of so many samples.
template <std::size_t... Axes>
std::array<std::size_t, 1 + sizeof...(Axes)> batch_shape(Shape<Axes...>, std::size_t size) {
  return {size, Axes...};
}

template <class Net, class OptimizerType>
class Training {
 public:
  explicit Training(const OptimizerType& optimizer) : trainer_(model_.compile(optimizer, SparseCategoricalCrossentropy{})) {}
  Training(const Training&) = delete;
  Training& operator=(const Training&) = delete;

  float train_on_batch(const Batch& batch) {
    const auto shape = batch_shape(typename Net::input_shape{}, batch.size);
    const auto x = xt::adapt(batch.images, batch.size * mnist::pixels, xt::no_ownership(), shape);
    const auto y = xt::adapt(batch.labels, batch.size, xt::no_ownership(), std::array{batch.size});
    return trainer_.train_on_batch(x, y);
  }
  void fit(Digits& digits, const FitOptions& options) {
    const auto shape = batch_shape(typename Net::input_shape{}, digits.size());
    trainer_.fit(xt::adapt(digits.images.data(), digits.images.size(), xt::no_ownership(), shape), digits.labels, options);
  }

 private:
  Model<Net> model_{Seed{1}};
  decltype(std::declval<Model<Net>&>().compile(std::declval<OptimizerType>(), SparseCategoricalCrossentropy{})) trainer_;
};

template <class Net>
mnist::Step in_ctnn(mnist::Optimizer optimizer) {
  const auto step = [](const auto& options) -> mnist::Step {
    const auto training = std::make_shared<Training<Net, std::remove_cvref_t<decltype(options)>>>(options);
    return [training](const Batch& batch) { return training->train_on_batch(batch); };
  };
  return optimizer == mnist::Optimizer::sgd ? step(sgd) : step(adam);
}

/// Loss and gradient of the large network, without an update: what the trainer calls, whose steps end with one.
mnist::Gradient large_gradient_in_ctnn(const float* parameters) {
  using Lane = ctnn::detail::BatchLane<float>;
  using Plan = ctnn::detail::WidePlan<LargeNet, MeanSquaredError, Lane>;
  struct Memory {
    OnHeap::Array<float, Plan::memory * Plan::width> lanes;
    OnHeap::Array<float, LargeNet::parameter_count> partial;
  };
  const auto memory = std::make_shared<Memory>();
  return [=](const float* x, const float* y, float* gradient) {
    const ctnn::detail::SerialWorker<Lane> worker{reinterpret_cast<Lane*>(memory->lanes.data()), memory->partial.data()};
    const Samples<float> samples{.data = x, .stride = mnist::large_units}, targets{.data = y, .stride = mnist::large_units};
    const Objective objective(MeanSquaredError{});
    return ctnn::detail::wide_scores<LargeNet, true, Lane>(objective, parameters, samples, targets, mnist::large_batch, 0, gradient,
                                                           worker)
        .loss;
  };
}

// Everyone who takes part.

struct Trainee {
  const char* who;
  std::function<mnist::Step()> start;
};
/// A network, an optimizer and a batch size; the first of the trainees is ctnn.
struct TrainingTask {
  std::string name;
  mnist::Optimizer optimizer;
  std::size_t batch_size;
  double flops;
  std::vector<Trainee> trainees;
};

template <class Net>
const float* first_parameters() {
  static const Model<Net> model{Seed{1}};
  return model.data();
}

TrainingTask dense_task(mnist::Optimizer optimizer, std::size_t size) {
  std::vector<Trainee> trainees{{"ctnn", [=] { return in_ctnn<DenseNet>(optimizer); }}};
  [[maybe_unused]] const float* const parameters = first_parameters<DenseNet>();
#ifdef CTNN_WITH_EIGEN
  trainees.push_back({"Eigen", [=] { return mnist::dense_in_eigen(parameters, size, optimizer); }});
#endif
#ifdef CTNN_WITH_EIGEN_UNTUNED
  trainees.push_back({"Eigen, -mtune=generic", [=] { return mnist::dense_in_untuned_eigen(parameters, size, optimizer); }});
#endif
#ifdef CTNN_WITH_OPENBLAS
  trainees.push_back({"OpenBLAS", [=] { return mnist::dense_in_openblas(parameters, size, optimizer); }});
#endif
#ifdef CTNN_WITH_LIBTORCH
  trainees.push_back({"libtorch", [=] { return mnist::dense_in_libtorch(parameters, optimizer); }});
#endif
  return {"784-128-10", optimizer, size, dense_flops, trainees};
}

TrainingTask lenet_task(mnist::Optimizer optimizer, std::size_t size) {
  std::vector<Trainee> trainees{{"ctnn", [=] { return in_ctnn<LeNet>(optimizer); }}};
#ifdef CTNN_WITH_LIBTORCH
  trainees.push_back({"libtorch", [=] { return mnist::lenet_in_libtorch(first_parameters<LeNet>(), optimizer); }});
#endif
  return {"LeNet-5", optimizer, size, lenet_flops, trainees};
}

std::vector<TrainingTask> training_tasks() {
  using enum mnist::Optimizer;
  return {dense_task(sgd, 32),   dense_task(adam, 32), dense_task(sgd, 128),
          dense_task(adam, 128), lenet_task(adam, 32), lenet_task(adam, 128)};
}

/// What is named in front of the slash; behind it is who does it.
std::string name_of(const char* verb, const TrainingTask& task) {
  return std::string(verb) + task.name + (task.optimizer == mnist::Optimizer::sgd ? ", SGD" : ", Adam") + ", batch " +
         std::to_string(task.batch_size);
}

/// The large network's inputs and targets, and room for a gradient.
struct LargeData {
  LargeData() : x(mnist::large_batch * mnist::large_units), y(x.size()), gradient(LargeNet::parameter_count) {
    Random random(Seed{3});
    std::generate(x.begin(), x.end(), [&] { return static_cast<float>(random.uniform()); });
    std::generate(y.begin(), y.end(), [&] { return static_cast<float>(random.uniform()); });
  }

  std::vector<float> x, y, gradient;
};

// The comparison.

[[noreturn]] void differ(const std::string& what, const char* who, double expected, double given) {
  std::fprintf(stderr, "%s: %s has %.9g where ctnn has %.9g, so the times would mean nothing\n", what.c_str(), who, given,
               expected);
  std::exit(1);
}

void compare(const TrainingTask& task) {
  constexpr std::size_t steps = 20;
  Digits digits(steps * task.batch_size, 4);
  std::vector<mnist::Step> everyone;
  for (const Trainee& trainee : task.trainees) everyone.push_back(trainee.start());
  float first = 0, last = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    const Batch batch = digits.batch(step * task.batch_size, task.batch_size);
    last = everyone[0](batch);
    if (step == 0) first = last;
    for (std::size_t i = 1; i < everyone.size(); ++i) {
      const float loss = everyone[i](batch);
      // A forgotten bias makes 2e-4, rounding some 1e-6.
      if (!(std::abs(loss - last) <= 1e-4f * last)) differ(name_of("train ", task), task.trainees[i].who, last, loss);
    }
  }
  // Losses that stayed where they were would agree whatever is done with the gradient.
  if (!(last < 0.9f * first)) {
    std::fprintf(stderr, "%s: the loss must fall, but went from %g to %g\n", name_of("train ", task).c_str(), first, last);
    std::exit(1);
  }
}

#ifdef CTNN_WITH_LIBTORCH
void compare_answers() {
  Digits digits(1, 5);
  const Model<LeNet> model{Seed{1}};
  Model<LeNet>::Sample image;
  std::copy_n(digits.images.data(), image.size(), image.data());
  const auto expected = model(image);
  float given[mnist::classes];
  mnist::lenet_answer_in_libtorch(model.data())(image.data(), given);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (!(std::abs(given[i] - expected[i]) < 1e-5f)) differ("one image, LeNet-5", "libtorch", expected[i], given[i]);
  }
}
#endif

#ifdef CTNN_WITH_OPENBLAS
void compare_large_gradients() {
  LargeData data;
  std::vector<float> other(data.gradient.size());
  const float* const parameters = first_parameters<LargeNet>();
  const float expected = large_gradient_in_ctnn(parameters)(data.x.data(), data.y.data(), data.gradient.data());
  const float given = mnist::large_gradient_in_openblas(parameters)(data.x.data(), data.y.data(), other.data());
  if (!(std::abs(given - expected) <= 1e-4f * expected)) differ("gradient 1024-1024-1024: the loss", "OpenBLAS", expected, given);
  double square = 0, difference = 0;
  for (std::size_t i = 0; i < other.size(); ++i) {
    square += static_cast<double>(other[i]) * other[i];
    difference += std::pow(static_cast<double>(other[i]) - data.gradient[i], 2);
  }
  if (!(difference <= 1e-8 * square))
    differ("gradient 1024-1024-1024: its distance", "OpenBLAS", 0, std::sqrt(difference / square));
}
#endif

// The measurements.

/// Says what an iteration does, as rates.
void count(benchmark::State& state, std::size_t samples, double flops_per_sample) {
  using benchmark::Counter;
  state.counters["samples"] = Counter(static_cast<double>(samples), Counter::kIsIterationInvariantRate);
  state.counters["flops"] = Counter(static_cast<double>(samples) * flops_per_sample, Counter::kIsIterationInvariantRate);
}

void train(benchmark::State& state, const TrainingTask& task, const Trainee& trainee) {
  const mnist::Step step = trainee.start();
  EndlessBatch batch(task.batch_size);
  for (auto _ : state) benchmark::DoNotOptimize(step(batch.next()));
  count(state, task.batch_size, task.flops);
}

/// As many images as MNIST has, 188 MB.
Digits& data_set() {
  static Digits digits(60'000, 6);
  return digits;
}

/// Epochs of ctnn's own fit, on shuffled batches.
template <class Net, class OptimizerType>
void fit_in_ctnn(benchmark::State& state, const TrainingTask& task, const OptimizerType& optimizer, std::size_t threads = 1) {
  Training<Net, OptimizerType> training(optimizer);
  Digits& digits = data_set();
  for (auto _ : state) training.fit(digits, {.batch_size = task.batch_size, .epochs = 1, .verbose = 0, .threads = threads});
  count(state, digits.size(), task.flops);
  // OpenMP's threads wait busily for more work before they sleep, LLVM's for 200 ms, which would disturb whoever comes next and
  // count as its time.
  if (threads > 1) std::this_thread::sleep_for(std::chrono::milliseconds(300));
}

/// The same with a step of anyone's: each batch is gathered from all over the data.
void fit(benchmark::State& state, const TrainingTask& task, const Trainee& trainee) {
  const mnist::Step step = trainee.start();
  const Digits& digits = data_set();
  std::vector<std::size_t> order(digits.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(Seed{7});
  Digits gathered(task.batch_size, 1);
  for (auto _ : state) {
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
    for (std::size_t first = 0; first < order.size(); first += task.batch_size) {
      for (std::size_t i = 0; i < task.batch_size; ++i) gathered.copy(i, digits, order[first + i]);
      benchmark::DoNotOptimize(step(gathered.batch(0, task.batch_size)));
    }
  }
  count(state, digits.size(), task.flops);
}

/// One image at a time, each of which waits for the last one's answer.
template <class AnswerType>
void answer(benchmark::State& state, const AnswerType& answer) {
  Digits digits(1, 5);
  Model<LeNet>::Sample image;
  std::copy_n(digits.images.data(), image.size(), image.data());
  Model<LeNet>::Output probabilities{};
  for (auto _ : state) {
    answer(image, probabilities);
    image[0] = probabilities[0];
    benchmark::DoNotOptimize(image);
    benchmark::ClobberMemory();
  }
  count(state, 1, static_cast<double>(LeNet::flops));
}

void answer_in_ctnn(benchmark::State& state) {
  const Model<LeNet> model{Seed{1}};
  answer(state, [&](const auto& image, auto& probabilities) { probabilities = model(image); });
}

void large_gradient(benchmark::State& state, mnist::Gradient (*start)(const float*)) {
  LargeData data;
  const mnist::Gradient gradient = start(first_parameters<LargeNet>());
  for (auto _ : state) {
    benchmark::DoNotOptimize(gradient(data.x.data(), data.y.data(), data.gradient.data()));
    benchmark::ClobberMemory();
  }
  count(state, mnist::large_batch, large_flops);
}

void peak(benchmark::State& state) {
  float factor = 0.999f, addend = 0.001f;
  benchmark::DoNotOptimize(factor);
  benchmark::DoNotOptimize(addend);
  for (auto _ : state) benchmark::DoNotOptimize(fma_peak::run(factor, addend));
  state.counters["flops"] = benchmark::Counter(fma_peak::flops, benchmark::Counter::kIsIterationInvariantRate);
}

template <class Function>
void add(const std::string& task, const char* who, const Function& function) {
  // A library that starts threads of its own pays for them.
  benchmark::RegisterBenchmark((task + "/" + who).c_str(), function)->MeasureProcessCPUTime();
}

/// ctnn with one thread and with all of the machine's, by the clock on the wall.
template <class Net, class OptimizerType>
void add_threads([[maybe_unused]] const TrainingTask& task, [[maybe_unused]] const OptimizerType& optimizer) {
#ifdef _OPENMP
  const std::size_t all = std::min<std::size_t>(std::thread::hardware_concurrency(), ctnn::detail::most_workers);
  for (const std::size_t threads : {std::size_t{1}, all}) {
    if (all < 2) continue;
    const std::string who = threads == 1 ? "ctnn" : "ctnn, " + std::to_string(threads) + " threads";
    benchmark::RegisterBenchmark((name_of("epoch of 60,000, wall clock, ", task) + "/" + who).c_str(),
                                 [=](benchmark::State& state) { fit_in_ctnn<Net>(state, task, optimizer, threads); })
        ->UseRealTime();
  }
#endif
}

void register_all() {
  add("FMA peak", "registers", peak);
  for (const TrainingTask& task : training_tasks()) {
    for (const Trainee& trainee : task.trainees) {
      add(name_of("train ", task), trainee.who, [=](benchmark::State& state) { train(state, task, trainee); });
    }
  }
  const TrainingTask epoch = dense_task(mnist::Optimizer::sgd, 32);
  add(name_of("epoch of 60,000, ", epoch), "ctnn", [=](benchmark::State& state) { fit_in_ctnn<DenseNet>(state, epoch, sgd); });
  for (std::size_t i = 1; i < epoch.trainees.size(); ++i) {
    add(name_of("epoch of 60,000, ", epoch), epoch.trainees[i].who,
        [=](benchmark::State& state) { fit(state, epoch, epoch.trainees[i]); });
  }
  add_threads<DenseNet>(dense_task(mnist::Optimizer::adam, 128), adam);
  add_threads<LeNet>(lenet_task(mnist::Optimizer::adam, 128), adam);
  add("one image, LeNet-5", "ctnn", answer_in_ctnn);
#ifdef CTNN_WITH_LIBTORCH
  add("one image, LeNet-5", "libtorch", [](benchmark::State& state) {
    const mnist::Answer libtorch = mnist::lenet_answer_in_libtorch(first_parameters<LeNet>());
    answer(state, [&](auto& image, auto& probabilities) { libtorch(image.data(), probabilities.data()); });
  });
#endif
  const std::string large = "gradient 1024-1024-1024, batch 128";
  add(large, "ctnn", [](benchmark::State& state) { large_gradient(state, large_gradient_in_ctnn); });
#ifdef CTNN_WITH_OPENBLAS
  add(large, "OpenBLAS", [](benchmark::State& state) { large_gradient(state, mnist::large_gradient_in_openblas); });
  add(large, "OpenBLAS's products alone", [](benchmark::State& state) {
    const auto products = mnist::large_products_in_openblas(first_parameters<LargeNet>());
    for (auto _ : state) products();
    count(state, mnist::large_batch, large_flops);
  });
#endif
}

/// Says which libraries take part, in the output's head.
void name_peers() {
#ifdef CTNN_WITH_EIGEN
  benchmark::AddCustomContext("Eigen", mnist::eigen_version());
#else
  benchmark::AddCustomContext("Eigen", "not built");
#endif
#ifdef CTNN_WITH_OPENBLAS
  benchmark::AddCustomContext("OpenBLAS", mnist::openblas_configuration());
#else
  benchmark::AddCustomContext("OpenBLAS", "not built");
#endif
#ifdef CTNN_WITH_LIBTORCH
  benchmark::AddCustomContext("libtorch", mnist::libtorch_version());
#else
  benchmark::AddCustomContext("libtorch", "not built");
#endif
}

}  // namespace

int main(int argc, char** argv) {
  for (const TrainingTask& task : training_tasks()) compare(task);
#ifdef CTNN_WITH_LIBTORCH
  compare_answers();
#endif
#ifdef CTNN_WITH_OPENBLAS
  compare_large_gradients();
#endif
  register_all();
  name_peers();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
