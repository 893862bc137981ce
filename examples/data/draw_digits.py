#!/usr/bin/env python3
"""Draws three.png and seven.pgm, sample pictures for classify_digit: strokes of a pen, dark on bright paper.

    draw_digits.py [DIRECTORY]
"""
import math
import pathlib
import struct
import sys
import zlib

WIDTH, HEIGHT, PEN = 64, 80, 3.2
PAPER, INK = 235, 30


def arc(x, y, horizontal, vertical, start, end):
    """Points of an ellipse around (x, y), from one angle to another; 0 is to the right, 90 is up."""
    angles = (math.radians(start + (end - start) * i / 40) for i in range(41))
    return [(x + horizontal * math.cos(angle), y - vertical * math.sin(angle)) for angle in angles]


THREE = [arc(31, 24, 14, 13, 150, -75) + arc(31, 53, 17, 16, 80, -160)]
SEVEN = [[(14, 15), (48, 12), (40, 32), (33, 50), (29, 70)]]


def distance(point, start, end):
    """From a point to a line between two others."""
    (x, y), (x0, y0), (x1, y1) = point, start, end
    along = ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / ((x1 - x0) ** 2 + (y1 - y0) ** 2)
    along = min(1, max(0, along))
    return math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0))


def draw(strokes):
    lines = [line for stroke in strokes for line in zip(stroke, stroke[1:])]

    def level(column, row):
        nearest = min(distance((column + 0.5, row + 0.5), *line) for line in lines)
        return round(PAPER + (INK - PAPER) * min(1, max(0, PEN + 0.5 - nearest)))

    return [bytes(level(column, row) for column in range(WIDTH)) for row in range(HEIGHT)]


def png(rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def pgm(rows):
    return f"P5\n{WIDTH} {HEIGHT}\n255\n".encode() + b"".join(rows)


def main():
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
    (directory / "three.png").write_bytes(png(draw(THREE)))
    (directory / "seven.pgm").write_bytes(pgm(draw(SEVEN)))


if __name__ == "__main__":
    main()
