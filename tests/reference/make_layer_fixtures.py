#!/usr/bin/env python3
"""Writes layer_fixtures.hpp, what the real Keras computes for layers.cpp (needs requirements.txt; run by hand).

A case is a layer, an input shape and a batch of two samples: its outputs and, for given gradients of the outputs, those of
its inputs and parameters. To add one is a line in `cases`. Inputs and parameters are rounded to float32, so that float and
double start from exactly the same numbers; Keras computes in float64.
"""
import zlib

from fixture_tools import aggregate, doubles, flat, floats, here, jax, keras, np, rounded

samples = 2


class Case:
    """One layer in one configuration. With `ties`, inputs are multiples of a half, so that many are equal. With `training`,
    the layer is called as in training; variables that it changes then come last among the parameters, and as `state`
    afterwards."""

    def __init__(self, name, layer, shape, ties=False, training=False):
        self.name, self.layer, self.shape, self.training = name, layer, shape, training
        # Of its own for each case: another case changes no numbers.
        self.random = np.random.default_rng(zlib.crc32(name.encode()))
        self.x = self.uniform(2, (samples, *shape))
        if ties:
            self.x = np.round(2 * self.x) / 2
        layer.build((samples, *shape))
        layer.set_weights([self.weight(variable) for variable in layer.variables])
        # Normalization computes with copies of its weights.
        getattr(layer, "finalize_state", lambda: None)()
        self.trainable = [variable.value for variable in layer.trainable_variables]
        self.rest = [variable.value for variable in layer.non_trainable_variables]
        self.run()

    def uniform(self, limit, shape):
        return rounded(self.random.uniform(-limit, limit, shape))

    def weight(self, variable):
        if "count" in variable.path:
            return np.zeros(variable.shape)
        drawn = self.uniform(1, variable.shape)
        return np.abs(drawn) if "variance" in variable.path else drawn

    def run(self):
        def outputs(weights, x):
            return self.layer.stateless_call(weights, self.rest, x, **({"training": True} if self.training else {}))

        self.y, pull_back, self.state = jax.vjp(outputs, self.trainable, self.x, has_aux=True)
        self.dy = self.uniform(1, self.y.shape)
        self.gradient, self.dx = pull_back(self.dy)
        for array in (self.y, self.dx, *self.gradient):
            assert array.dtype == np.float64
        self.parameters = np.concatenate([np.ravel(array) for array in (*self.trainable, *self.rest, [])])

    def text(self):
        state = np.concatenate([np.ravel(array) for array in (*(self.state if self.training else self.rest), [])])
        gradient = flat(self.gradient) if self.gradient else np.zeros(0)
        sizes = f"{self.x.size}, {self.y.size}, {gradient.size}, {state.size}"
        members = aggregate(
            x=floats(self.x),
            parameters=floats(self.parameters) if self.parameters.size else "{}",
            dy=floats(self.dy),
            y=doubles(self.y),
            dx=doubles(self.dx),
            gradient=doubles(gradient) if gradient.size else "{}",
            state=doubles(state) if state.size else "{}",
        )
        options = {key: value for key, value in self.layer.get_config().items() if key in described}
        call = ", ".join(f"{key}={value!r}" for key, value in options.items())
        return f"/// {type(self.layer).__name__}({call}) of {self.shape}.\ninline constexpr LayerCase<{sizes}> {self.name}{members};"


# What a case's comment tells of its layer.
described = ("pool_size", "filters", "kernel_size", "strides", "dilation_rate", "padding", "target_shape", "epsilon", "momentum", "scale", "offset", "invert")


def pooling(name, layer, **options):
    """A pooling layer in the geometries that its kernels distinguish."""
    return [
        Case(f"{name}_default", layer((2, 2)), (5, 6, 3), **options),
        Case(f"{name}_disjoint_same", layer((2, 3), padding="same"), (5, 7, 3), **options),
        Case(f"{name}_overlapping", layer((3, 2), strides=(1, 1)), (5, 4, 2), **options),
        Case(f"{name}_overlapping_same", layer((3, 3), strides=(2, 1), padding="same"), (6, 5, 1), **options),
        Case(f"{name}_gaps", layer((1, 2), strides=(2, 3)), (5, 8, 2), **options),
        Case(f"{name}_wide", layer((2, 2)), (2, 4, 19), **options),
    ]


def convolution(name, filters, kernel, shape, **options):
    return Case(f"conv2d_{name}", keras.layers.Conv2D(filters, kernel, **options), shape)


cases = [
    Case("flatten", keras.layers.Flatten(), (2, 3, 2)),
    Case("reshape", keras.layers.Reshape((4, -1)), (2, 3, 2)),
    Case("max_pooling_2d", keras.layers.MaxPooling2D(), (4, 6, 3)),
    *pooling("max_pooling_2d_ties", keras.layers.MaxPooling2D, ties=True),
    *pooling("average_pooling_2d", keras.layers.AveragePooling2D),
    Case("global_average_pooling_2d", keras.layers.GlobalAveragePooling2D(), (5, 3, 6)),
    Case("global_average_pooling_2d_wide", keras.layers.GlobalAveragePooling2D(), (2, 2, 35)),
    Case("layer_normalization", keras.layers.LayerNormalization(), (7,)),
    Case("layer_normalization_rows", keras.layers.LayerNormalization(), (2, 3, 5)),
    Case("layer_normalization_wide", keras.layers.LayerNormalization(), (40,)),
    Case("layer_normalization_epsilon", keras.layers.LayerNormalization(epsilon=0.5), (2, 6)),
    Case("rescaling", keras.layers.Rescaling(1.5, offset=-0.25), (2, 3, 2)),
    Case("normalization", keras.layers.Normalization(), (7,)),
    Case("normalization_rows", keras.layers.Normalization(), (2, 3, 5)),
    Case("normalization_wide", keras.layers.Normalization(), (70,)),
    Case("normalization_invert", keras.layers.Normalization(invert=True), (2, 6)),
    convolution("1x1", 16, 1, (3, 3, 6)),
    convolution("3x3", 4, 3, (6, 5, 3)),
    convolution("3x3_same", 4, 3, (5, 6, 3), padding="same"),
    convolution("3x3_wide", 16, 3, (4, 4, 6)),
    convolution("5x5", 6, 5, (7, 8, 1)),
    convolution("5x5_same", 6, 5, (4, 5, 1), padding="same"),
    convolution("2x3", 6, (2, 3), (4, 5, 6)),
    convolution("2x3_same", 4, (2, 3), (5, 4, 3), padding="same"),
    convolution("3x3_strides", 6, 3, (7, 8, 3), strides=(2, 3)),
    convolution("3x3_strides_same", 4, 3, (7, 6, 1), strides=2, padding="same"),
    convolution("1x1_strides", 4, 1, (5, 4, 3), strides=2),
    convolution("2x3_dilation", 4, (2, 3), (6, 7, 3), dilation_rate=(3, 2)),
    convolution("3x3_dilation_same", 6, 3, (5, 6, 1), dilation_rate=2, padding="same"),
]

text = "\n\n".join(case.text() for case in cases)
(here / "layer_fixtures.hpp").write_text(f"""\
// What layers of Keras {keras.__version__} compute, in float64 on JAX {jax.__version__}: generated by make_layer_fixtures.py.
#pragma once

#include <array>
#include <cstddef>

// clang-format off
namespace layer_fixtures {{

/// A batch of {samples} samples, sample after sample. Parameters are in Keras's order, the last `State` of them not trained.
template <std::size_t Inputs, std::size_t Outputs, std::size_t Trained, std::size_t State>
struct LayerCase {{
  static constexpr std::size_t samples = {samples};

  std::array<float, Inputs> x;
  std::array<float, Trained + State> parameters;
  std::array<float, Outputs> dy;              ///< a gradient by the outputs …
  std::array<double, Outputs> y;
  std::array<double, Inputs> dx;              ///< … and that which follows by the inputs
  std::array<double, Trained> gradient;       ///< and by the parameters, summed over the batch
  std::array<double, State> state;            ///< untrained parameters after the call
}};

{text}

}}  // namespace layer_fixtures
""")
