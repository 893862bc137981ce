#!/usr/bin/env python3
"""JAX as its documents write it: a jitted step of value_and_grad and the update, parameters and state a tree of arrays."""
import os

# One thread.
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import peer  # noqa: E402

try:
    import jax
    import jax.numpy as jnp
    from jax import lax
except ImportError:
    peer.end_missing("JAX")
import numpy as np  # noqa: E402


def forward(data, parameters, x):
    """The outputs, or logits."""
    activation = jnp.tanh if data.activation == "tanh" else jax.nn.relu
    layers = list(zip(parameters[::2], parameters[1::2]))
    if data.is_lenet:
        for padding, (kernel, bias) in zip(("SAME", "VALID"), layers):
            x = lax.conv_general_dilated(x, kernel, (1, 1), padding, dimension_numbers=("NHWC", "HWIO", "NHWC")) + bias
            x = lax.reduce_window(jax.nn.relu(x), -jnp.inf, lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID")
        x, layers = x.reshape(x.shape[0], -1), layers[2:]
    for index, (kernel, bias) in enumerate(layers):
        x = x @ kernel + bias
        if data.last_activation or index + 1 < len(layers):
            x = activation(x)
    return x


def start_training(data, method, _checking):
    def loss_of(parameters, x, y):
        outputs = forward(data, parameters, x)
        if data.classifies:
            return -jnp.take_along_axis(jax.nn.log_softmax(outputs), y[:, None], 1).mean()
        return ((outputs - y) ** 2).mean()

    def sgd(state, x, y):
        (parameters,) = state
        loss, gradient = jax.value_and_grad(loss_of)(parameters, x, y)
        return (jax.tree.map(lambda p, g: p - data.sgd_rate * g, parameters, gradient),), loss

    def adam(state, x, y):
        parameters, first, second, steps = state
        loss, gradient = jax.value_and_grad(loss_of)(parameters, x, y)
        beta_1, beta_2, steps = data.adam["beta_1"], data.adam["beta_2"], steps + 1
        first = jax.tree.map(lambda m, g: beta_1 * m + (1 - beta_1) * g, first, gradient)
        second = jax.tree.map(lambda v, g: beta_2 * v + (1 - beta_2) * g * g, second, gradient)
        rate = data.adam["rate"] * jnp.sqrt(1 - beta_2**steps) / (1 - beta_1**steps)
        parameters = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + data.adam["epsilon"]), parameters, first, second)
        return (parameters, first, second, steps), loss

    def copies():
        return [jnp.array(array) for array in data.parameters]

    def zeros():
        return [jnp.zeros(array.shape) for array in data.parameters]

    state = (copies(),) if method == "sgd" else (copies(), zeros(), zeros(), jnp.zeros(()))
    update = jax.jit(sgd if method == "sgd" else adam, donate_argnums=0)

    def step(x, y):
        nonlocal state
        state, loss = update(state, x, y)
        return loss.item()

    return step, lambda x, y: (jnp.array(x), jnp.array(y.astype(np.int32) if data.classifies else y))


def start_answer(data):
    parameters = [jnp.array(array) for array in data.parameters]

    @jax.jit
    def function(x):
        outputs = forward(data, parameters, x)
        return jax.nn.softmax(outputs) if data.classifies else outputs

    return lambda x: np.asarray(function(x))


program = peer.Peer("JAX", jax.__version__)
program.all_tasks(start_training, start_answer)
program.serve()
