// XOR, learned by the compiler: when this program runs, all is done.
#include <array>
#include <cstddef>
#include <cstdio>
#include <ctnn/core.hpp>

using namespace ctnn;

using Net = Sequential<Dense<2, 2>, Tanh, Dense<1>, Sigmoid>;

constexpr std::array<std::array<float, 2>, 4> inputs{{{0, 0}, {0, 1}, {1, 0}, {1, 1}}};
constexpr std::array<std::array<float, 1>, 4> targets{{{0}, {1}, {1}, {0}}};

/// What a learner is after some more steps. A compiler allows each constant so many operations, and each goes on from the last.
template <class Learner>
constexpr Learner after(Learner learner, int steps) {
  for (int step = 0; step < steps; ++step) learner.train_on_batch(inputs, targets);
  return learner;
}

constexpr Adam adam{.learning_rate = 0.2};
static_assert(!problem_of<float>(adam, BinaryCrossentropy{}));

constexpr auto begun = after(BasicLearner{StaticModel<Net>{Seed{6}}, adam, BinaryCrossentropy{}}, 50);
constexpr auto learned = after(begun, 50);

static_assert(learned({0, 0})[0] < 0.1f);
static_assert(learned({0, 1})[0] > 0.9f);
static_assert(learned({1, 0})[0] > 0.9f);
static_assert(learned({1, 1})[0] < 0.1f);

int main() {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::printf("%.0f xor %.0f: %.3f\n", static_cast<double>(inputs[i][0]), static_cast<double>(inputs[i][1]),
                static_cast<double>(learned(inputs[i])[0]));
  }
}
