#!/usr/bin/env python3
"""Runs the speed benchmark and prints its table: ctnn beside hand-written code, with the ratio.

    speed_table.py PROGRAM [--repetitions 9] [--check RATIO]

Repetitions of all rows are interleaved at random; medians are printed, with the spread of ctnn's as a share of its median.
--check fails where ctnn takes more than RATIO times the best that is hand-written.
"""
import argparse
import sys

import measurements


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--check", type=float, metavar="RATIO")
    options = parser.parse_args()
    _, tasks = measurements.measure(options.program, options.repetitions)
    slow = []
    print("| ns | ctnn | spread | other | ns | ratio |\n|---|---|---|---|---|---|")
    for task, people in tasks.items():
        ours = people.pop("ctnn")
        mine = ours.median()
        for who, theirs in people.items():
            other = theirs.median()
            print(f"| {task} | {mine:.1f} | {ours.spread():.0%} | {who} | {other:.1f} | {mine / other:.2f} |")
        best = min(theirs.median() for theirs in people.values())
        if options.check and mine > options.check * best:
            slow.append(f"{task}: ctnn takes {mine:.1f} ns, the best hand-written code {best:.1f} ns")
    print("\n".join(slow))
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
