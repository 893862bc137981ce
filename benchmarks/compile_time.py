#!/usr/bin/env python3
"""Prints what compiling costs: seconds of CPU time and megabytes, medians of some runs.

    compile_time.py [--compiler g++] [--runs 5] [--json FILE] [--check SLACK]

The headers alone, the examples, and networks of 1 … 100 pairs of Dense<8, 8> and Tanh that answer one sample and train.
--check fails beyond SLACK times the limits that the project has set itself; 1 is those limits.
"""
import argparse
import json
import os
import pathlib
import shlex
import statistics
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


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--check", type=float, metavar="SLACK")
    parser.add_argument("--json", type=pathlib.Path, help="also write the table here")
    options = parser.parse_args()
    flags = [*shlex.split(options.compiler), "-std=c++20", "-O2", "-march=native", f"-I{ROOT / 'include'}", "-c", "-o", os.devnull]
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
    pairs = [1, 10, 25, 50, 100]
    for count in pairs:
        row(f"Dense<8, 8> + Tanh, {count} times", DEEP.format(layers=", Dense<8, 8>, Tanh" * count))
    deep = {count: entry["seconds"] for count, entry in zip(pairs, rows[-len(pairs) :])}
    each = {f"{a} → {b}": 1000 * (deep[b] - deep[a]) / (b - a) for a, b in zip(pairs, pairs[1:])}
    print("\nEach further pair, ms: " + ", ".join(f"{step}: {cost:.1f}" for step, cost in each.items()))
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    if options.check:
        limits = {rows[2]["what"]: 1.0, rows[3]["what"]: 4.0}
        beyond = [f"{row['what']}: {row['seconds']:.2f} s, at most {limits[row['what']]}"
                  for row in rows if row["seconds"] > options.check * limits.get(row["what"], 1e9)]
        beyond += [f"a pair of layers, {step}: {cost:.1f} ms, at most 40" for step, cost in each.items() if cost > options.check * 40]
        if beyond:
            raise SystemExit("\n".join(beyond))


if __name__ == "__main__":
    main()
