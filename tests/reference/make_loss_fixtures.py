#!/usr/bin/env python3
"""Writes loss_fixtures.hpp, what the real Keras computes for losses.cpp (needs requirements.txt; run by hand).

A loss that ctnn takes together with the last layer is computed here with from_logits=True on the layer's input, as Keras's
TensorFlow back end does by itself; one that it does not, from the layer's output.
"""
from fixture_tools import aggregate, double, doubles, flat, floats, here, jax, keras, np, rounded  # first: it sets Keras up

from keras.src.trainers.compile_utils import get_metric

random = np.random.default_rng(2025)
losses = keras.losses
metrics = keras.metrics


def uniform(limit, *shape):
    return rounded(random.uniform(-limit, limit, shape))


def one_hot(numbers, classes):
    return np.eye(classes)[numbers]


class Problem:
    """A network without its last activation, first weights, samples, and named targets."""

    def __init__(self, shape, layers, samples, **targets):
        self.shape, self.layers = shape, layers
        self.weights = [uniform(1.2, *weight.shape) for weight in self.network().get_weights()]
        self.x = uniform(1.5, samples, *shape)
        self.targets = {name: rounded(np.asarray(target, float)) for name, target in targets.items()}

    def network(self, last=None):
        layers = [build() for build in self.layers] + ([] if last is None else [keras.layers.Activation(last)])
        return keras.Sequential([keras.Input(self.shape), *layers])

    def start(self, last=None):
        model = self.network(last)
        model.set_weights(self.weights)
        return model

    def text(self):
        members = {name: floats(target) for name, target in self.targets.items()}
        return aggregate(parameters=floats(flat(self.weights)), x=floats(self.x), **members)

    def outcome(self, loss, target, last=None):
        """The mean loss of all samples as one batch, and its gradient."""
        model = self.start(last)
        rest = [variable.value for variable in model.non_trainable_variables]
        y = self.targets[target]

        def mean_loss(weights):
            return loss(y, model.stateless_call(weights, rest, self.x)[0])

        weights = [variable.value for variable in model.trainable_variables]
        value, gradient = jax.value_and_grad(mean_loss)(weights)
        assert value.dtype == gradient[0].dtype == np.float64
        return aggregate(loss=double(value), gradient=doubles(flat(gradient)))

    def declare(self, outcomes):
        count = flat(self.weights).size
        fields = "\n".join(f"  std::array<float, {target.size}> {field};" for field, target in self.targets.items())
        results = "\n\n".join(f"inline constexpr Outcome<{count}> {key}{text};" for key, text in outcomes.items())
        return f"""\
struct Problem {{
  std::array<float, {count}> parameters;
  std::array<float, {self.x.size}> x;
{fields}
}};

inline constexpr Problem problem{self.text()};

{results}
"""


def dense(units):
    return lambda: keras.layers.Dense(units)


def tanh():
    return keras.layers.Activation("tanh")


def distributions(*shape):
    """Targets that are distributions, and not one-hot."""
    weights = random.uniform(0, 1, shape)
    return weights / weights.sum(-1, keepdims=True)


numbers = np.array([2, 0, 1, 1, 2, 0, 2])
classes = Problem((3,), [dense(4), tanh, dense(3)], 7, numbers=numbers, one_hot=one_hot(numbers, 3), soft=distributions(7, 3))
class_outcomes = {
    "sparse_of_logits": classes.outcome(losses.SparseCategoricalCrossentropy(from_logits=True), "numbers"),
    "sparse": classes.outcome(losses.SparseCategoricalCrossentropy(), "numbers", "softmax"),
    "sparse_of_sigmoid": classes.outcome(losses.SparseCategoricalCrossentropy(), "numbers", "sigmoid"),
}
for kind in ("one_hot", "soft"):
    for suffix, options in (("", {}), ("_smoothed", {"label_smoothing": 0.1})):
        make = losses.CategoricalCrossentropy
        class_outcomes |= {
            f"{kind}{suffix}_of_logits": classes.outcome(make(from_logits=True, **options), kind),
            f"{kind}{suffix}": classes.outcome(make(**options), kind, "softmax"),
            f"{kind}{suffix}_of_sigmoid": classes.outcome(make(**options), kind, "sigmoid"),
        }

labels = Problem((3,), [dense(4), tanh, dense(2)], 7, whole=random.integers(0, 2, (7, 2)), soft=random.uniform(0, 1, (7, 2)))
label_outcomes = {}
for kind in ("whole", "soft"):
    for suffix, options in (("", {}), ("_smoothed", {"label_smoothing": 0.1})):
        make = losses.BinaryCrossentropy
        label_outcomes |= {
            f"{kind}{suffix}_of_logits": labels.outcome(make(from_logits=True, **options), kind),
            f"{kind}{suffix}": labels.outcome(make(**options), kind, "sigmoid"),
        }

numbers = np.array([[3, 0], [1, 2], [2, 2], [0, 1], [3, 3]])
positions = Problem((2, 3), [dense(4)], 5, numbers=numbers, one_hot=one_hot(numbers, 4))
position_outcomes = {
    "sparse_of_logits": positions.outcome(losses.SparseCategoricalCrossentropy(from_logits=True), "numbers"),
    "sparse": positions.outcome(losses.SparseCategoricalCrossentropy(), "numbers", "softmax"),
    "one_hot_of_logits": positions.outcome(losses.CategoricalCrossentropy(from_logits=True), "one_hot"),
    "one_hot": positions.outcome(losses.CategoricalCrossentropy(), "one_hot", "softmax"),
    "binary_of_logits": positions.outcome(losses.BinaryCrossentropy(from_logits=True), "one_hot"),
}


def value(metric, y, predicted):
    metric.update_state(y, predicted)
    result = float(metric.result())
    assert 0 < result < 1 or not 0 <= result <= 1  # neither all nor none: a metric that is stuck would be seen
    return double(result)


def judged(shape, classes):
    """Metrics of random outputs in eighths, some of them equal, and random targets."""
    numbers = random.integers(0, classes, shape)
    hot = one_hot(numbers, classes)
    predicted = random.integers(1, 9, (*shape, classes)) / 8
    return aggregate(
        predicted=floats(predicted),
        numbers=floats(numbers),
        one_hot=floats(hot),
        accuracy=value(get_metric("accuracy", hot, predicted), hot, predicted),
        sparse_accuracy=value(get_metric("accuracy", numbers, predicted), numbers, predicted),
        categorical_accuracy=value(metrics.CategoricalAccuracy(), hot, predicted),
        sparse_categorical_accuracy=value(metrics.SparseCategoricalAccuracy(), numbers, predicted),
        top_2=value(metrics.TopKCategoricalAccuracy(k=2), hot, predicted),
        top_5=value(metrics.TopKCategoricalAccuracy(), hot, predicted),
        sparse_top_2=value(metrics.SparseTopKCategoricalAccuracy(k=2), numbers, predicted),
        sparse_top_5=value(metrics.SparseTopKCategoricalAccuracy(), numbers, predicted),
        binary_accuracy=value(metrics.BinaryAccuracy(), hot, predicted),
        binary_accuracy_above_quarter=value(metrics.BinaryAccuracy(threshold=0.25), hot, predicted),
        mean_absolute_error=value(metrics.MeanAbsoluteError(), hot, predicted),
        categorical_crossentropy=value(metrics.CategoricalCrossentropy(), hot, predicted),
    )


def judged_one():
    """The same of lone outputs."""
    target, predicted = random.integers(0, 2, (23, 1)), random.integers(1, 9, (23, 1)) / 8
    return aggregate(
        predicted=floats(predicted),
        target=floats(target),
        accuracy=value(get_metric("accuracy", target, predicted), target, predicted),
        binary_crossentropy=value(metrics.BinaryCrossentropy(), target, np.minimum(predicted, 0.875)),
    )


def descent(steps, learning_rate):
    """A classifier under SGD: loss and accuracy before each step, and the last parameters."""
    x = uniform(1.5, 37, 4)
    target = np.argmax(np.stack([x[:, 0] * x[:, 1], x[:, 2], x[:, 3] - 0.5], axis=1), axis=1)
    problem = Problem((4,), [dense(8), tanh, dense(3)], 37, numbers=target)
    model = problem.start()
    model.compile(keras.optimizers.SGD(learning_rate), losses.SparseCategoricalCrossentropy(from_logits=True))
    loss, accuracy = [], []
    for _ in range(steps):
        logits = np.asarray(model.predict_on_batch(x))
        accuracy.append(np.mean(np.argmax(logits, axis=1) == target))
        loss.append(float(model.train_on_batch(x, target)))
    assert loss[-1] < 0.8 * loss[0] and accuracy[-1] > accuracy[0]
    return aggregate(
        learning_rate=learning_rate,
        first=floats(flat(problem.weights)),
        x=floats(x),
        numbers=floats(target),
        loss=doubles(np.array(loss)),
        accuracy=doubles(np.array(accuracy)),
        parameters=doubles(flat(model.get_weights())),
    )


steps = 20
(here / "loss_fixtures.hpp").write_text(f"""\
// What Keras {keras.__version__} computes, in float64 on JAX {jax.__version__}: generated by make_loss_fixtures.py.
#pragma once

#include <array>
#include <cstddef>

// clang-format off
namespace loss_fixtures {{

/// The mean loss of the whole data set as one batch, and its gradient by the parameters.
template <std::size_t Parameters>
struct Outcome {{
  double loss;
  std::array<double, Parameters> gradient;
}};

/// Dense 3 → 4, tanh, Dense 4 → 3, then softmax, sigmoid where the name says so, or nothing for logits.
namespace classes {{

{classes.declare(class_outcomes)}
}}  // namespace classes

/// Dense 3 → 4, tanh, Dense 4 → 2, then sigmoid, or nothing for logits.
namespace labels {{

{labels.declare(label_outcomes)}
}}  // namespace labels

/// Two positions of 3 numbers, Dense 3 → 4, then softmax, or nothing for logits.
namespace positions {{

{positions.declare(position_outcomes)}
}}  // namespace positions

/// Outputs and targets, and the metrics of all samples.
template <std::size_t Outputs, std::size_t Numbers>
struct Judged {{
  std::array<float, Outputs> predicted;
  std::array<float, Numbers> numbers;
  std::array<float, Outputs> one_hot;
  double accuracy, sparse_accuracy, categorical_accuracy, sparse_categorical_accuracy, top_2, top_5, sparse_top_2, sparse_top_5,
      binary_accuracy, binary_accuracy_above_quarter, mean_absolute_error, categorical_crossentropy;
}};

/// 41 samples of 7 classes, and 19 of 3 positions of 6 classes.
inline constexpr Judged<{41 * 7}, 41> judged{judged((41,), 7)};

inline constexpr Judged<{19 * 18}, {19 * 3}> judged_positions{judged((19, 3), 6)};

/// 23 samples of one output; for the crossentropy an output of 1 counts as 7/8.
struct JudgedOne {{
  std::array<float, 23> predicted, target;
  double accuracy, binary_crossentropy;
}};

inline constexpr JudgedOne judged_one{judged_one()};

/// SGD on the whole data set as one batch: loss and accuracy before each step, first and last parameters. The network is
/// Dense 4 → 8, tanh, Dense 8 → 3, softmax.
struct Descent {{
  double learning_rate;
  std::array<float, 67> first;
  std::array<float, {37 * 4}> x;
  std::array<float, 37> numbers;
  std::array<double, {steps}> loss, accuracy;
  std::array<double, 67> parameters;
}};

inline constexpr Descent descent{descent(steps, 0.5)};

}}  // namespace loss_fixtures
""")
