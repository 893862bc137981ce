#!/usr/bin/env python3
"""Compiles every header alone, warnings as errors, and checks what the core includes.

    check.py COMPILER… -- INCLUDE_DIRECTORY FLAGS…
"""
import concurrent.futures
import pathlib
import subprocess
import sys
import tempfile

# The core knows no heap, no exceptions, no I/O and no xtensor.
FORBIDDEN_IN_CORE = ["xtensor", "ctnn/heap.hpp", "ctnn/errors.hpp", "/iostream", "/ostream", "/string", "/vector", "/memory", "/stdexcept",
                     "/functional", "/cstdio", "immintrin.h", "boost/hana.hpp"]


def main():
    split = sys.argv.index("--")
    compiler, include, flags = sys.argv[1:split], pathlib.Path(sys.argv[split + 1]).resolve(), sys.argv[split + 2 :]
    base = [*compiler, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror", f"-I{include}", *flags]

    def alone(header):
        # Included twice: the second time must add nothing.
        source = str(header).replace("/", "_") + ".cpp"
        (pathlib.Path(directory) / source).write_text(f'#include "{header}"\n#include "{header}"\nint main() {{}}\n', encoding="utf-8")
        # A file and its dependencies are what ccache knows it by.
        command = [*base, "-MD", "-c", source]
        return header, subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)

    headers = sorted(path.relative_to(include) for path in include.rglob("*.hpp"))
    failures = 0
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(2) as pool:
        for header, result in pool.map(alone, headers):
            if result.returncode != 0 or result.stderr:
                failures += 1
                print(f"{header}:\n{result.stderr}")

    made = subprocess.run([*base, "-M", "-x", "c++", "-"], input="#include <ctnn/core.hpp>\n", capture_output=True, text=True, check=True)
    for word in made.stdout.split():
        for forbidden in FORBIDDEN_IN_CORE:
            if forbidden in word if "/" in forbidden[1:] or not forbidden.startswith("/") else word.endswith(forbidden):
                failures += 1
                print(f"core.hpp includes {word}")
    print(f"{len(headers)} headers, {failures} failures")
    return 1 if failures or not headers else 0


if __name__ == "__main__":
    sys.exit(main())
