#!/usr/bin/env python3
"""Builds ctnn and its peers as programs of their own, compares their results, times them interleaved, prints a table.

    compare.py [--compiler g++] [--repetitions 5] [--seconds 0.05] [--tasks REGEX]

Results come first: who differs from ctnn in a task is named, and not timed in it. Then every repetition goes through all tasks
and peers in an order of its own. Medians, and the spread: the range as a share of the median.
"""
import argparse
import collections
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
FLAGS = ["-std=c++20", "-O2", "-march=native", "-I", str(HERE.parent.parent / "include")]
PEERS = ["ctnn", "hand_written"]


class Peer:
    """A running program that speaks peer.hpp's protocol."""

    def __init__(self, program, data):
        self.process = subprocess.Popen([program, data], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.about = json.loads(self.process.stdout.readline())

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"{self.about['name']} ended at: {request}")
        return json.loads(answer)


def agrees(mine, theirs, task):
    """Losses to a relative 1e-4: a forgotten bias makes 2e-4, rounding some 1e-6. Answers to 1e-5."""
    relative = task.startswith("train")
    return len(mine) == len(theirs) and all(abs(a - b) <= (1e-4 * abs(a) if relative else 1e-5) for a, b in zip(mine, theirs))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.05)
    parser.add_argument("--tasks", default=".", metavar="REGEX")
    options = parser.parse_args()
    differing = []
    with tempfile.TemporaryDirectory() as directory:
        programs = {}
        for name in PEERS:
            programs[name] = f"{directory}/{name}"
            subprocess.run([options.compiler, *FLAGS, str(HERE / f"{name}.cpp"), "-o", programs[name]], check=True)
        subprocess.run([programs["ctnn"], "--write", directory], check=True)
        peers = [Peer(program, directory) for program in programs.values()]
        for peer in peers:
            print(f"{peer.about['name']}: {peer.about['version']}")
        rows = []
        for task in peers[0].about["tasks"]:
            if re.search(options.tasks, task):
                mine = peers[0].ask(f"check {task}")["values"]
                for peer in peers:
                    if task not in peer.about["tasks"]:
                        continue
                    if agrees(mine, peer.ask(f"check {task}")["values"], task):
                        rows.append((task, peer))
                    else:
                        differing.append(f"{task}: {peer.about['name']} differs from ctnn, so its time would mean nothing")
        if not rows:
            sys.exit(f"no task matches {options.tasks!r}; there are: " + "; ".join(peers[0].about["tasks"]))
        times = collections.defaultdict(list)
        for _ in range(options.repetitions):
            for task, peer in random.sample(rows, len(rows)):
                times[task, peer.about["name"]].append(peer.ask(f"time {options.seconds} {task}")["ns"])
        print("\n| task | who | ns | spread | ctnn's time, of it |\n|---|---|---|---|---|")
        for task, peer in rows:
            runs = times[task, peer.about["name"]]
            ns = statistics.median(runs)
            ratio = "" if peer is peers[0] else f"{statistics.median(times[task, 'ctnn']) / ns:.2f}"
            print(f"| {task} | {peer.about['name']} | {ns:.4g} | {(max(runs) - min(runs)) / ns:.0%} | {ratio} |")
        for peer in peers:
            peer.process.stdin.close()
            peer.process.wait()
    print("\n".join(differing))
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
