#!/usr/bin/env python3
"""Checks that Keras loads what ctnn saves (needs Keras and h5py; run by hand).

    check_in_keras.py PROGRAM

PROGRAM is tests/io/keras_check.cpp, compiled: it writes files and what ctnn predicts with the weights in them.
"""
import os
import pathlib
import subprocess
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
import keras
import numpy as np
from keras import layers


def block(units):
    return keras.Sequential([layers.Dense(units), layers.Activation("tanh"), layers.Dense(3)])


def nested():
    first = [keras.Input((2,)), layers.Dense(3), layers.LeakyReLU(), block(4), layers.Dense(3)]
    return keras.Sequential([*first, block(2), layers.Dense(2), layers.Softmax()])


def adapted():
    first = [keras.Input((2,)), layers.Rescaling(0.5, offset=1.0), layers.Normalization()]
    return keras.Sequential([*first, layers.Dense(2), layers.Normalization(invert=True)])


with tempfile.TemporaryDirectory() as directory:
    subprocess.run([sys.argv[1], directory], check=True)
    for network, kind in [(network, f"{network.__name__}_{kind}") for network in (nested, adapted) for kind in ("float32", "float64")]:
        keras.config.set_floatx("float32")
        model = network()
        model.load_weights(pathlib.Path(directory) / f"{kind}.weights.h5")
        rows = np.loadtxt(pathlib.Path(directory) / f"{kind}.txt")
        x, expected = rows[:, :2], rows[:, 2:]
        error = np.abs(model.predict(x, verbose=0) - expected).max()
        assert len(x) > 4 and expected.std() > 0.01 and error < 1e-6, error
        print(f"{kind}: Keras {keras.__version__} predicts the same within {error:.1e}")
