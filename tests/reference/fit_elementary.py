#!/usr/bin/env python3
"""Prints the polynomials of include/ctnn/kernels/elementary.hpp (needs mpmath; run by hand).

Each is a Chebyshev interpolant of the named function, computed with 60 digits: within a factor of about two
of the minimax polynomial of its degree. Coefficients are printed lowest degree first.
"""
import struct

import mpmath as mp

mp.mp.dps = 60


def fit(function, low, high, degree):
    coefficients, error = mp.chebyfit(function, [mp.mpf(low), mp.mpf(high)], degree + 1, error=True)
    return list(reversed(coefficients)), error


def show(name, function, low, high, degrees):
    for scalar, degree in zip(("float", "double"), degrees):
        coefficients, error = fit(function, low[scalar] if isinstance(low, dict) else low, high, degree)
        digits = 9 if scalar == "float" else 17
        print(f"// {name}, {scalar}, degree {degree}: error {mp.nstr(error, 3)}")
        print(", ".join(mp.nstr(c, digits) for c in coefficients))


def exp_rest(r):
    """(e^r - 1 - r) / r^2"""
    return mp.mpf(1) / 2 + r / 6 if abs(r) < mp.mpf(10) ** -25 else (mp.exp(r) - 1 - r) / r**2


def tanh_rest(t):
    """tanh(x) = x + x t P(t), t = x^2"""
    x = mp.sqrt(t)
    return -mp.mpf(1) / 3 + 2 * t / 15 if t < mp.mpf(10) ** -20 else (mp.tanh(x) / x - 1) / t


def atanh_rest(t):
    """atanh(s) = s + s t P(t), t = s^2"""
    s = mp.sqrt(t)
    return mp.mpf(1) / 3 + t / 5 if t < mp.mpf(10) ** -20 else (mp.atanh(s) / s - 1) / t


def normal_tail(p):
    """Upper tail of the standard normal: exp(-a^2/2) s R(s), s = 1 / (1 + p a)"""

    def rest(s):
        a = (1 / s - 1) / p
        return mp.erfc(a / mp.sqrt(2)) * mp.exp(a * a / 2) / 2 / s

    return rest


half_ln2 = mp.log(2) / 2
show("exp", exp_rest, -half_ln2, half_ln2, (4, 10))
show("tanh", tanh_rest, 0, mp.mpf("0.55") ** 2, (5, 11))
show("log1p", atanh_rest, 0, mp.mpf(1) / 9, (4, 10))
show("log", lambda t: 2 * atanh_rest(t), 0, (3 - 2 * mp.sqrt(2)) ** 2, (2, 6))
p = mp.mpf("0.35")
show("normal tail, p = 0.35", normal_tail(p), {"float": 1 / (1 + p * 15), "double": 1 / (1 + p * 39)}, 1, (8, 22))


# The tables for lanes that can look up 32 numbers (include/ctnn/kernels/tables.hpp), in float.


def as_float(value):
    return struct.unpack("f", struct.pack("f", float(value)))[0]


def from_bits(bits):
    return struct.unpack("f", struct.pack("I", bits))[0]


def show_table(name, values):
    print(f"// {name}\n" + ", ".join(as_float(v).hex().replace("0000000p", "p") + "f" for v in values))


grid = [mp.mpf(i) / 4 for i in range(32)]
show_table("tanh at i / 4", map(mp.tanh, grid))
show_table("its slope there", [1 - mp.tanh(c) ** 2 for c in grid])
show("t coth t = 1 + t² P(t²), |t| ≤ 1/8", lambda u: (mp.sqrt(u) * mp.coth(mp.sqrt(u)) - 1) / u, mp.mpf(10) ** -20, mp.mpf(1) / 64, (1,))

# Numbers 1 / c with few digits whose logarithm is nearly a float, one for each interval of m; 1 around m = 1.
LOG_BEGIN, LOG_ONE = 0x3F320000, 19
reciprocals = []
for i in range(32):
    low, high = from_bits(LOG_BEGIN + (i << 18)), from_bits(LOG_BEGIN + (i + 1 << 18))
    middle = round(2 * 4096 / (low + high))
    near = [mp.mpf(middle + d) / 4096 for d in range(-4, 5)]
    reciprocals.append(mp.mpf(1) if i == LOG_ONE else min(near, key=lambda r: abs(as_float(mp.log(r)) / mp.log(r) - 1)))
# Registers look up by the low five bits of the whole exponent and mantissa.
show_table("1 / c", reciprocals)
show_table("ln c", [-mp.log(r) for r in reciprocals])
show("log1p(r) = r + r² P(r)", lambda r: (mp.log1p(r) - r) / r**2 if abs(r) > 1e-12 else -mp.mpf(1) / 2, -mp.mpf("0.0168"), mp.mpf("0.0168"), (2,))
