#!/usr/bin/env python3
"""Prints how many bytes networks take in a program without an operating system: code, constants, weights, state and stack.

    code_size.py [--compiler g++] [--arm]

Programs of core.hpp alone, built as firmware is: without exceptions and RTTI, every function in a section of its own. One answers
a sample, the other trains a batch by SGD. Only what hangs on that function is counted, found by
the object's own relocations, so no start-up code and no C library; what it needs of those is named below the table. Stack is the
largest frame of all functions (-fstack-usage). --arm adds Debian's cross compilers where they are installed: Cortex-M4F and AArch64.
"""
import argparse
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

NETWORKS = {
    "1-2-1 tanh": "Dense<1, 2>, Tanh, Dense<2, 1>, Tanh",
    "1-8-8-1 tanh": "Dense<1, 8>, Tanh, Dense<8, 8>, Tanh, Dense<8, 1>",
    "16-16-16-16 ReLU": "Dense<16, 16>, ReLU, Dense<16, 16>, ReLU, Dense<16, 16>",
    "64-64-64 tanh": "Dense<64, 64>, Tanh, Dense<64, 64>, Tanh",
    "784-128-10": "Dense<784, 128>, ReLU, Dense<128, 10>",
    "LeNet-5": "Input<28, 28, 1>, Conv2D<6, Kernel<5>, Same>, ReLU, MaxPooling2D<>, Conv2D<16, Kernel<5>>, ReLU, MaxPooling2D<>, "
               "Flatten, Dense<120>, ReLU, Dense<84>, ReLU, Dense<10>",
}

ANSWER = """#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<{layers}>;
using Model = StaticModel<Net>;
extern "C" void program(const Model& model, const float* x, float* y) {{ model.infer(x, y); }}
"""

TRAIN = """#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<{layers}>;
using Model = StaticModel<Net>;
using Trainer = decltype(std::declval<Model&>().compile(SGD{{}}, MeanSquaredError{{}}));
extern "C" float program(Trainer& trainer, const float* x, const float* y, std::size_t count) {{
  return trainer.step({{.data = x, .stride = Net::input_shape::size}}, {{.data = y, .stride = Net::output_shape::size}}, count);
}}
// Sizes, as the sizes of arrays in a section that nobody refers to.
extern "C" const char model_bytes[sizeof(Model)] = {{1}}, trainer_bytes[sizeof(Trainer)] = {{1}};
"""


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def measure(prefix, command, program, layers):
    """Bytes of a program for one network: code, constants, the largest frame; with a trainer, those of the objects."""
    with tempfile.TemporaryDirectory() as directory:
        source, target = pathlib.Path(directory) / "net.cpp", pathlib.Path(directory) / "net.o"
        source.write_text(program.format(layers=layers), encoding="utf-8")
        run(*command, "-fstack-usage", "-c", str(source), "-o", str(target))
        sections = {}
        for line in run(prefix + "readelf", "-SW", str(target)).splitlines():
            if match := re.match(r"\s*\[\s*\d+\] (\S+)\s+\S+\s+[0-9a-f]+ [0-9a-f]+ ([0-9a-f]+)", line):
                sections.setdefault(match[1], int(match[2], 16))
        # Which section each symbol is in, and which sections each one refers to.
        symbols, sizes = {}, {}
        for line in run(prefix + "objdump", "-tw", str(target)).splitlines():
            if match := re.match(r"[0-9a-f]+ .{7} (\S+)\s+([0-9a-f]+)\s+(?:\.hidden )?(\S+)$", line):
                symbols[match[3]], sizes[match[3]] = match[1], int(match[2], 16)
        refers, outside, current = {}, {}, None
        for line in run(prefix + "objdump", "-rw", str(target)).splitlines():
            if match := re.match(r"RELOCATION RECORDS FOR \[(\S+)\]", line):
                current = match[1]
            elif current and (match := re.match(r"[0-9a-f]+ \S+\s+(\S+?)(?:[+-]0x[0-9a-f]+)?$", line)):
                refers.setdefault(current, set()).add(symbols.get(match[1], match[1]))
                if symbols.get(match[1]) == "*UND*":
                    outside.setdefault(current, set()).add(match[1])
        stacks = []
        for usage in pathlib.Path(directory).glob("*.su"):
            for line in usage.read_text(encoding="utf-8").splitlines():
                stacks.append(int(line.split("\t")[-2]))

        reached, waiting = set(), [symbols["program"]]
        while waiting:
            section = waiting.pop()
            if section in sections and section not in reached:
                reached.add(section)
                waiting += refers.get(section, ())
        code = sum(sections[name] for name in reached if name.startswith(".text"))
        result = {name: size for name, size in sizes.items() if name in ("model_bytes", "trainer_bytes")}
        result |= {"code": code, "constants": sum(sections[name] for name in reached) - code}
        result["needs"] = {name for section in reached for name in outside.get(section, ())}
        result["stack"] = max(stacks, default=0)
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--arm", action="store_true")
    options = parser.parse_args()
    targets = {"x86-64": ("", [*shlex.split(options.compiler)]),
               "x86-64, -march=native": ("", [*shlex.split(options.compiler), "-march=native"])}
    if options.arm:
        arms = {"Cortex-M4F": ("arm-none-eabi-", ["-mcpu=cortex-m4", "-mthumb", "-mfpu=fpv4-sp-d16", "-mfloat-abi=hard"]),
                "AArch64": ("aarch64-linux-gnu-", [])}
        targets |= {name: (prefix, [prefix + "g++", *flags]) for name, (prefix, flags) in arms.items() if shutil.which(prefix + "g++")}
    flags = ["-std=c++20", "-fno-exceptions", "-fno-rtti", "-fno-asynchronous-unwind-tables", "-ffunction-sections", "-fdata-sections",
             f"-I{ROOT / 'include'}"]
    with tempfile.TemporaryDirectory() as headers:
        run("sh", str(ROOT / "tests/cross/boost.sh"), headers)
        print_tables(targets, [*flags, f"-isystem{headers}"])


def print_tables(targets, flags):
    for target, (prefix, command) in targets.items():
        print(f"\n| {target}, bytes | answers: -Os | -O2 | stack | trains: -Os | -O2 | stack | constants | parameters | with training's |\n"
              "|---|---|---|---|---|---|---|---|---|---|")
        needs = set()
        for name, layers in NETWORKS.items():
            cells = []
            for source in (ANSWER, TRAIN):
                small, fast = (measure(prefix, [*command, *flags, level], source, layers) for level in ("-Os", "-O2"))
                cells += [small["code"], fast["code"], small["stack"]]
                needs |= small["needs"] | fast["needs"]
            cells += [small["constants"], small["model_bytes"], small["model_bytes"] + small["trainer_bytes"]]
            print(f"| {name} | " + " | ".join(f"{cell:,}" for cell in cells) + " |", flush=True)
        print(f"\nNeeded from elsewhere: {', '.join(sorted(needs - {'_GLOBAL_OFFSET_TABLE_'})) or 'nothing'}.")


if __name__ == "__main__":
    main()
