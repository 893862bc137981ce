#!/usr/bin/env python3
"""Prints what compiling costs: seconds of CPU time and megabytes, medians of some runs.

    compile_time.py [--compiler g++] [--runs 5] [--json FILE] [--check SLACK]
    compile_time.py --gate | --renew

The headers alone, the examples, and networks of 1 … 200 pairs of Dense<8, 8> and Tanh that answer one sample and train.
--check fails beyond SLACK times the limits that the project has set itself; 1 is those limits.

--gate does not look at a clock: it looks whether Clang compiles 200 pairs, counts the classes and functions that it instantiates
for fewer and for blocks inside one another, side by side and among layers, and fails where their number has grown by more than
3 % over benchmarks/compile_time_baseline.json, which --renew writes, or faster than the number of blocks. The count is the same on
every run and for every load of the machine. Most of it is of other libraries' templates, as the standard library's, so it is compared
with a baseline of the same versions alone; what ctnn itself instantiates is compared always.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent

DEEP = """#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<Input<8>{layers}>;
using Model = StaticModel<Net>;
using Trainer = decltype(std::declval<Model&>().compile(SGD{{}}, MeanSquaredError{{}}));
Model::Output answer(const Model& model, const Model::Sample& x) {{ return model(x); }}
float step(Trainer& trainer, const float* x, const float* y, std::size_t count) {{
  return trainer.step({{.data = x, .stride = 8}}, {{.data = y, .stride = 8}}, count);
}}
"""

# Blocks: deep inside one another, of two shapes side by side, and one among many layers.
# Each for three numbers of them, of which each is twice the one before.
BLOCKS = {
    "blocks inside one another": (lambda n: ", " + "Sequential<" * n + "Dense<8>, Tanh" + ">, Dense<8>, Tanh" * (n - 1) + ">", (8, 16, 32)),
    "blocks side by side": (lambda n: ", Sequential<Dense<8>, Tanh>, Sequential<Dense<6>, ReLU>" * (n // 2), (16, 32, 64)),
    "layers and a block in their midst": (lambda n: ", Sequential<Dense<8>, Tanh>".join([", Dense<8>, Tanh" * (n // 4)] * 2), (80, 160, 320)),
}

CORE = """#include <ctnn/core.hpp>
using namespace ctnn;
using Net = Sequential<Dense<1, 2>, Tanh, Dense<2, 1>, Tanh>;
int main() {
  StaticModel<Net> model{Seed{1}};
  auto trainer = model.compile(SGD{.learning_rate = 0.3}, MeanSquaredError{});
  std::array<std::array<float, 1>, 200> x{}, y{};
  for (std::size_t i = 0; i < 200; ++i) x[i][0] = static_cast<float>(i) / 199 - 0.5f, y[i][0] = x[i][0] * x[i][0];
  float loss = 0;
  for (int step = 0; step < 6001; ++step) loss = trainer.train_on_batch(x, y);
  return loss < 0.01f ? 0 : 1;
}
"""


def measure(command, runs):
    """Median CPU seconds and peak megabytes of a command."""
    seconds, megabytes = [], []
    for _ in range(runs):
        process = os.spawnvp(os.P_NOWAIT, command[0], command)
        _, status, usage = os.wait4(process, 0)
        if status:
            raise SystemExit("failed: " + shlex.join(command))
        seconds.append(usage.ru_utime + usage.ru_stime)
        megabytes.append(usage.ru_maxrss / 1024)
    return statistics.median(seconds), statistics.median(megabytes), max(seconds) - min(seconds)


COUNTING = ["clang++-19", "-std=c++20", "-O2", "-march=x86-64-v3", "-fsyntax-only"]
BASELINE = ROOT / "benchmarks/compile_time_baseline.json"
GROWTH = 1.03


def versions():
    """What the counts depend on, ctnn apart."""
    macros = {"libstdc++": "__GLIBCXX__", "Boost": "BOOST_VERSION", "xtensor": "XTENSOR_VERSION_MINOR"}
    source = "#include <ctnn/ctnn.hpp>\n#include <boost/version.hpp>\n"
    source += "\n".join(f"ctnn_version {name} {macro}" for name, macro in macros.items())
    text = subprocess.run([*COUNTING[:-1], f"-I{ROOT / 'include'}", "-E", "-P", "-x", "c++", "-"], input=source, capture_output=True,
                          text=True, check=True).stdout
    found = dict(line.split()[1:] for line in text.splitlines() if line.startswith("ctnn_version"))
    clang = subprocess.run([COUNTING[0], "-dumpversion"], capture_output=True, text=True, check=True).stdout.strip()
    return {"Clang": clang, **found}


def hdf5():
    """HDF5's headers may have a directory of their own."""
    for name in ("hdf5-serial", "hdf5"):
        found = subprocess.run(["pkg-config", "--cflags-only-I", name], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split()
    return []


def instantiations(source):
    """The classes and functions that Clang instantiates for a file: all of them, and those of ctnn's templates."""
    with tempfile.TemporaryDirectory() as directory:
        trace = pathlib.Path(directory) / "trace.json"
        tracing = ["-Xclang", f"-ftime-trace={trace}", "-Xclang", "-ftime-trace-granularity=0"]
        subprocess.run([*COUNTING, *hdf5(), f"-I{ROOT / 'include'}", *tracing, str(source)], check=True)
        events = json.loads(trace.read_text(encoding="utf-8"))["traceEvents"]
    names = [event["args"]["detail"] for event in events if event["name"] in ("InstantiateClass", "InstantiateFunction")]
    return {"all": len(names), "ctnn": sum(name.startswith("ctnn::") for name in names)}


def counted_programs(directory):
    """The programs that the gate looks at: name → file."""
    texts = {"ctnn/core.hpp alone": "#include <ctnn/core.hpp>\n", "ctnn/ctnn.hpp alone": "#include <ctnn/ctnn.hpp>\n"}
    # Of 200 pairs Clang goes through some in a thread of its own, where its stack would not last, and those are in no trace.
    texts |= {f"Dense<8, 8> + Tanh, {pairs} times": DEEP.format(layers=", Dense<8, 8>, Tanh" * pairs) for pairs in (1, 10, 50, 100)}
    texts |= {f"{count} {what}": DEEP.format(layers=layers(count)) for what, (layers, counts) in BLOCKS.items() for count in counts}
    programs = {}
    for index, (name, text) in enumerate(texts.items()):
        programs[name] = pathlib.Path(directory) / f"{index}.cpp"
        programs[name].write_text(text, encoding="utf-8")
    examples = ["examples/nonlinear_regression.cpp", "examples/mnist_conv.cpp"]
    return programs | {name: ROOT / name for name in examples}


def gate(renew):
    """Counts, and writes the baseline or compares with it. Returns what has grown too much."""
    used = versions()
    with tempfile.TemporaryDirectory() as directory:
        # Of a longer one the count would not be whole (counted_programs), but it must compile.
        longest = pathlib.Path(directory) / "longest.cpp"
        longest.write_text(DEEP.format(layers=", Dense<8, 8>, Tanh" * 200), encoding="utf-8")
        subprocess.run([*COUNTING, "-w", f"-I{ROOT / 'include'}", str(longest)], check=True)
        # What constant evaluation costs no count shows: a tenth of Clang's limit must do.
        for layers, (*_, count) in BLOCKS.values():
            longest.write_text(DEEP.format(layers=layers(count)), encoding="utf-8")
            subprocess.run([*COUNTING, "-w", "-fconstexpr-steps=100000", f"-I{ROOT / 'include'}", str(longest)], check=True)
        programs = counted_programs(directory)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            counts = dict(zip(programs, pool.map(instantiations, programs.values())))
    if renew:
        BASELINE.write_text(json.dumps({"versions": used, "instantiations": counts}, indent=1) + "\n", encoding="utf-8")
    baseline = json.loads(BASELINE.read_text(encoding="utf-8"))
    same = baseline["versions"] == used
    if not same:
        print(f"The baseline is of {baseline['versions']}, this machine has {used}: only ctnn's own templates are compared.")
    print("| instantiations | all | baseline | ctnn's | baseline |\n|---|---|---|---|---|")
    grown = [f"{name} is not in the baseline, or no longer measured: --renew" for name in counts.keys() ^ baseline["instantiations"].keys()]
    for name in counts.keys() & baseline["instantiations"].keys() if grown else counts:
        now, before = counts[name], baseline["instantiations"][name]
        print(f"| {name} | {now['all']} | {before['all']} | {now['ctnn']} | {before['ctnn']} |")
        for what in ("all", "ctnn") if same else ("ctnn",):
            if now[what] > GROWTH * before[what]:
                grown.append(f"{name}: {now[what]} instantiations ({what}), {100 * (now[what] / before[what] - 1):.1f} % above the baseline's "
                             f"{before[what]}")
    for what, (_, sizes) in BLOCKS.items():
        few, more, most = (counts[f"{count} {what}"]["ctnn"] for count in sizes)
        if most - more > 2 * GROWTH * (more - few):
            grown.append(f"{sizes[1]} → {sizes[2]} {what}: {most - more} more instantiations, where {sizes[0]} → {sizes[1]} needed {more - few}: "
                         "the cost is no longer linear")
    return grown


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--check", type=float, metavar="SLACK")
    parser.add_argument("--json", type=pathlib.Path, help="also write the table here")
    parser.add_argument("--gate", action="store_true", help="compare counts of instantiations with the baseline")
    parser.add_argument("--renew", action="store_true", help="write the baseline")
    options = parser.parse_args()
    if options.gate or options.renew:
        sys.exit("\n".join(gate(options.renew)) or 0)
    flags = [*shlex.split(options.compiler), "-std=c++20", "-O2", "-march=native", "-w", f"-I{ROOT / 'include'}", *hdf5(), "-c", "-o", os.devnull]
    rows = []

    def row(name, source):
        with tempfile.NamedTemporaryFile("w", suffix=".cpp") as file:
            if isinstance(source, str):
                file.write(source)
                file.flush()
            seconds, megabytes, spread = measure([*flags, file.name if isinstance(source, str) else str(source)], options.runs)
        rows.append({"what": name, "seconds": seconds, "spread": spread, "megabytes": megabytes})
        print(f"| {name} | {seconds:.2f} | {spread:.2f} | {megabytes:.0f} |", flush=True)

    print(f"| {options.compiler} -O2 -march=native | s | spread | MB |\n|---|---|---|---|")
    row("ctnn/core.hpp alone", "#include <ctnn/core.hpp>\nint main() {}\n")
    row("ctnn/ctnn.hpp alone", "#include <ctnn/ctnn.hpp>\nint main() {}\n")
    row("core-only program, 1-2-1 tanh, trained", CORE)
    row("examples/nonlinear_regression.cpp", ROOT / "examples/nonlinear_regression.cpp")
    pairs = [1, 10, 50, 100, 200]
    for count in pairs:
        row(f"Dense<8, 8> + Tanh, {count} times", DEEP.format(layers=", Dense<8, 8>, Tanh" * count))
    deep = dict(zip(pairs, rows[-len(pairs) :]))
    each = {f"{a} → {b}": {unit: (deep[b][unit] - deep[a][unit]) / (b - a) for unit in ("seconds", "megabytes")}
            for a, b in zip(pairs, pairs[1:])}
    print("\nEach further pair: " + ", ".join(f"{step}: {1000 * cost['seconds']:.1f} ms and {cost['megabytes']:.2f} MB"
                                              for step, cost in each.items()))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    if options.check:
        limits = {rows[0]["what"]: 0.5, rows[1]["what"]: 2.0, rows[2]["what"]: 1.0, rows[3]["what"]: 4.0}
        beyond = [f"{row['what']}: {row['seconds']:.2f} s, at most {limits[row['what']]}"
                  for row in rows if row["seconds"] > options.check * limits.get(row["what"], 1e9)]
        beyond += [f"a pair of layers, {step}: {1000 * cost['seconds']:.1f} ms, at most 25"
                   for step, cost in each.items() if cost["seconds"] > options.check * 0.025]
        if beyond:
            raise SystemExit("\n".join(beyond))


if __name__ == "__main__":
    main()
