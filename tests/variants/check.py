#!/usr/bin/env python3
"""Links files that are compiled for different instructions, with and without OpenMP and -ffast-math, into one program and runs it.

    check.py COMPILER… -- INCLUDE_DIRECTORY FLAGS…

Each file must have functions of its own: where two define the same one, the linker takes either, and the program uses an instruction
that its machine lacks, or a class of another size. What holds no code of ctnn's is shared: its exceptions, and the numbers of a shape.
"""
import concurrent.futures
import pathlib
import re
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
VARIANTS = {
    "baseline": ["-march=x86-64"],
    "openmp": ["-march=x86-64", "-fopenmp"],
    "fast_math": ["-march=x86-64", "-ffast-math"],
    "avx2": ["-march=x86-64-v3"],
}
SHARED = re.compile(r"ctnn::\w*Error\b|ctnn::Shape<.*>::dimensions$")


def main():
    split = sys.argv.index("--")
    compiler, include, flags = sys.argv[1:split], sys.argv[split + 1], sys.argv[split + 2 :]
    with tempfile.TemporaryDirectory() as directory:

        def build(name):
            target = f"{directory}/{name}.o"
            subprocess.run([*compiler, "-std=c++20", "-O0", f"-I{include}", *flags, *VARIANTS[name], f"-DLEARN=learn_{name}", "-c",
                            str(HERE / "learn.cpp"), "-o", target], check=True)
            text = subprocess.run(["nm", "-C", "--defined-only", target], capture_output=True, text=True, check=True).stdout
            # Weak ones and unique ones are those of which the linker takes any.
            return {line.split(" ", 2)[2] for line in text.splitlines() if re.search(r" [WVu] .*\bctnn::", line)}

        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            symbols = dict(zip(VARIANTS, pool.map(build, VARIANTS)))
        failures = 0
        for name, own in symbols.items():
            for symbol in sorted(own & set().union(*(others for other, others in symbols.items() if other != name))):
                if not SHARED.search(symbol):
                    failures += 1
                    print(f"{name} shares {symbol}")
        # The widest runs where it can.
        wide = "learn_avx2" if "avx2" in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8") else "learn_baseline"
        subprocess.run([*compiler, "-std=c++20", f"-I{include}", f"-DWIDE={wide}", str(HERE / "main.cpp"),
                        *(f"{directory}/{name}.o" for name in VARIANTS), "-fopenmp", "-o", f"{directory}/program"], check=True)
        failures += subprocess.run([f"{directory}/program"], check=False).returncode
    print(f"{sum(map(len, symbols.values()))} functions of ctnn in {len(VARIANTS)} files, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
