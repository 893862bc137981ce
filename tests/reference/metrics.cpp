// ctnn against Keras: metrics that are more than means over samples, and fits with weights, of metric_fixtures.hpp, in float and in
// double.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <ctnn/ctnn.hpp>
#include <ctnn/xtensor.hpp>
#include <string>
#include <vector>

#include "agreement.hpp"
#include "metric_fixtures.hpp"

namespace {

using namespace ctnn;
using agreement::error;

template <class Scalar>
constexpr double metric_tolerance = 2e-6;
template <>
constexpr double metric_tolerance<double> = 1e-13;

template <class Scalar, std::size_t Columns, std::size_t Count>
xt::xtensor<Scalar, 2> rows(const std::array<float, Count>& values) {
  return xt::cast<Scalar>(xt::adapt(values, std::array<std::size_t, 2>{Count / Columns, Columns}));
}
template <class Scalar, std::size_t Count>
xt::xtensor<Scalar, 1> column(const std::array<float, Count>& values) {
  return xt::cast<Scalar>(xt::adapt(values, std::array<std::size_t, 1>{Count}));
}

/// A network whose outputs are its inputs.
template <std::size_t Outputs, class Scalar>
Model<Sequential<Dense<Outputs, Outputs>>, Scalar> identity() {
  Model<Sequential<Dense<Outputs, Outputs>>, Scalar> model;
  model[boost::hana::size_c<0>].set_weights(xt::eye<Scalar>(Outputs), xt::zeros<Scalar>({Outputs}));
  return model;
}

/// Checks what two compiled trainers give, one with metrics as they are and one with weighted ones, in batches of several sizes.
template <class Scalar>
void check(const auto& plain, const auto& weighted, const auto& x, const auto& y, const auto& weights,
           const std::vector<std::array<double, 2>>& expected) {
  for (const std::size_t batch_size : {1u, 7u, 64u}) {
    const auto alone = plain.evaluate(x, y, {.batch_size = batch_size});
    const auto beside = plain.evaluate(x, y, {.batch_size = batch_size, .sample_weight = weights});
    const auto counted = weighted.evaluate(x, y, {.batch_size = batch_size, .sample_weight = weights});
    REQUIRE(alone.metrics.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      INFO("metric ", i, ", batches of ", batch_size);
      CHECK(error(alone.metrics[i], expected[i][0]) <= metric_tolerance<Scalar>);
      // Weights make no difference to metrics that are not weighted, nor no weights to those that are.
      CHECK(beside.metrics[i] == alone.metrics[i]);
      CHECK(error(weighted.evaluate(x, y).metrics[i], expected[i][0]) <= metric_tolerance<Scalar>);
      CHECK(error(counted.metrics[i], expected[i][1]) <= metric_tolerance<Scalar>);
    }
  }
}
template <class Scalar>
void check(auto& model, const auto& loss, const auto& x, const auto& y, const auto& weights,
           const std::vector<std::array<double, 2>>& expected, const auto&... metrics) {
  check<Scalar>(model.compile(SGD{}, loss, metrics...), model.compile(SGD{}, loss, Weighted{metrics}...), x, y, weights, expected);
}

TEST_CASE_TEMPLATE("metrics of classes agree with Keras's, of one-hot targets and of class numbers", Scalar, float, double) {
  constexpr const auto& f = metric_fixtures::classes;
  auto model = identity<4, Scalar>();
  const auto x = rows<Scalar, 4>(f.predicted);
  const auto of_targets = [&](const auto& loss, const auto& y) {
    check<Scalar>(model, loss, x, y, f.weights,
                  {{f.precision, f.precision_weighted},
                   {f.precision_above_quarter, f.precision_above_quarter_weighted},
                   {f.precision_of_two_largest, f.precision_of_two_largest_weighted},
                   {f.precision_of_class_1, f.precision_of_class_1_weighted},
                   {f.recall, f.recall_weighted},
                   {f.recall_of_two_largest_above, f.recall_of_two_largest_above_weighted},
                   {f.recall_of_class_2, f.recall_of_class_2_weighted},
                   {f.f1_macro, f.f1_macro_weighted},
                   {f.f1_micro, f.f1_micro_weighted},
                   {f.f1_weighted, f.f1_weighted_weighted},
                   {f.f1_above_quarter, f.f1_above_quarter_weighted},
                   {f.fbeta_2, f.fbeta_2_weighted},
                   {f.auc, f.auc_weighted},
                   {f.auc_pr, f.auc_pr_weighted},
                   {f.accuracy, f.accuracy_weighted}},
                  Precision{}, Precision{.threshold = 0.255}, Precision{.top_k = 2}, Precision{.threshold = 0.305, .class_id = 1},
                  Recall{}, Recall{.threshold = 0.605, .top_k = 2}, Recall{.threshold = 0.305, .class_id = 2}, F1Score{},
                  F1Score{.average = F1Score::micro}, F1Score{.average = F1Score::weighted}, F1Score{.threshold = 0.255},
                  FBetaScore{.beta = 2}, AUC{}, AUC{.curve = AUC::pr}, Accuracy{});
  };
  of_targets(MeanSquaredError{}, rows<Scalar, 4>(f.one_hot));
  if constexpr (std::same_as<Scalar, float>) of_targets(SparseCategoricalCrossentropy{}, column<Scalar>(f.numbers));
}

TEST_CASE_TEMPLATE("metrics of one output, and of numbers, agree with Keras's", Scalar, float, double) {
  {
    constexpr const auto& f = metric_fixtures::binary;
    auto model = identity<1, Scalar>();
    check<Scalar>(model, MeanSquaredError{}, column<Scalar>(f.predicted), column<Scalar>(f.y), f.weights,
                  {{f.precision, f.precision_weighted},
                   {f.recall, f.recall_weighted},
                   {f.f1, f.f1_weighted},
                   {f.auc, f.auc_weighted},
                   {f.auc_pr, f.auc_pr_weighted}},
                  Precision{}, Recall{}, F1Score{}, AUC{}, AUC{.curve = AUC::pr});
  }
  constexpr const auto& f = metric_fixtures::numbers;
  auto model = identity<2, Scalar>();
  check<Scalar>(model, MeanSquaredError{}, rows<Scalar, 2>(f.predicted), rows<Scalar, 2>(f.y), f.weights,
                {{f.r2, f.r2_weighted}, {f.root_mean_squared_error, f.root_mean_squared_error_weighted}}, R2Score{},
                RootMeanSquaredError{});
}

TEST_CASE("a confusion matrix counts, and weighs") {
  constexpr const auto& f = metric_fixtures::classes;
  auto model = identity<4, float>();
  const auto x = rows<float, 4>(f.predicted);
  const auto table = [&](const auto& loss, const auto& y) {
    const auto trainer = model.compile(SGD{}, loss, ConfusionMatrix{}, Weighted{ConfusionMatrix{}}, Accuracy{});
    const auto scores = trainer.evaluate(x, y, {.batch_size = 7, .sample_weight = f.weights});
    CHECK(scores.metrics[0] == doctest::Approx(f.accuracy));
    CHECK(scores.metrics[1] == doctest::Approx(f.accuracy_weighted));
    std::array<std::array<float, 4>, 4> counts{}, weights{};
    for (std::size_t i = 0; i < f.numbers.size(); ++i) {
      const auto* const row = f.predicted.data() + 4 * i;
      const auto label = static_cast<std::size_t>(f.numbers[i]),
                 answer = static_cast<std::size_t>(std::max_element(row, row + 4) - row);
      counts[label][answer] += 1;
      weights[label][answer] += f.weights[i];
    }
    CHECK(scores.template get<ConfusionMatrix>() == counts);
    const auto weighed = scores.template get<Weighted<ConfusionMatrix>>();
    for (std::size_t i = 0; i < 16; ++i) CHECK(weighed[i / 4][i % 4] == doctest::Approx(weights[i / 4][i % 4]));
    CHECK(scores.template get<Accuracy>() == scores["accuracy"]);
  };
  table(MeanSquaredError{}, rows<float, 4>(f.one_hot));
  table(SparseCategoricalCrossentropy{}, column<float>(f.numbers));
}

template <class Scalar>
void check_fit(const FitOptions& options, const metric_fixtures::Fit& expected) {
  namespace fixtures = metric_fixtures;
  std::array<Scalar, 43> first{};
  std::ranges::copy(fixtures::first, first.begin());
  Model<Sequential<Dense<4, 5>, Tanh, Dense<3>>, Scalar> model(first);
  auto trainer = model.compile(SGD{.learning_rate = 0.25}, SparseCategoricalCrossentropy{.from_logits = true}, Accuracy{},
                               Weighted{Accuracy{}});
  const History history = trainer.fit(rows<Scalar, 4>(fixtures::x), column<Scalar>(fixtures::labels), options);
  const auto series = [&](const char* name, const auto& reference) {
    INFO(name);
    REQUIRE(history[name].size() == reference.size());
    CHECK(error(history[name].data(), reference) <= 10 * metric_tolerance<Scalar>);
  };
  series("loss", expected.loss);
  series("accuracy", expected.accuracy);
  series("weighted_accuracy", expected.weighted_accuracy);
  series("val_loss", expected.val_loss);
  series("val_accuracy", expected.val_accuracy);
  series("val_weighted_accuracy", expected.val_weighted_accuracy);
  CHECK(error(model.data(), expected.parameters) <= 10 * metric_tolerance<Scalar>);
}

TEST_CASE_TEMPLATE("fits with weights of classes and of samples agree with Keras's", Scalar, float, double) {
  namespace fixtures = metric_fixtures;
  FitOptions options{.batch_size = 8, .epochs = 3, .shuffle = false, .validation_split = 1.0 / 3, .verbose = 0};
  options.class_weight.assign(fixtures::class_weights.begin(), fixtures::class_weights.end());
  check_fit<Scalar>(options, fixtures::by_class);
  options.class_weight.clear();
  options.sample_weight = fixtures::sample_weights;
  check_fit<Scalar>(options, fixtures::by_sample);
}

}  // namespace
