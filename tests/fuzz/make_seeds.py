#!/usr/bin/env python3
"""Writes the fuzzers' first inputs.

    make_seeds.py DIRECTORY

One directory for each fuzzer: idx, image, csv, npy.
"""
import gzip
import pathlib
import struct
import sys
import zlib


def idx(code, axes, numbers):
    return bytes([0, 0, code, len(axes)]) + b"".join(struct.pack(">I", length) for length in axes) + numbers


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, row_bytes, interlaced=0, extra=b""):
    rows = b"".join(b"\0" + bytes((row * 37 + i * 11) % 256 for i in range(row_bytes)) for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


files = {
    0: idx(0x08, [2, 3, 4], bytes(range(24))),
    2: idx(0x08, [5], b"hello"),
    4: idx(0x0B, [2, 2], bytes(range(8))),
    6: idx(0x0E, [1, 1, 2, 1], bytes(range(16))),
}
seeds = {"idx": {}, "image": {}, "csv": {}, "npy": {}}
for choice, content in files.items():
    seeds["idx"][f"compressed_by_the_fuzzer_{choice}"] = bytes([choice]) + content
    seeds["idx"][f"plain_{choice}"] = bytes([choice + 1]) + content
    seeds["idx"][f"gzip_{choice}"] = bytes([choice + 1]) + gzip.compress(content, mtime=0)
    seeds["idx"][f"padded_{choice}"] = bytes([choice + 1]) + gzip.compress(content, mtime=0) + bytes(40)
    seeds["idx"][f"two_parts_{choice}"] = bytes([choice + 1]) + gzip.compress(content[:9], mtime=0) + gzip.compress(content[9:], mtime=0)
seeds["image"] = {
    "plain.pgm": b"P2\n# comment\n3 2\n255\n0 50 255\n255 100 0\n",
    "binary.pgm": b"P5 3 2 255\n" + bytes([0, 50, 255, 255, 100, 0]),
    "windows.pgm": b"P5\r\n3 2\r\n255# white\r\n" + bytes([0, 50, 255, 255, 100, 0]) + b"\n",
    "deep.pgm": b"P5 2 1 65535\n" + bytes([0, 50, 255, 255]),
    "grey.png": png(9, 7, 8, 0, 9),
    "bits.png": png(9, 7, 1, 0, 2),
    "colour.png": png(5, 4, 8, 2, 15, extra=chunk(b"gAMA", struct.pack(">I", 45455))),
    "palette.png": png(5, 4, 8, 3, 5, extra=chunk(b"PLTE", bytes(range(256)) * 3)),
    "transparent.png": png(5, 4, 16, 6, 40),
    "deep.png": png(9, 7, 16, 0, 18, extra=chunk(b"gAMA", struct.pack(">I", 100000))),
    "key.png": png(9, 7, 2, 0, 3, extra=chunk(b"tRNS", bytes([0, 2]))),
    "palette_alpha.png": png(5, 4, 8, 3, 5, extra=chunk(b"PLTE", bytes(range(256)) * 3) + chunk(b"tRNS", bytes(range(200)))) + b"more",
    "interlaced.png": png(1, 1, 8, 0, 1, interlaced=1),
}
tables = {
    "header": b"a,b,kind\n1,2.5,x\n-3e4,+.5,y\n",
    "quotes": b'"a","b, ""c"""\r\n"1\n2", "x" \r\n?,NA\r\n',
    "mark": b"\xef\xbb\xbfa;b\n1;2\n\n",
    "ragged": b"a\tb\n1\n",
    "blanks": b"1 2\n3 4\r",
}
for name, content in tables.items():
    for choice in range(8):
        seeds["csv"][f"{name}_{choice}"] = bytes([choice]) + content
for name, choice in {"doubles": 0, "labels": 1, "big_endian": 2, "fortran": 0}.items():
    content = (pathlib.Path(__file__).parent.parent / f"data/{name}.npy").read_bytes()
    seeds["npy"][name] = bytes([choice]) + content
for fuzzer, inputs in seeds.items():
    directory = pathlib.Path(sys.argv[1]) / fuzzer
    directory.mkdir(parents=True, exist_ok=True)
    for name, content in inputs.items():
        (directory / name).write_bytes(content)
