#!/usr/bin/env python3
"""Writes keras_fixtures.hpp, what the real Keras computes for keras.cpp (needs requirements.txt; run by hand).

Parameters, samples and targets are rounded to float32, so that float and double models start from exactly the
same numbers.
"""
from fixture_tools import aggregate, double, doubles, flat, floats, here, jax, keras, np, rounded

random = np.random.default_rng(2024)


def uniform(limit, *shape):
    return rounded(random.uniform(-limit, limit, shape))


def network(inputs, *layers):
    return keras.Sequential([keras.Input((inputs,)), *layers])


def dense(units):
    return keras.layers.Dense(units)


def activation(name):
    return keras.layers.LeakyReLU() if name == "leaky_relu" else keras.layers.Activation(name)


def narrow_network():
    return network(1, dense(2), activation("tanh"), dense(1), activation("tanh"))


def wide_network():
    return network(3, dense(4), activation("tanh"), dense(2))


class Problem:
    """First weights, samples and targets."""

    def __init__(self, weights, x, y):
        self.weights, self.x, self.y = weights, x, y

    def start(self, model):
        model.set_weights(self.weights)
        return model

    def text(self):
        return aggregate(parameters=floats(flat(self.weights)), x=floats(self.x), y=floats(self.y))

    def type(self):
        return f"Problem<{flat(self.weights).size}, {self.x.size}, {self.y.size}>"


def outcome(problem, model, loss):
    """A batch's outputs, mean loss and gradient."""
    problem.start(model)
    rest = [variable.value for variable in model.non_trainable_variables]

    def mean_loss(weights):
        return loss(problem.y, model.stateless_call(weights, rest, problem.x)[0])

    weights = [variable.value for variable in model.trainable_variables]
    value, gradient = jax.value_and_grad(mean_loss)(weights)
    predicted = model.predict(problem.x, verbose=0)
    assert predicted.dtype == value.dtype == gradient[0].dtype == np.float64
    return aggregate(predicted=doubles(predicted), loss=double(value), gradient=doubles(flat(gradient)))


def descent(problem, model, steps, learning_rate, momentum=0.0, nesterov=False):
    """The loss before each of some full-batch steps, and the last parameters."""
    problem.start(model)
    model.compile(keras.optimizers.SGD(learning_rate, momentum, nesterov), "mse")
    losses = []
    for _ in range(steps):
        expected = np.mean((model.predict_on_batch(problem.x) - problem.y) ** 2)
        losses.append(float(model.train_on_batch(problem.x, problem.y)))
        assert abs(losses[-1] - expected) < 1e-14  # this step's alone, not a mean over the steps so far
    assert losses[-1] < losses[0]
    return aggregate(
        learning_rate=learning_rate,
        momentum=momentum,
        nesterov=str(nesterov).lower(),
        loss=doubles(losses),
        parameters=doubles(flat(model.get_weights())),
    )


def fit(problem, model, learning_rate, **options):
    """fit's losses and last parameters, and evaluate's loss with them."""
    problem.start(model)
    model.compile(keras.optimizers.SGD(learning_rate), "mse")
    history = model.fit(problem.x, problem.y, shuffle=False, verbose=0, **options).history
    return aggregate(
        learning_rate=learning_rate,
        **options,
        loss=doubles(history["loss"]),
        val_loss=doubles(history["val_loss"]),
        parameters=doubles(flat(model.get_weights())),
        evaluated=double(model.evaluate(problem.x, problem.y, batch_size=options["batch_size"], verbose=0)),
    )


def draw(inputs, hidden, outputs, samples, x_limit, y_limit, suits=lambda problem: True):
    """Draws problems until one suits."""
    while True:
        weights = [uniform(1, inputs, hidden), uniform(0.5, hidden), uniform(1, hidden, outputs), uniform(0.5, outputs)]
        problem = Problem(weights, uniform(x_limit, samples, inputs), uniform(y_limit, samples, outputs))
        if suits(problem):
            return problem


def tries_activations(problem):
    """Both signs, magnitudes up to about 4, and nothing near 0, where some activations have a kink."""
    seen = problem.x @ problem.weights[0] + problem.weights[1]
    sizes = np.abs(seen)
    return seen.min() < -3.5 and seen.max() > 3.5 and sizes.min() > 0.01 and sizes.max() < 4.5


activations = draw(3, 5, 2, 7, 2.5, 2, tries_activations)
names = ("linear", "tanh", "relu", "sigmoid", "softmax", "leaky_relu", "elu", "gelu", "silu", "softplus")
activation_results = {
    name: outcome(activations, network(3, dense(5), activation(name), dense(2)), keras.losses.MeanSquaredError())
    for name in names
}


def tries_losses(problem):
    """Errors on both sides of 0 and of Huber's delta, and none near either."""
    errors = problem.start(wide_network()).predict_on_batch(problem.x) - problem.y
    sizes = np.abs(errors)
    balanced = 4 <= (errors < 0).sum() <= 10 and 4 <= (sizes < 1).sum() <= 10
    return balanced and sizes.min() > 0.01 and np.abs(sizes - 1).min() > 0.01


losses = draw(3, 4, 2, 7, 1.5, 2.5, tries_losses)
loss_network = wide_network()
loss_results = {
    "mean_squared_error": outcome(losses, loss_network, keras.losses.MeanSquaredError()),
    "mean_absolute_error": outcome(losses, loss_network, keras.losses.MeanAbsoluteError()),
    "huber": outcome(losses, loss_network, keras.losses.Huber(delta=1.0)),
}

narrow = draw(1, 2, 1, 19, 1.5, 0)
narrow.y = rounded(narrow.x**2 / 3)
wide = draw(3, 4, 2, 19, 1.5, 1.5)
steps = 20
runs = ({"learning_rate": 0.1}, *({"learning_rate": 0.05, "momentum": 0.9, "nesterov": choice} for choice in (False, True)))
narrow_runs = [descent(narrow, narrow_network(), steps, **run) for run in runs]
wide_runs = [descent(wide, wide_network(), steps, **run) for run in runs]
fitted = fit(narrow, narrow_network(), learning_rate=0.1, batch_size=8, epochs=2, validation_split=0.2)


def results(problem, named):
    sizes = f"{problem.y.size}, {flat(problem.weights).size}"
    return "\n\n".join(f"inline constexpr Outcome<{sizes}> {name}{text};" for name, text in named.items())


def descents(name, problem, texts):
    count = flat(problem.weights).size
    return f"inline constexpr std::array<Descent<{count}>, {len(texts)}> {name}{{{{{', '.join(texts)}}}}};"


(here / "keras_fixtures.hpp").write_text(f"""\
// What Keras {keras.__version__} computes, in float64 on JAX {jax.__version__}: generated by make_fixtures.py.
#pragma once

#include <array>
#include <cstddef>

// clang-format off
namespace keras_fixtures {{

/// First parameters, in ctnn's order, and a data set, sample after sample. The numbers are the same in float and double.
template <std::size_t Parameters, std::size_t Inputs, std::size_t Outputs>
struct Problem {{
  std::array<float, Parameters> parameters;
  std::array<float, Inputs> x;
  std::array<float, Outputs> y;
}};

/// The outputs for the whole data set as one batch, its mean loss and the gradient by the parameters.
template <std::size_t Outputs, std::size_t Parameters>
struct Outcome {{
  std::array<double, Outputs> predicted;
  double loss;
  std::array<double, Parameters> gradient;
}};

/// SGD on the whole data set as one batch: the loss before each step, and the last parameters.
template <std::size_t Parameters>
struct Descent {{
  double learning_rate, momentum;
  bool nesterov;
  std::array<double, {steps}> loss;
  std::array<double, Parameters> parameters;
}};

/// fit without shuffling: the losses of every epoch, the last parameters, and the loss that evaluate then gives for all of
/// the data set.
template <std::size_t Epochs, std::size_t Parameters>
struct Fit {{
  double learning_rate;
  std::size_t batch_size, epochs;
  double validation_split;
  std::array<double, Epochs> loss, val_loss;
  std::array<double, Parameters> parameters;
  double evaluated;
}};

/// Dense 3 → 5, the activation, Dense 5 → 2; mean squared error.
namespace activations {{

inline constexpr {activations.type()} problem{activations.text()};

{results(activations, activation_results)}

}}  // namespace activations

/// Dense 3 → 4, tanh, Dense 4 → 2.
namespace losses {{

inline constexpr {losses.type()} problem{losses.text()};

{results(losses, loss_results)}

}}  // namespace losses

/// Dense 1 → 2, tanh, Dense 2 → 1, tanh; mean squared error.
namespace narrow {{

inline constexpr {narrow.type()} problem{narrow.text()};

{descents("descents", narrow, narrow_runs)}

inline constexpr Fit<2, 7> fit{fitted};

}}  // namespace narrow

/// Dense 3 → 4, tanh, Dense 4 → 2; mean squared error.
namespace wide {{

inline constexpr {wide.type()} problem{wide.text()};

{descents("descents", wide, wide_runs)}

}}  // namespace wide

}}  // namespace keras_fixtures
""")
