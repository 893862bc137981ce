#!/usr/bin/env python3
"""Builds ctnn and its peers as programs of their own, compares their results, times them interleaved, reports.

    compare.py [--compilers g++ clang++-19] [--python python3 …] [--repetitions 5] [--seconds 0.05] [--tasks REGEX] [--peers REGEX]
               [--output DIRECTORY] [--readme FILE] [--check SLACK]

Results come first: who differs from ctnn in a task is named, and not timed in it; who is not installed is named as well. Then every
repetition goes through all tasks and programs in an order of its own. Times are CPU time, all threads of a program together; medians,
and the spread: the range as a share of the median. The report is printed; --output also writes compare.md, compare.json and
compare.png (by gnuplot) there; --readme puts the report into a file, between its lines <!-- compare --> and <!-- end -->. --check fails where results differ, or ctnn misses a target by more than SLACK times.
"""
import argparse
import atexit
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import programs
import report


class Peer:
    """A running program that speaks peer.hpp's protocol."""

    def __init__(self, label, compiler, command, flags=""):
        self.label, self.compiler, self.flags = label, compiler, flags
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE if compiler is None else None,
                                        text=True)
        # However the comparison ends, nobody stays behind asleep.
        atexit.register(self.process.kill)
        greeting = self.process.stdout.readline()
        if not greeting:
            self.missing = self.process.stderr.read().strip().splitlines()[-1:] if self.process.wait() == programs.MISSING else None
            if self.missing is None:
                sys.exit(f"{label} ended at once: {' '.join(map(str, command))}")
            return
        self.missing = None
        self.about = json.loads(greeting)
        self.process.send_signal(signal.SIGSTOP)

    def ask(self, request):
        """Whoever is not asked sleeps: threads that wait busily for more work would disturb the others."""
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        self.process.send_signal(signal.SIGSTOP)
        if not answer:
            sys.exit(f"{self.label} ended at: {request}")
        return json.loads(answer)

    def end(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.stdin.close()
        self.process.wait()


def compiled_peers(options, directory, skipped):
    """Builds all programs, as many at a time as there are cores, and starts them, ctnn by the first compiler before all others."""
    builds = []
    for index, compiler in enumerate(options.compilers):
        for number, program in enumerate(programs.COMPILED):
            if not re.search(options.peers, program.label) and program.label != "ctnn" or index and not program.every_compiler:
                continue
            target = directory / f"{index}-{number}"
            # Clang does not take libtorch 1.13's headers for C++20.
            builder = compiler if program.every_compiler else shutil.which("g++") or compiler
            commands = programs.commands(program, builder, target)
            if not commands:
                continue
            if not programs.has_header(program, builder):
                skipped.append(f"{program.label}: no header <{program.header}>")
                continue
            commands[0] += ["-Werror"] if options.check else []
            builds.append((program, builder, target, commands))

    def build(program, builder, _, commands):
        print(f"building {program.label} with {builder}", file=sys.stderr)
        for command in commands:
            subprocess.run(command, check=True)

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(build, *zip(*builds)))
    subprocess.run([builds[0][2], "--write", directory], check=True)
    for program, builder, target, _ in builds:
        flags = " ".join(flag for flag in program.flags if flag not in ("-I", programs.INCLUDE))
        yield Peer(program.label, builder if program.every_compiler else None, [target, directory], flags)


def scripts(options, directory, skipped):
    """Starts the Python programs; those of one name are told apart by their version."""
    running = []
    for script in programs.SCRIPTS:
        for python in options.python:
            name = " ".join([script.source, *script.arguments])
            if not re.search(options.peers, name):
                continue
            peer = Peer(name, None, [python, programs.HERE / script.source, directory, *script.arguments])
            if peer.missing is not None:
                skipped.append(f"{name} in {pathlib.Path(python).name}: {' '.join(peer.missing)}")
            else:
                running.append(peer)
    names = collections.Counter(peer.about["name"] for peer in running)
    for peer in running:
        peer.label = peer.about["name"] + (f" {peer.about['version'].split()[0]}" if names[peer.about["name"]] > 1 else "")
    return running


def agrees(mine, theirs, task):
    """Answers to 1e-5. Losses by SGD to a relative 1e-5, where rounding makes 1e-6; by Adam to 5e-4, whose ε not everyone lets choose, and
    whose corrections for the start at zero are computed in float by some, which makes 2e-4."""
    limit = 5e-4 if "Adam" in task else 1e-5
    return len(mine) == len(theirs) and all(abs(a - b) <= limit * (abs(a) if task.startswith("train") else 1) for a, b in zip(mine, theirs))


def compare(options, directory):
    """All that was found, as report.py takes it."""
    skipped, differing, rows = [], [], []
    peers = list(compiled_peers(options, directory, skipped))
    peers += scripts(options, directory, skipped)
    for task in peers[0].about["tasks"]:
        if not re.search(options.tasks, task):
            continue
        mine = peers[0].ask(f"check {task}")["values"]
        for peer in peers:
            if task not in peer.about["tasks"]:
                continue
            # Limits are the machine's, whoever measures them.
            if task.startswith("limit:") and peer is not peers[0]:
                continue
            if agrees(mine, peer.ask(f"check {task}")["values"], task):
                rows.append((task, peer))
            else:
                differing.append(f"{task}: {peer.label} differs from ctnn, so its time would mean nothing")
    if not rows:
        sys.exit(f"no task matches {options.tasks!r}; there are: " + "; ".join(peers[0].about["tasks"]))
    times = collections.defaultdict(list)
    for repetition in range(options.repetitions):
        print(f"repetition {repetition + 1} of {options.repetitions}", file=sys.stderr)
        for task, peer in random.sample(rows, len(rows)):
            times[task, peer].append(peer.ask(f"time {options.seconds} {task}")["ns"])
    for peer in peers:
        peer.end()
    return {
        "machine": report.machine(),
        "compilers": {compiler: programs.version(compiler) for compiler in options.compilers},
        "programs": [{"label": peer.label, "compiler": peer.compiler, "version": peer.about["version"], "flags": peer.flags} for peer in peers],
        "skipped": skipped,
        "differing": differing,
        "networks": peers[0].about["facts"]["networks"],
        "results": [{"task": task, "program": peer.label, "compiler": peer.compiler, "ns": times[task, peer]} for task, peer in rows],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compilers", nargs="+", default=["g++"])
    parser.add_argument("--python", nargs="+", default=[sys.executable], help="interpreters that have PyTorch, Keras or JAX")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.05, help="least CPU time of a measurement")
    parser.add_argument("--tasks", default=".", metavar="REGEX")
    parser.add_argument("--peers", default=".", metavar="REGEX", help="only these beside ctnn")
    parser.add_argument("--output", type=pathlib.Path, metavar="DIRECTORY")
    parser.add_argument("--readme", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--check", type=float, metavar="SLACK")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        found = compare(options, pathlib.Path(directory))
    text = report.markdown(found)
    print(text)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "compare.md").write_text(text + "\n", encoding="utf-8")
        (options.output / "compare.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        report.draw(found, options.output / "compare.png")
    if options.readme:
        before, rest = options.readme.read_text(encoding="utf-8").split("<!-- compare -->")
        options.readme.write_text(f"{before}<!-- compare -->\n{text}\n<!-- end -->{rest.split('<!-- end -->')[1]}", encoding="utf-8")
    wrong = found["differing"] + (report.missed(found, options.check) if options.check else [])
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
