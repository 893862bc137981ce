#!/usr/bin/env python3
"""Keras as its documents write it. keras_peer.py DIRECTORY tensorflow|jax|torch"""
import os
import sys

BACK_END = sys.argv[2]
os.environ.update(KERAS_BACKEND=BACK_END, TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="",
                  XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import peer  # noqa: E402

try:
    if BACK_END == "tensorflow":
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        library = tf.__version__
    elif BACK_END == "jax":
        import jax

        library = jax.__version__
    else:
        import torch

        torch.set_num_threads(1)
        library = torch.__version__
    import keras
    from keras import layers, losses, optimizers
except ImportError:
    peer.end_missing(f"Keras on {BACK_END}")
import numpy as np  # noqa: E402


def network(data):
    """A Sequential with the data's parameters; classes have probabilities."""
    if data.is_lenet:
        stack = [layers.Conv2D(6, 5, padding="same", activation="relu"), layers.MaxPooling2D(), layers.Conv2D(16, 5, activation="relu"),
                 layers.MaxPooling2D(), layers.Flatten(), layers.Dense(120, "relu"), layers.Dense(84, "relu"), layers.Dense(10, "softmax")]
    else:
        units = [shape[0] for shape in data.shapes[1::2]]
        last = data.activation if data.last_activation else "softmax" if data.classifies else None
        stack = [layers.Dense(unit, data.activation) for unit in units[:-1]] + [layers.Dense(units[-1], last)]
    model = keras.Sequential([keras.Input(data.x.shape[1:]), *stack])
    model.set_weights(data.parameters)
    return model


def start_training(data, method, checking):
    model = network(data)
    optimizer = (optimizers.SGD(data.sgd_rate) if method == "sgd"
                 else optimizers.Adam(data.adam["rate"], data.adam["beta_1"], data.adam["beta_2"], data.adam["epsilon"]))
    model.compile(optimizer, losses.SparseCategoricalCrossentropy() if data.classifies else losses.MeanSquaredError())

    def step(x, y):
        # The loss is a mean since the last reset.
        if checking:
            model.reset_metrics()
        return model.train_on_batch(x, y)

    return step, lambda x, y: (np.ascontiguousarray(x), y.astype(np.int32) if data.classifies else y)


def start_answer(data):
    model = network(data)
    model.compile()
    return model.predict_on_batch


program = peer.Peer(f"Keras on {BACK_END}", f"{keras.__version__}, {library}")
program.all_tasks(start_training, start_answer)
program.serve()
