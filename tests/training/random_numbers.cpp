// What is drawn in training: sequences of neighbouring seeds and steps, and of different purposes, have nothing in common.
#include <bitset>
#include <ctnn/core.hpp>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <set>

#include "../checks.hpp"

using namespace ctnn;

namespace {

constexpr std::size_t places = 64, steps = 24;
using Masks = std::vector<std::bitset<places>>;

/// What Dropout kept of 64 inputs in each of some steps.
Masks masks(std::uint64_t seed) {
  using Net = Sequential<Input<places>, Dropout<0.5>, Dense<1>>;
  StaticModel<Net> model{Seed{9}};
  auto trainer = model.compile(SGD{.learning_rate = 0.0}, MeanSquaredError{});
  trainer.seed(Seed{seed});
  const std::vector<float> x(places, 1.0f), y{5.0f};
  Masks result;
  for (std::size_t step = 0; step < steps; ++step) {
    trainer.step({.data = x.data(), .stride = places}, {.data = y.data(), .stride = 1}, 1);
    result.emplace_back();
    for (std::size_t i = 0; i < places; ++i) result.back()[i] = trainer.gradient()[i] != 0;
  }
  return result;
}

/// Which samples fit took, of which each is a batch: the gradient says so.
struct Watch {
  std::vector<float>* seen;
  void on_batch_end(auto& trainer, std::size_t, const Logs&) { seen->push_back(trainer.gradient()[0] / trainer.gradient()[1]); }
};

}  // namespace

TEST_CASE("dropout's masks of neighbouring seeds and steps agree in half of their places, as unrelated ones do") {
  constexpr std::uint64_t seeds = 24;
  std::vector<Masks> all;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) all.push_back(masks(seed));
  const auto agreement = [&](std::uint64_t first, std::uint64_t second, std::ptrdiff_t shift) {
    double same = 0, count = 0;
    for (std::size_t step = 0; step < steps; ++step) {
      const std::ptrdiff_t other = static_cast<std::ptrdiff_t>(step) + shift;
      if (other < 0 || other >= static_cast<std::ptrdiff_t>(steps)) continue;
      same += static_cast<double>((~(all[first][step] ^ all[second][static_cast<std::size_t>(other)])).count());
      count += places;
    }
    // In standard deviations of a fair coin's throws.
    return (same - count / 2) / std::sqrt(count / 4);
  };
  double largest = 0, squares = 0, pairs = 0;
  for (std::uint64_t first = 0; first < seeds; ++first) {
    for (std::uint64_t second = 0; second < seeds; ++second) {
      for (std::ptrdiff_t shift = -20; shift <= 20; ++shift) {
        if (first == second && shift == 0) continue;
        const double deviation = agreement(first, second, shift);
        largest = std::max(largest, std::abs(deviation));
        squares += deviation * deviation;
        ++pairs;
      }
    }
  }
  // Of 23,000 normally distributed numbers, one in a hundred such sets has one above 5.1.
  CHECK(largest < 5.1);
  CHECK(squares / pairs > 0.95);
  CHECK(squares / pairs < 1.05);
  // Each place is kept half of the time.
  for (std::size_t i = 0; i < places; ++i) {
    double kept = 0;
    for (const Masks& own : all) {
      for (const auto& mask : own) kept += mask[i];
    }
    CHECK(std::abs(kept - seeds * steps / 2.0) < 4.5 * std::sqrt(seeds * steps / 4.0));
  }
}

TEST_CASE("no two of seed, purpose and step give the same numbers, nor those of a model's first values") {
  std::set<std::uint64_t> drawn;
  std::size_t count = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    drawn.insert(Random(Seed{seed}).bits());
    ++count;
    for (const auto purpose : {detail::Purpose::shuffling, detail::Purpose::layers, detail::Purpose::splitting}) {
      for (std::uint64_t step = 0; step < 50; ++step, ++count) {
        drawn.insert(Random(detail::derived(Seed{seed}, purpose, step)).bits());
      }
    }
  }
  CHECK(drawn.size() == count);
}

TEST_CASE("the order of samples: neighbouring seeds, and a second fit, have orders of their own") {
  constexpr std::size_t samples = 40;
  const auto order = [](std::uint64_t seed, std::size_t before) {
    Model<Sequential<Dense<1, 1>>> model{Seed{1}};
    auto trainer = model.compile(SGD{.learning_rate = 1e-9}, MeanSquaredError{});
    const xt::xtensor<float, 1> x = xt::arange<float>(1, samples + 1), y = xt::zeros<float>({samples});
    for (std::size_t i = 0; i < before; ++i) trainer.train_on_batch(x, y);
    std::vector<float> result;
    trainer.fit(x, y, {.batch_size = 1, .verbose = 0, .seed = Seed{seed}}, Watch{&result});
    return result;
  };
  const auto same_places = [](const std::vector<float>& a, const std::vector<float>& b) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < samples; ++i) same += std::abs(a[i] - b[i]) < 0.5f;
    return same;
  };
  for (std::uint64_t seed = 1; seed < 5; ++seed) {
    const auto own = order(seed, 0);
    CHECK(same_places(own, order(seed, 0)) == samples);
    // Two unrelated orders agree in one place on average.
    CHECK(same_places(own, order(seed + 1, 0)) < 8);
    CHECK(same_places(own, order(seed, 1)) < 8);
    // What was the same: a second fit after one step, and a first one with the next seed.
    CHECK(same_places(order(seed, 1), order(seed + 1, 0)) < 8);
  }
}
