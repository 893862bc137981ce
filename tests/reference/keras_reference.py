"""What the scripts share that write fixtures: the pinned Keras, set to float64, and numbers as C++.

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
        sys.exit(f"{sys.argv[0]}: {package} must be {version}, as requirements.txt says, but is {found}")

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
import jax
import keras
import numpy as np
from keras.src.backend.common.dtypes import BIT64_TO_BIT32_DTYPE

keras.config.set_floatx("float64")
# Keras promotes 64 bits to 32, so that ops.mean, and with it every loss, would round to float32 even so.
del BIT64_TO_BIT32_DTYPE["float64"]


def rounded(array):
    return array.astype(np.float32).astype(np.float64)


def flat(arrays):
    """Arrays in the order of ctnn's parameters: kernel by rows, then bias, layer after layer."""
    return np.concatenate([np.ravel(array) for array in arrays])


def literal(value, digits):
    text = f"{value:.{digits}g}"
    return text if "." in text or "e" in text else text + ".0"


def double(value):
    text = literal(float(value), 17)
    assert np.isfinite(value) and float(text) == value
    return text


def float32(value):
    text = literal(float(value), 9)
    assert np.isfinite(value) and np.float32(text) == value
    return text + "f"


def braces(texts):
    lines = textwrap.wrap(", ".join(texts), 120)
    return "{" + lines[0] + "}" if len(lines) == 1 else "{\n" + "\n".join("        " + line for line in lines) + "}"


def doubles(array):
    return braces([double(value) for value in np.ravel(array)])


def floats(array):
    return braces([float32(value) for value in np.ravel(array)])


def aggregate(**members):
    return "{\n" + "".join(f"    .{name} = {text},\n" for name, text in members.items()) + "}"
