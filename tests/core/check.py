#!/usr/bin/env python3
"""Compiles program.cpp, which includes core.hpp alone and trains, in every way in which core.hpp must compile.

    check.py COMPILER… -- INCLUDE_DIRECTORY [--every-level]

Warnings are errors at several levels of optimization (the examples have -O2), behind macros with names that other people's headers
define, and where join.py has made one file of core.hpp. With --every-level a wide network learns as well, at every one, and also
where compilers may conclude nothing from types: lanes are read as their elements, and elements written as lanes. In each way the
program learns the same numbers; without vector registers, where all layers share their loops when size counts, other ones, but with
and without -Os the same.
"""
import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# Fused, a product and a sum would be another number.
FLAGS = ["-std=c++20", "-ffp-contract=off", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"]


def main():
    split = sys.argv.index("--")
    compiler, include = sys.argv[1:split], pathlib.Path(sys.argv[split + 1])
    with tempfile.TemporaryDirectory() as directory:
        joined = pathlib.Path(directory) / "core.hpp"
        with joined.open("w", encoding="utf-8") as file:
            subprocess.run([sys.executable, HERE / "join.py", include], stdout=file, check=True)
        separate = [f"-I{include}", "-DCTNN_CORE=<ctnn/core.hpp>"]
        every = "--every-level" in sys.argv[split:]
        ways = {level: [level, *separate] for level in (["-O0", "-Og", "-O1", "-O2", "-Os", "-O3"] if every else ["-Os", "-O3"])}
        if every:
            ways["-fno-strict-aliasing"] = ["-O3", "-fno-strict-aliasing", *separate]
        ways["macros"] = ["-O0", *separate, "-include", str(HERE / "macros.hpp")]
        ways["one file"] = ["-O1", f'-DCTNN_CORE="{joined}"']
        for level in ["-O1", "-Os"]:
            ways[f"{level}, no registers"] = [level, *separate, "-DCTNN_NO_VECTOR_REGISTERS"]

        def learned(way):
            target = pathlib.Path(directory) / way
            made = subprocess.run([*compiler, *FLAGS, *ways[way], *(["-DWIDE"] if every else []), HERE / "program.cpp", "-o", target], capture_output=True, text=True,
                                  check=False)
            if made.returncode != 0 or made.stderr:
                return made.stderr
            return subprocess.run([target], capture_output=True, text=True, check=True).stdout

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            outputs = dict(zip(ways, pool.map(learned, ways)))
    for way, output in outputs.items():
        print(f"{way}: {output}", end="")
    # The networks' bits in one line.
    for registers in (True, False):
        numbers = {output for way, output in outputs.items() if way.endswith("no registers") != registers}
        if len(numbers) != 1 or len(numbers.pop().split()) != (3 if every else 2):
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
