#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <limits>
#include <span>

#include "../checks.hpp"

using namespace ctnn;

namespace {

using Narrow = Sequential<Dense<3, 4>, Tanh, Dense<2>>;
// Its logits are trained.
using Classes = Sequential<Dense<3, 4>, Tanh, Dense<3>, Softmax>;
using Wide = Sequential<Dense<3, 70>, Tanh, Dense<2>>;
using Coupled = Sequential<Dense<3, 5>, BatchNormalization<>, Tanh, Dense<2>>;

template <class Net>
xt::xtensor<float, 2> outputs(std::size_t count) {
  constexpr std::size_t out = Net::output_shape::size;
  return xt::adapt(checks::numbers<float>(count * out, 4), std::array<std::size_t, 2>{count, out});
}
xt::xtensor<float, 2> inputs(std::size_t count) {
  return xt::adapt(checks::numbers<float>(count * 3, 9), std::array<std::size_t, 2>{count, 3});
}

template <class Net>
std::vector<float> parameters(const Model<Net>& model) {
  return {model.data(), model.data() + Net::parameter_count};
}

}  // namespace

TEST_CASE("the gradient of a weighted loss is that of central differences, on every path") {
  checks::central_differences<Narrow>({}, 2, 1e-10, checks::any_targets, true);
  checks::central_differences<Classes, CategoricalCrossentropy>({}, 2, 1e-10, checks::any_targets, true);
  checks::central_differences<Wide>({}, 2, 1e-10, checks::any_targets, true);
  checks::central_differences<Coupled>({}, 2, 1e-9, checks::any_targets, true);
}

TEST_CASE_TEMPLATE("the loss is the sum of the samples' losses, each times its weight, over their number", Net, Narrow, Wide) {
  Model<Net> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{}, MeanSquaredError{}, Weighted{MeanSquaredError{}});
  for (const std::size_t count : {1u, 2u, 15u, 16u, 17u, 33u, 200u}) {
    const auto x = inputs(count), y = outputs<Net>(count);
    const auto weights = checks::numbers<float>(count, 3, 0, 4);
    double sum = 0, plain = 0, total = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto own = static_cast<std::ptrdiff_t>(i);
      const double loss = trainer.test_on_batch(xt::view(x, xt::range(own, own + 1)), xt::view(y, xt::range(own, own + 1))).loss;
      sum += loss * static_cast<double>(weights[i]);
      plain += loss;
      total += static_cast<double>(weights[i]);
    }
    INFO("batch of ", count);
    const auto of_batch = trainer.test_on_batch(x, y, {.sample_weight = weights});
    CHECK(of_batch.loss == doctest::Approx(sum / static_cast<double>(count)).epsilon(1e-5));
    CHECK(of_batch.metrics[0] == doctest::Approx(plain / static_cast<double>(count)).epsilon(1e-5));
    CHECK(of_batch.metrics[1] == doctest::Approx(sum / total).epsilon(1e-5));
    CHECK(of_batch["mean_squared_error"] == of_batch.metrics[0]);
    CHECK(of_batch["weighted_mean_squared_error"] == of_batch.metrics[1]);
    // By other batches, threads and containers.
    const std::vector<double> same(weights.begin(), weights.end());
    const xt::xarray<float> tensor = xt::adapt(weights, std::array<std::size_t, 1>{count});
    const auto expression = 2 * tensor - tensor;
    for (const SampleWeight& form : {SampleWeight(same), SampleWeight(tensor), SampleWeight(expression)}) {
      const auto scores = trainer.evaluate(x, y, {.batch_size = 7, .sample_weight = form});
      CHECK(scores.loss == doctest::Approx(of_batch.loss).epsilon(1e-5));
      CHECK(scores.metrics[1] == doctest::Approx(of_batch.metrics[1]).epsilon(1e-5));
    }
  }
}

TEST_CASE("weights of one change nothing, to the bit; samples of no weight are not learned from") {
  const auto x = inputs(19), y = outputs<Narrow>(19);
  const auto trained = [&](const BatchOptions& options) {
    Model<Narrow> model{Seed{1}};
    auto trainer = model.compile(SGD{.learning_rate = 0.1}, MeanSquaredError{});
    for (int step = 0; step < 3; ++step) trainer.train_on_batch(x, y, options);
    return parameters(model);
  };
  const std::vector<float> ones(19, 1.0f), zeros(19, 0.0f);
  CHECK(trained({.sample_weight = ones}) == trained({}));
  CHECK(trained({.sample_weight = zeros}) == parameters(Model<Narrow>{Seed{1}}));
}

TEST_CASE("fit: weights follow their samples through shuffling, and a class's weight is that of its samples") {
  const auto x = inputs(50);
  xt::xtensor<int, 1> labels = xt::zeros<int>({50});
  for (int i = 0; i < 50; ++i) labels(i) = i * i % 7 % 3;
  xt::xtensor<float, 2> one_hot = xt::zeros<float>({50, 3});
  std::vector<float> weights(50);
  const std::vector<double> classes{0.5, 2, 1.25};
  for (std::size_t i = 0; i < 50; ++i) {
    const auto label = static_cast<std::size_t>(labels(i));
    one_hot(i, label) = 1;
    weights[i] = static_cast<float>(classes[label]);
  }
  const auto fitted = [&](const auto& loss, const auto& y, const FitOptions& weighting) {
    FitOptions options = weighting;
    options.batch_size = 8, options.epochs = 3, options.verbose = 0;
    Model<Classes> model{Seed{1}};
    model.compile(SGD{.learning_rate = 0.1}, loss).fit(x, y, options);
    return parameters(model);
  };
  const auto by_sample = fitted(SparseCategoricalCrossentropy{}, labels, {.sample_weight = weights});
  CHECK(fitted(SparseCategoricalCrossentropy{}, labels, {.class_weight = classes}) == by_sample);
  CHECK(fitted(CategoricalCrossentropy{}, one_hot, {.class_weight = classes}) ==
        fitted(CategoricalCrossentropy{}, one_hot, {.sample_weight = weights}));
  CHECK(fitted(SparseCategoricalCrossentropy{}, labels, {}) != by_sample);
}

TEST_CASE("options keep weights that have no name") {
  const auto x = inputs(5), y = outputs<Narrow>(5);
  Model<Narrow> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const std::vector<float> weights(5, 2.0f);
  const EvaluateOptions of_temporary{.sample_weight = std::vector<float>(5, 2.0f)};
  const EvaluateOptions of_expression{.sample_weight = 2.0f * xt::ones<float>({5})};
  CHECK(trainer.evaluate(x, y, of_temporary) == trainer.evaluate(x, y, {.sample_weight = weights}));
  CHECK(trainer.evaluate(x, y, of_expression) == trainer.evaluate(x, y, of_temporary));
}

TEST_CASE("a lone output has two classes") {
  using Net = Sequential<Dense<3, 1>, Sigmoid>;
  const auto x = inputs(9);
  const xt::xtensor<float, 1> y{0, 1, 1, 0, 1, 0, 0, 0, 1};
  Model<Net> model{Seed{1}};
  const auto trainer = model.compile(SGD{}, BinaryCrossentropy{});
  const xt::xtensor<float, 1> weights = 1 + 2 * y;
  CHECK(trainer.test_on_batch(x, y, {.class_weight = {1, 3}}) == trainer.test_on_batch(x, y, {.sample_weight = weights}));
}

TEST_CASE("validation data have weights of their own, and none of the classes'") {
  const auto x = inputs(20), held = inputs(6);
  const auto y = outputs<Narrow>(20), held_y = outputs<Narrow>(6);
  const std::array<double, 6> weights{1, 0, 2, 0.5, 0, 3};
  Model<Narrow> model{Seed{1}};
  auto trainer = model.compile(SGD{}, MeanSquaredError{});
  const History history = trainer.fit(x, y, {.verbose = 0}, ValidationData{held, held_y, weights});
  CHECK(history.val_loss[0] == doctest::Approx(trainer.evaluate(held, held_y, {.sample_weight = weights})));
  CHECK(history.val_loss[0] != doctest::Approx(trainer.evaluate(held, held_y)));
}

TEST_CASE("weights that do not fit are refused by a sentence, and nothing has moved") {
  const auto x = inputs(5);
  xt::xtensor<int, 1> labels{0, 1, 2, 0, 1};
  Model<Classes> model{Seed{1}};
  auto trainer = model.compile(SGD{}, SparseCategoricalCrossentropy{});
  const auto before = parameters(model);
  std::vector<float> weights(4, 1.0f);
  CHECK_THROWS_WITH_AS(trainer.fit(x, labels, {.sample_weight = weights, .verbose = 0}),
                       "ctnn: fit: sample_weight must hold as many weights as x holds samples, 5, but holds 4", ShapeError);
  const xt::xtensor<float, 2> table = xt::ones<float>({5, 1});
  CHECK_THROWS_WITH_AS(trainer.evaluate(x, labels, {.sample_weight = table}),
                       "ctnn: evaluate: sample_weight must have one axis, but has 2", ShapeError);
  weights.assign(5, 1.0f);
  CHECK_THROWS_WITH_AS(
      trainer.train_on_batch(x, labels, {.class_weight = {1, 1, 1}, .sample_weight = weights}),
      "ctnn: train_on_batch: class_weight and sample_weight must not be given together; multiply them into sample_weight",
      OptionError);
  CHECK_THROWS_WITH_AS(trainer.train_on_batch(x, labels, {.class_weight = {1, 1}}),
                       "ctnn: train_on_batch: class_weight must hold a weight for each of the 3 classes, but holds 2", OptionError);
  weights[3] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(trainer.train_on_batch(x, labels, {.sample_weight = weights}),
                       "ctnn: train_on_batch: a sample's weight must be finite, but that of sample 3 is nan", OptionError);
  labels(2) = 3;
  CHECK_THROWS_WITH_AS(trainer.train_on_batch(x, labels, {.class_weight = {1, 2, 3}}),
                       "ctnn: train_on_batch: class_weight needs labels in [0, 3), but the label of sample 2 is 3", DataError);
  CHECK(parameters(model) == before);
  CHECK(trainer.iterations() == 0);

  Model<Sequential<Input<2, 3>, Dense<4>, Softmax>> positions{Seed{1}};
  auto positions_trainer = positions.compile(SGD{}, SparseCategoricalCrossentropy{});
  CHECK_THROWS_WITH_AS(positions_trainer.test_on_batch(xt::xtensor<float, 3>(xt::zeros<float>({1, 2, 3})),
                                                       xt::xtensor<int, 2>{{0, 1}}, {.class_weight = {1, 2, 3, 4}}),
                       "ctnn: test_on_batch: class_weight needs targets that are of one class each, not of several labels or "
                       "positions; sample_weight does without",
                       OptionError);
  Model<Sequential<Dense<3, 2>, Sigmoid>> several{Seed{1}};
  const auto several_trainer = several.compile(SGD{}, BinaryCrossentropy{});
  CHECK_THROWS_AS(several_trainer.test_on_batch(x, outputs<Narrow>(5), {.class_weight = {1, 2}}), OptionError);
  CHECK_THROWS_WITH_AS(model.compile(SGD{}, SparseCategoricalCrossentropy{}, Recall{.class_id = 3}),
                       "ctnn: compile: Recall's class_id must be the number of a class, but is 3", OptionError);
  CHECK_THROWS_WITH_AS(model.compile(SGD{}, SparseCategoricalCrossentropy{}, Weighted{Precision{.threshold = 1.5}}),
                       "ctnn: compile: Precision's threshold must lie in [0, 1], but is 1.5", OptionError);
}
