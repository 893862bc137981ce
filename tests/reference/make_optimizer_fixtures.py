#!/usr/bin/env python3
"""Writes optimizer_fixtures.hpp, what the real Keras computes for optimizers.cpp (needs requirements.txt; run by hand).

Parameters, samples and targets are rounded to float32, so that float and double models start from exactly the same numbers.
Keras computes in float64, so that its results carry no float rounding.
"""
import importlib.metadata
import os
import pathlib
import sys
import textwrap

here = pathlib.Path(__file__).resolve().parent
for pin in (here / "requirements.txt").read_text().split():
    package, version = pin.split("==")
    try:
        found = importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        found = "missing"
    if found != version:
        sys.exit(f"make_optimizer_fixtures.py: {package} must be {version}, as requirements.txt says, but is {found}")

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import keras
import numpy as np
from keras import layers, optimizers, regularizers
from keras.optimizers import schedules
from keras.src.backend.common.dtypes import BIT64_TO_BIT32_DTYPE

keras.config.set_floatx("float64")
# Keras promotes 64 bits to 32, so that ops.mean, and with it every loss, would round to float32 even so.
del BIT64_TO_BIT32_DTYPE["float64"]
random = np.random.default_rng(7)
steps = 20


def uniform(limit, *shape):
    return random.uniform(-limit, limit, shape).astype(np.float32).astype(np.float64)


def literal(value, digits):
    text = f"{value:.{digits}g}"
    return text if "." in text or "e" in text else text + ".0"


def doubles(values):
    texts = [literal(float(value), 17) for value in np.ravel(values)]
    assert np.isfinite(values).all() and all(float(text) == value for text, value in zip(texts, np.ravel(values)))
    return braces(texts)


def floats(values):
    texts = [literal(float(value), 9) for value in np.ravel(values)]
    assert all(np.float32(text) == value for text, value in zip(texts, np.ravel(values)))
    return braces([text + "f" for text in texts])


def braces(texts):
    return "{\n" + "\n".join("        " + line for line in textwrap.wrap(", ".join(texts), 120)) + "}"


weights = [uniform(1, 3, 4), uniform(0.5, 4), uniform(1, 4, 2), uniform(0.5, 2)]
x, y = uniform(1.5, 19, 3), uniform(1.5, 19, 2)


def flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def descent(optimizer, first=None, second=None, frozen=False):
    """The loss before each of some full-batch steps, the last parameters, and the loss they then have in batches of eight."""
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, kernel_regularizer=first, trainable=not frozen),
            layers.Activation("tanh"),
            layers.Dense(2, kernel_regularizer=second),
        ]
    )
    model.set_weights(weights)
    model.compile(optimizer, "mse")
    losses = [float(model.train_on_batch(x, y)) for _ in range(steps)]
    assert int(optimizer.iterations) == steps
    evaluated = float(model.evaluate(x, y, batch_size=8, verbose=0))
    last = flat(model.get_weights())
    assert last.dtype == np.float64
    return losses, last, evaluated


SGD, Adam, AdamW, RMSprop, Adagrad = (
    optimizers.SGD,
    optimizers.Adam,
    optimizers.AdamW,
    optimizers.RMSprop,
    optimizers.Adagrad,
)
cosine = schedules.CosineDecay(0.002, 12, alpha=0.1, warmup_target=0.05, warmup_steps=5)
exponential = schedules.ExponentialDecay(0.1, 6, 0.5)
piecewise = schedules.PiecewiseConstantDecay([4, 9], [0.1, 0.03, 0.01])
l1, l2 = regularizers.L1(0.02), regularizers.L2(0.05)

# Each name with the optimizer and the network, and the case that it must differ from, or nothing would be tested.
runs = {
    "sgd": (descent(SGD(0.1)), None),
    "sgd_clipnorm": (descent(SGD(0.1, clipnorm=0.3)), "sgd"),
    "sgd_clipvalue": (descent(SGD(0.1, clipvalue=0.1)), "sgd"),
    "sgd_global_clipnorm": (descent(SGD(0.1, global_clipnorm=0.5)), "sgd_clipnorm"),
    "sgd_weight_decay": (descent(SGD(0.1, momentum=0.9, nesterov=True, weight_decay=0.05)), "sgd"),
    "sgd_exponential_decay": (descent(SGD(exponential)), "sgd"),
    "sgd_piecewise_decay": (descent(SGD(piecewise, momentum=0.5)), "sgd"),
    "sgd_regularized": (descent(SGD(0.1), l1, l2), "sgd"),
    "sgd_frozen": (descent(SGD(0.1, clipnorm=0.3, weight_decay=0.05), l2, l1, frozen=True), "sgd_clipnorm"),
    "adam": (descent(Adam(0.02)), None),
    "adam_options": (descent(Adam(0.02, beta_1=0.8, beta_2=0.95, epsilon=1e-3)), "adam"),
    "adam_amsgrad": (descent(Adam(0.2, beta_2=0.5, amsgrad=True)), "adam_no_amsgrad"),
    "adam_no_amsgrad": (descent(Adam(0.2, beta_2=0.5)), "adam"),
    "adam_clipnorm": (descent(Adam(0.02, epsilon=0.01, clipnorm=0.3)), "adam_epsilon"),
    "adam_epsilon": (descent(Adam(0.02, epsilon=0.01)), "adam"),
    "adam_cosine_decay": (descent(Adam(cosine, weight_decay=0.1)), "adam"),
    "adam_regularized": (descent(Adam(0.02), regularizers.L1L2(0.01, 0.03), l1), "adam"),
    "adam_frozen": (descent(Adam(0.02, global_clipnorm=0.3, epsilon=0.01), frozen=True), "adam_clipnorm"),
    "adamw": (descent(AdamW(0.02)), "adam"),
    "adamw_options": (descent(AdamW(cosine, weight_decay=0.5, clipvalue=0.1, amsgrad=True)), "adamw"),
    "rmsprop": (descent(RMSprop(0.02)), None),
    "rmsprop_momentum": (descent(RMSprop(0.005, rho=0.8, momentum=0.7)), "rmsprop"),
    "rmsprop_centered": (descent(RMSprop(0.02, epsilon=1e-3, centered=True)), "rmsprop"),
    "rmsprop_both": (descent(RMSprop(0.002, momentum=0.7, epsilon=1e-3, centered=True, weight_decay=0.2)), "rmsprop_momentum"),
    "adagrad": (descent(Adagrad(0.1)), None),
    "adagrad_options": (descent(Adagrad(0.1, initial_accumulator_value=0.0, epsilon=1e-2, global_clipnorm=0.5)), "adagrad"),
}
for name, ((losses, last, _), other) in runs.items():
    if other:
        assert np.abs(last - runs[other][0][1]).max() > 1e-3, f"{name} and {other} are nearly the same"
    assert losses[-1] < 0.999 * losses[0]

at = [0, 1, 2, 3, 5, 7, 10, 11, 12, 29, 30, 31, 59, 60, 61, 100, 999, 1000, 1001, 12345, 1000000]
rates = {
    "exponential_decay": schedules.ExponentialDecay(0.1, 30, 0.96),
    "exponential_decay_staircase": schedules.ExponentialDecay(0.1, 30, 0.96, staircase=True),
    "exponential_growth": schedules.ExponentialDecay(1e-6, 1000, 1.01),
    "inverse_time_decay": schedules.InverseTimeDecay(0.1, 30, 0.5),
    "inverse_time_decay_staircase": schedules.InverseTimeDecay(0.1, 30, 0.5, staircase=True),
    "polynomial_decay": schedules.PolynomialDecay(0.1, 60),
    "polynomial_decay_root": schedules.PolynomialDecay(0.1, 60, 0.01, power=0.5),
    "polynomial_decay_cycle": schedules.PolynomialDecay(0.1, 30, 0.02, power=2.0, cycle=True),
    "cosine_decay": schedules.CosineDecay(0.1, 1000),
    "cosine_decay_alpha": schedules.CosineDecay(0.1, 60, alpha=0.25),
    "cosine_decay_warmup": schedules.CosineDecay(0.0, 990, warmup_target=0.2, warmup_steps=11),
    "cosine_decay_no_warmup_steps": schedules.CosineDecay(0.05, 60, alpha=0.01, warmup_target=0.2),
    "piecewise_constant_decay": schedules.PiecewiseConstantDecay([11, 60, 1000], [0.3, 0.2, 0.1, 0.01]),
    "piecewise_constant_decay_once": schedules.PiecewiseConstantDecay([30], [0.3, 0.2]),
}


def rate_text(name, schedule):
    values = [schedule(step) for step in at]
    assert all(value.dtype == np.float64 for value in values), name
    return f"inline constexpr std::array<double, {len(at)}> {name}{doubles(values)};"


def run_text(name, run):
    losses, last, evaluated = run
    return f"""inline constexpr Run {name}{{
    .loss = {doubles(losses)},
    .parameters = {doubles(last)},
    .evaluated = {literal(evaluated, 17)}}};"""


newline = "\n\n"
(here / "optimizer_fixtures.hpp").write_text(f"""\
// What Keras {keras.__version__} computes, in float64 on JAX {jax.__version__}: generated by make_optimizer_fixtures.py.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

// clang-format off
namespace optimizer_fixtures {{

/// Dense 3 → 4, tanh, Dense 4 → 2; mean squared error. First parameters, in ctnn's order, and one batch.
inline constexpr std::array<float, {flat(weights).size}> parameters{floats(flat(weights))};
inline constexpr std::array<float, {x.size}> x{floats(x)};
inline constexpr std::array<float, {y.size}> y{floats(y)};

/// Training on that batch: the loss before each step, the last parameters, and what evaluate then gives in batches of eight.
struct Run {{
  std::array<double, {steps}> loss;
  std::array<double, {flat(weights).size}> parameters;
  double evaluated;
}};

{newline.join(run_text(name, run) for name, (run, _) in runs.items())}

/// Rates of schedules at these steps.
namespace rates {{

inline constexpr std::array<std::uint64_t, {len(at)}> steps{{{', '.join(map(str, at))}}};

{newline.join(rate_text(name, schedule) for name, schedule in rates.items())}

}}  // namespace rates

}}  // namespace optimizer_fixtures
""")
