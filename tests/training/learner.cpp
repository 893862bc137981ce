#include <array>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "../checks.hpp"

using namespace ctnn;

namespace {

using Net = Sequential<Dense<2, 3>, Tanh, Dense<1>>;
using Owner = Learner<Net, Adam, MeanSquaredError>;
using Static = StaticLearner<Net, Adam, MeanSquaredError>;

const xt::xtensor<float, 2> x{{0.5f, -1.0f}, {2.0f, 0.25f}, {-0.5f, 1.5f}}, y{{1.0f}, {0.0f}, {0.25f}};

std::vector<float> parameters(const Owner& owner) { return {owner.model.data(), owner.model.data() + Net::parameter_count}; }
void train(Owner& owner, int steps) {
  for (int step = 0; step < steps; ++step) owner.trainer.train_on_batch(x, y);
}
Owner made() { return {Model<Net>{Seed{1}}, Adam{.learning_rate = 0.01}, MeanSquaredError{}}; }

/// What the same steps on one learner come to.
std::vector<float> after(int steps) {
  Owner owner = made();
  train(owner, steps);
  return parameters(owner);
}

}  // namespace

TEST_CASE("a copy trains its own model, from the same state on") {
  Owner first = made();
  train(first, 3);
  Owner second = first;
  train(second, 4);
  CHECK(parameters(first) == after(3));
  CHECK(parameters(second) == after(7));
  CHECK(second.trainer.iterations() == 7);
  train(first, 4);
  CHECK(parameters(first) == parameters(second));

  Owner third = made();
  third = second;
  train(third, 1);
  CHECK(parameters(third) == after(8));
  CHECK(parameters(second) == after(7));
  const Owner& same = third;
  third = same;
  train(third, 1);
  CHECK(parameters(third) == after(9));
}

TEST_CASE("learners move, as in a growing vector") {
  std::vector<Owner> owners;
  for (int i = 0; i < 5; ++i) {
    owners.push_back(made());
    for (Owner& owner : owners) train(owner, 1);
  }
  for (int i = 0; i < 5; ++i) CHECK(parameters(owners[static_cast<std::size_t>(i)]) == after(5 - i));
  Owner moved = std::move(owners[0]);
  train(moved, 1);
  CHECK(parameters(moved) == after(6));
  CHECK_THROWS_AS(train(owners[0], 1), EmptyModelError);
  owners[0] = moved;
  train(owners[0], 1);
  CHECK(parameters(owners[0]) == after(7));
}

TEST_CASE("a learner whose trainer is elsewhere, or that was moved, is not copied") {
  Owner owner = made();
  const auto trainer = std::move(owner.trainer);
  const auto copy = [](const Owner& of) { const Owner other = of; };
  CHECK_THROWS_WITH_AS(copy(owner), "ctnn: a copy of a Learner: the trainer is empty, because it was moved from", EmptyModelError);
  Owner other = made();
  const Owner moved = std::move(other);
  CHECK_THROWS_WITH_AS(copy(other), "ctnn: a copy of a Learner: the trainer is empty, because it was moved from", EmptyModelError);
  CHECK_NOTHROW(copy(moved));
}

TEST_CASE("options are checked, and metrics follow the loss") {
  CHECK_THROWS_AS((Learner<Net, SGD, MeanSquaredError>{Model<Net>{}, SGD{.learning_rate = -1}, MeanSquaredError{}}), OptionError);
  Learner learner(Model<Net>{Seed{1}}, SGD{}, MeanSquaredError{}, RootMeanSquaredError{}, MeanAbsoluteError{});
  const auto copy = learner;
  CHECK(copy.trainer.evaluate(x, y).metrics == learner.trainer.evaluate(x, y).metrics);
  CHECK(copy.trainer.evaluate(x, y)["root_mean_squared_error"] > 0);
}

TEST_CASE("a static learner is a value: it is copied, and answers and learns as the model and trainer on the heap do") {
  static_assert(std::is_copy_constructible_v<Static> && std::is_copy_assignable_v<Static>);
  Static learner{StaticModel<Net>{Seed{1}}, Adam{.learning_rate = 0.01}, MeanSquaredError{}};
  CHECK(!learner.problem());
  Owner owner = made();
  for (std::size_t i = 0; i < 3; ++i) {
    const std::array<float, 2> sample{x(i, 0), x(i, 1)};
    CHECK(learner(sample) == owner.model(sample));
    const auto row = static_cast<std::ptrdiff_t>(i);
    const float loss = owner.trainer.train_on_batch(xt::view(x, xt::range(row, row + 1)), xt::view(y, xt::range(row, row + 1)));
    CHECK(learner.train_on_sample(sample, {y(i, 0)}) == doctest::Approx(loss));
  }
  const std::vector<float> trained = parameters(owner);
  Static copy = learner;
  copy.train_on_sample({1, 2}, {3});
  for (std::size_t i = 0; i < trained.size(); ++i) CHECK(learner.model().data()[i] == doctest::Approx(trained[i]));
  CHECK(copy.iterations() == 4);
  copy = learner;
  CHECK(copy.iterations() == 3);
  CHECK(copy({1.0f, 2.0f}) == learner({1.0f, 2.0f}));
}

namespace {

template <class Learner>
constexpr Learner later(Learner learner, int steps) {
  for (int step = 0; step < steps; ++step) learner.train_on_sample({1.0f, -1.0f}, {0.5f});
  return learner;
}
constexpr auto begun = later(BasicLearner{StaticModel<Net>{Seed{1}}, Adam{}, MeanSquaredError{}}, 2);
constexpr auto done = later(begun, 3);

}  // namespace

static_assert(done.iterations() == 5);
static_assert(done({1.0f, -1.0f}) == later(BasicLearner{StaticModel<Net>{Seed{1}}, Adam{}, MeanSquaredError{}}, 5)({1.0f, -1.0f}));
static_assert(done.model()({1.0f, -1.0f}) == done({1.0f, -1.0f}));

// What is wrong with options is known to the compiler.
static_assert(!problem_of<float>(Adam{.learning_rate = 0.01}, MeanSquaredError{}, Accuracy{}));
static_assert(problem_of<float>(Adam{.learning_rate = -1}, MeanSquaredError{}));
static_assert(problem_of<float>(Adam{}, Huber{.delta = -1}));
static_assert(problem_of<float>(Adam{}, MeanSquaredError{}, BinaryAccuracy{.threshold = std::numeric_limits<double>::infinity()}));
static_assert(BasicLearner{StaticModel<Net>{}, SGD{.momentum = 2}, MeanSquaredError{}}.problem());

TEST_CASE("a sample may come as an array, a built-in array or numbers in braces") {
  constexpr StaticModel<Net> model{Seed{1}};
  const float sample[] = {0.25f, -1};
  CHECK(model(sample) == model(std::array{0.25f, -1.0f}));
  CHECK(model({0.25f, -1.0f}) == model(sample));
  static_assert(model({0.25f, -1.0f}) == model(std::array{0.25f, -1.0f}));
  const Model<Net> on_heap{Seed{1}};
  CHECK(on_heap({0.25f, -1.0f}) == model(sample));
}
