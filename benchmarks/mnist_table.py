#!/usr/bin/env python3
"""Runs the benchmark of MNIST-sized networks and prints its table: ctnn beside other libraries and the machine's peak.

    mnist_table.py PROGRAM [--repetitions 9] [--filter REGEX] [--check]

Repetitions of all rows are interleaved at random. A row has the median rate of samples and its spread (the range as a share of
the median); its ratio to ctnn's rate, below 1 where ctnn is faster; the useful operations a second; and their share of the peak
of multiply-adds that one core reached in the same run. Operations are counted as needed, whatever a library does. The program has
the libraries that were there when it was built: Debian's libeigen3-dev, libopenblas-dev, libtorch-dev.
--check fails where ctnn's share of the peak is below a floor, which leaves room for a busy machine, but not for a lost fast path.
"""
import argparse
import sys

import measurements

PEAK = "FMA peak"
FLOORS = {
    "train 784-128-10, SGD, batch 32": 0.6,
    "train LeNet-5, Adam, batch 32": 0.55,
}


def rate(samples):
    """In thousands, to three digits."""
    return f"{samples / 1000:.{0 if samples >= 1e5 else 1 if samples >= 1e4 else 2}f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--filter", default=".", metavar="REGEX", help="only these rows; the peak is always measured")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    facts, tasks = measurements.measure(options.program, options.repetitions, pattern=f"^{PEAK}|({options.filter})")
    peak = tasks.pop(PEAK)["registers"]
    limit = peak.median("flops")
    print(f"Peak: {limit / 1e9:.0f} GFLOP/s, spread {peak.spread('flops'):.0%}. "
          + "; ".join(f"{name}: {facts[name]}" for name in ("Eigen", "OpenBLAS", "libtorch")) + ".\n")
    print("| | | thousand samples/s | spread | ratio | GFLOP/s | of the peak |\n|---|---|---|---|---|---|---|")
    low = []
    for task, people in tasks.items():
        mine = people["ctnn"].median("samples") if "ctnn" in people else None
        for who, runs in people.items():
            samples, flops = runs.median("samples"), runs.median("flops")
            ratio = f"{samples / mine:.2f}" if mine and who != "ctnn" else ""
            print(f"| {task} | {who} | {rate(samples)} | {runs.spread('samples'):.0%} | {ratio} | {flops / 1e9:.1f} "
                  f"| {flops / limit:.0%} |")
            floor = FLOORS.get(task)
            if options.check and who == "ctnn" and floor and flops < floor * limit:
                low.append(f"{task}: ctnn reaches {flops / limit:.2f} of the peak, at least {floor} is wanted")
    missing = [task for task in FLOORS if "ctnn" not in tasks.get(task, {})]
    if options.check and missing:
        low.append("not measured, so not checked: " + "; ".join(missing))
    if low:
        print("\n" + "\n".join(low))
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
