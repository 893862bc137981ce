// The parabola's training step and single samples: ctnn beside hand-written code, in one program, interleaved.
//
// Every pair computes the same; before anything is timed the results are compared, and the program stops if they differ.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctnn/ctnn.hpp>
#include <xtensor/xbuilder.hpp>
#include <xtensor/xmath.hpp>

#include "fast_math.hpp"
#include "hand_written.hpp"

using namespace ctnn;

namespace {

using Parabola = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;
using Small = Sequential<Dense<1, 8>, Tanh, Dense<8>, Tanh, Dense<1>>;
using Rectifiers = Sequential<Dense<16, 16>, ReLU, Dense<16>, ReLU, Dense<16>, ReLU>;
using Wide = Sequential<Dense<64, 64>, Tanh, Dense<64>, Tanh>;

const xt::xtensor<float, 1> inputs = xt::linspace(-0.5f, 0.5f, 200);
const xt::xtensor<float, 1> targets = xt::square(inputs);
constexpr float rate = 0.3f;

/// The hand-written parabola with a model's parameters.
hand_written::Parabola parabola_of(const Model<Parabola>& model) {
  hand_written::Parabola result{};
  std::copy(model.data(), model.data() + 7, result.parameters);
  return result;
}

/// ctnn's own tanh, in the hand-written loop.
struct LibraryTanh {
  template <class V>
  [[gnu::always_inline]] V operator()(V x) const {
    return math::tanh(kernels::Vector<float, sizeof(V) / 4>::of(x)).native;
  }
};

// Training.

void train_ctnn(benchmark::State& state) {
  Model<Parabola> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = rate}, MeanSquaredError{});
  for (auto _ : state) benchmark::DoNotOptimize(trainer.train_on_batch(inputs, targets));
}
template <class Tanh>
void train_hand_written(benchmark::State& state) {
  auto parabola = parabola_of(Model<Parabola>{Seed{1}});
  for (auto _ : state) benchmark::DoNotOptimize(parabola.step<Tanh>(inputs.data(), targets.data(), 200, rate));
}
void train_fast_math(benchmark::State& state) {
  auto parabola = parabola_of(Model<Parabola>{Seed{1}});
  for (auto _ : state) {
    benchmark::DoNotOptimize(fast_math::parabola_step(parabola.parameters, inputs.data(), targets.data(), 200, rate));
  }
}

// One sample, each call needing the last one's result.

/// Makes the compiler believe that a sample has changed, and the weights with it. A lone number stays in its register,
/// as it would in a control loop.
template <std::size_t Size>
void keep(std::array<float, Size>& sample) {
#if defined(__x86_64__)
  if constexpr (Size == 1) {
    asm volatile("" : "+x"(sample[0]) : : "memory");
    return;
  }
#endif
  benchmark::DoNotOptimize(sample);
  benchmark::ClobberMemory();
}

template <class Net, class Answer>
void chain(benchmark::State& state, const Answer& answer) {
  Model<Net> model{Seed{1}};
  benchmark::DoNotOptimize(model.data());
  typename Model<Net>::Sample x{};
  x.fill(0.3f);
  for (auto _ : state) {
    x = answer(model, x);
    keep(x);
  }
}
template <class Net>
void sample_ctnn(benchmark::State& state) {
  chain<Net>(state, [](const Model<Net>& model, const auto& x) { return model(x); });
}

const auto hand_parabola = [](const Model<Parabola>& model, const std::array<float, 1>& x) {
  return std::array{reinterpret_cast<const hand_written::Parabola*>(model.data())->answer(x[0])};
};
const auto hand_small = [](const Model<Small>& model, const std::array<float, 1>& x) {
  return std::array{hand_written::answer_1_8_8_1(model.data(), x[0])};
};
const auto hand_rectifiers = [](const Model<Rectifiers>& model, const std::array<float, 16>& x) {
  return hand_written::answer_16_relu(model.data(), x);
};
const auto hand_wide = [](const Model<Wide>& model, const std::array<float, 64>& x) {
  return hand_written::answer_64_tanh(model.data(), x);
};

// The comparison.

[[noreturn]] void differ(const char* what) {
  std::fprintf(stderr, "%s: the results differ, so the times would mean nothing\n", what);
  std::exit(1);
}

template <class Net, class Answer>
void compare_samples(const char* what, const Answer& answer) {
  const Model<Net> model{Seed{1}};
  typename Model<Net>::Sample x{};
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 0.1f * static_cast<float>(i % 7) - 0.3f;
  const auto a = model(x), b = answer(model, x);
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(std::abs(a[i] - b[i]) < 1e-5f)) differ(what);
  }
}

void compare() {
  Model<Parabola> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = rate}, MeanSquaredError{});
  auto rational = parabola_of(model), library = rational, loops = rational;
  for (int step = 0; step < 200; ++step) {
    const float loss = trainer.train_on_batch(inputs, targets);
    for (const float other : {rational.step(inputs.data(), targets.data(), 200, rate),
                              library.step<LibraryTanh>(inputs.data(), targets.data(), 200, rate),
                              fast_math::parabola_step(loops.parameters, inputs.data(), targets.data(), 200, rate)}) {
      if (!(std::abs(other - loss) < 1e-4f * loss)) differ("the training step");
    }
  }
  compare_samples<Parabola>("1-2-1", hand_parabola);
  compare_samples<Small>("1-8-8-1", hand_small);
  compare_samples<Rectifiers>("16-16-16-16", hand_rectifiers);
  compare_samples<Wide>("64-64-64", hand_wide);
}

}  // namespace

int main(int argc, char** argv) {
  compare();
  benchmark::RegisterBenchmark("train 1-2-1 tanh, batch 200/ctnn", train_ctnn);
  benchmark::RegisterBenchmark("train 1-2-1 tanh, batch 200/hand-written", train_hand_written<hand_written::RationalTanh>);
  benchmark::RegisterBenchmark("train 1-2-1 tanh, batch 200/hand-written, ctnn's tanh", train_hand_written<LibraryTanh>);
  benchmark::RegisterBenchmark("train 1-2-1 tanh, batch 200/plain loops, -O3 -ffast-math", train_fast_math);
  benchmark::RegisterBenchmark("sample 1-2-1 tanh/ctnn", sample_ctnn<Parabola>);
  benchmark::RegisterBenchmark("sample 1-2-1 tanh/hand-written", [](auto& state) { chain<Parabola>(state, hand_parabola); });
  benchmark::RegisterBenchmark("sample 1-8-8-1 tanh/ctnn", sample_ctnn<Small>);
  benchmark::RegisterBenchmark("sample 1-8-8-1 tanh/hand-written", [](auto& state) { chain<Small>(state, hand_small); });
  benchmark::RegisterBenchmark("sample 16-16-16-16 ReLU/ctnn", sample_ctnn<Rectifiers>);
  benchmark::RegisterBenchmark("sample 16-16-16-16 ReLU/hand-written",
                               [](auto& state) { chain<Rectifiers>(state, hand_rectifiers); });
  benchmark::RegisterBenchmark("sample 64-64-64 tanh/ctnn", sample_ctnn<Wide>);
  benchmark::RegisterBenchmark("sample 64-64-64 tanh/hand-written", [](auto& state) { chain<Wide>(state, hand_wide); });
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
