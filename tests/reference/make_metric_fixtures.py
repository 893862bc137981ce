#!/usr/bin/env python3
"""Writes metric_fixtures.hpp, what the real Keras computes for metrics.cpp (needs requirements.txt; run by hand): metrics that are more
than means over samples, with weights of samples and without, and fits with weights of classes and of samples."""
from fixture_tools import aggregate, double, doubles, flat, floats, here, jax, keras, np, rounded  # first: it sets Keras up

random = np.random.default_rng(2026)
metrics = keras.metrics


def weights_for(count):
    """Some weigh nothing."""
    return rounded(random.uniform(0.25, 3, count) * (random.uniform(0, 1, count) > 0.15))


def values(named, y, predicted, weights):
    """Each metric without weights and with them."""
    members = {}
    for name, make in named.items():
        for suffix, weight in (("", None), ("_weighted", weights)):
            metric = make()
            # In two batches, as a data set comes.
            metric.update_state(y[:9], predicted[:9], None if weight is None else weight[:9])
            metric.update_state(y[9:], predicted[9:], None if weight is None else weight[9:])
            result = float(metric.result())
            assert 0 < result < 1 or (name == "root_mean_squared_error" and result > 0), (name, result)
            members[name + suffix] = double(result)
    return members


class_metrics = {
    "precision": metrics.Precision,
    "precision_above_quarter": lambda: metrics.Precision(thresholds=0.255),
    "precision_of_two_largest": lambda: metrics.Precision(top_k=2),
    "precision_of_class_1": lambda: metrics.Precision(class_id=1, thresholds=0.305),
    "recall": metrics.Recall,
    "recall_of_two_largest_above": lambda: metrics.Recall(top_k=2, thresholds=0.605),
    "recall_of_class_2": lambda: metrics.Recall(class_id=2, thresholds=0.305),
    "f1_macro": lambda: metrics.F1Score(average="macro"),
    "f1_micro": lambda: metrics.F1Score(average="micro"),
    "f1_weighted": lambda: metrics.F1Score(average="weighted"),
    "f1_above_quarter": lambda: metrics.F1Score(average="macro", threshold=0.255),
    "fbeta_2": lambda: metrics.FBetaScore(average="macro", beta=2.0),
    "auc": metrics.AUC,
    "auc_pr": lambda: metrics.AUC(curve="PR"),
    "accuracy": metrics.CategoricalAccuracy,
}
binary_metrics = {
    "precision": metrics.Precision,
    "recall": metrics.Recall,
    "f1": lambda: metrics.F1Score(average="macro", threshold=0.5),
    "auc": metrics.AUC,
    "auc_pr": lambda: metrics.AUC(curve="PR"),
}
regression_metrics = {"r2": metrics.R2Score, "root_mean_squared_error": metrics.RootMeanSquaredError}


def judged_classes():
    numbers = random.integers(0, 4, 41)
    # Better than chance, and some of them equal, but none equal to a threshold.
    predicted = rounded(np.round((random.uniform(0, 1, (41, 4)) + 0.4 * np.eye(4)[numbers]) / 1.5, 2))
    weights, hot = weights_for(41), np.eye(4)[numbers]
    return aggregate(predicted=floats(predicted), numbers=floats(numbers), one_hot=floats(hot), weights=floats(weights),
                     **values(class_metrics, hot, predicted, weights))


def judged_binary():
    y = random.integers(0, 2, (43, 1)).astype(float)
    predicted = rounded((random.uniform(0, 1, (43, 1)) + 0.3 * y) / 1.3)
    weights = weights_for(43)
    return aggregate(predicted=floats(predicted), y=floats(y), weights=floats(weights), **values(binary_metrics, y, predicted, weights))


def judged_numbers():
    y = rounded(random.uniform(-2, 3, (37, 2)))
    predicted = rounded(y + random.uniform(-1, 1, (37, 2)))
    weights = weights_for(37)
    return aggregate(predicted=floats(predicted), y=floats(y), weights=floats(weights),
                     **values(regression_metrics, y, predicted, weights))


samples, validated, epochs = 45, 15, 3
x = rounded(random.uniform(-1.5, 1.5, (samples, 4)))
labels = np.argmax(np.stack([x[:, 0] * x[:, 1], x[:, 2], x[:, 3] - 0.5], axis=1), axis=1)
sample_weights = weights_for(samples)
class_weights = [0.5, 2.0, 1.25]
first = None


def fitted(**options):
    """What fit makes of a small classifier, in the order of the data."""
    global first
    dense = keras.layers.Dense
    model = keras.Sequential([keras.Input((4,)), dense(5, activation="tanh"), dense(3)])
    if first is None:
        first = [rounded(random.uniform(-1, 1, weight.shape)) for weight in model.get_weights()]
    model.set_weights(first)
    model.compile(keras.optimizers.SGD(0.25), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"],
                  weighted_metrics=["accuracy"])
    history = model.fit(x, labels, batch_size=8, epochs=epochs, shuffle=False, verbose=0, validation_split=validated / samples, **options)
    names = ["loss", "accuracy", "weighted_accuracy", "val_loss", "val_accuracy", "val_weighted_accuracy"]
    assert sorted(history.history) == sorted(names), history.history.keys()
    return aggregate(**{name: doubles(np.array(history.history[name])) for name in names},
                     parameters=doubles(flat(model.get_weights())))


by_class = fitted(class_weight=dict(enumerate(class_weights)))
by_sample = fitted(sample_weight=sample_weights)


def members(named):
    return ", ".join(f"{name}, {name}_weighted" for name in named)


(here / "metric_fixtures.hpp").write_text(f"""\
// What Keras {keras.__version__} computes, in float64 on JAX {jax.__version__}: generated by make_metric_fixtures.py.
#pragma once

#include <array>

// clang-format off
namespace metric_fixtures {{

/// 41 samples of 4 classes.
struct Classes {{
  std::array<float, 164> predicted;
  std::array<float, 41> numbers;
  std::array<float, 164> one_hot;
  std::array<float, 41> weights;
  double {members(class_metrics)};
}};

inline constexpr Classes classes{judged_classes()};

/// 43 samples of one output.
struct Binary {{
  std::array<float, 43> predicted, y, weights;
  double {members(binary_metrics)};
}};

inline constexpr Binary binary{judged_binary()};

/// 37 samples of two numbers.
struct Numbers {{
  std::array<float, 74> predicted, y;
  std::array<float, 37> weights;
  double {members(regression_metrics)};
}};

inline constexpr Numbers numbers{judged_numbers()};

/// What the epochs of a fit came to, and the last parameters. Dense 4 → 5, tanh, Dense 5 → 3, logits; SGD 0.25, batches of 8 in order;
/// the last {validated} of {samples} samples are validated.
struct Fit {{
  std::array<double, {epochs}> loss, accuracy, weighted_accuracy, val_loss, val_accuracy, val_weighted_accuracy;
  std::array<double, 43> parameters;
}};

inline constexpr std::array<float, 43> first{floats(flat(first))};
inline constexpr std::array<float, {samples * 4}> x{floats(x)};
inline constexpr std::array<float, {samples}> labels{floats(labels)};
inline constexpr std::array<float, {samples}> sample_weights{floats(sample_weights)};
inline constexpr std::array<double, 3> class_weights{doubles(np.array(class_weights))};

inline constexpr Fit by_class{by_class};

inline constexpr Fit by_sample{by_sample};

}}  // namespace metric_fixtures
""")
