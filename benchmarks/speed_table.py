#!/usr/bin/env python3
"""Runs the speed benchmark and prints its table: ctnn beside hand-written code, with the ratio.

    speed_table.py PROGRAM [--repetitions 9] [--check RATIO]

Repetitions of all rows are interleaved at random; medians are printed, with the spread of ctnn's as a share of its median.
--check fails where ctnn takes more than RATIO times the best that is hand-written.
"""
import argparse
import collections
import json
import statistics
import subprocess
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--check", type=float, metavar="RATIO")
    options = parser.parse_args()
    command = [options.program, "--benchmark_format=json", f"--benchmark_repetitions={options.repetitions}",
               "--benchmark_enable_random_interleaving=true", "--benchmark_min_time=0.05"]
    output = json.loads(subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout)
    times = collections.defaultdict(lambda: collections.defaultdict(list))
    for run in output["benchmarks"]:
        if run["run_type"] == "iteration":
            task, who = run["run_name"].split("/", 1)
            times[task][who].append(run["cpu_time"])
    slow = []
    print("| ns | ctnn | spread | other | ns | ratio |\n|---|---|---|---|---|---|")
    for task, people in times.items():
        ours = people.pop("ctnn")
        mine = statistics.median(ours)
        for who, runs in people.items():
            other = statistics.median(runs)
            spread = (max(ours) - min(ours)) / mine
            print(f"| {task} | {mine:.1f} | {spread:.0%} | {who} | {other:.1f} | {mine / other:.2f} |")
        best = min(statistics.median(runs) for runs in people.values())
        if options.check and mine > options.check * best:
            slow.append(f"{task}: ctnn takes {mine:.1f} ns, the best hand-written code {best:.1f} ns")
    print("\n".join(slow))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
