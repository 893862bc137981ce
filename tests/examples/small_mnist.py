#!/usr/bin/env python3
"""Copies the first digits of MNIST, so that training on them takes no time.

    small_mnist.py SOURCE TARGET TRAINING TEST
"""
import gzip
import pathlib
import struct
import sys


def copy(source, target, count):
    data = gzip.decompress(source.read_bytes())
    axes = data[3]
    shape = struct.unpack_from(f">{axes}I", data, 4)
    start, size = 4 + 4 * axes, len(data) - 4 - 4 * axes
    target.write_bytes(data[:4] + struct.pack(f">{axes}I", count, *shape[1:]) + data[start : start + size // shape[0] * count])


def main():
    source, target = map(pathlib.Path, sys.argv[1:3])
    target.mkdir()
    for prefix, count in zip(("train", "t10k"), map(int, sys.argv[3:])):
        for name in (f"{prefix}-images-idx3-ubyte", f"{prefix}-labels-idx1-ubyte"):
            copy(source / f"{name}.gz", target / name, count)


if __name__ == "__main__":
    main()
