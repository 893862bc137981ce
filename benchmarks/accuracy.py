#!/usr/bin/env python3
"""Trains the MNIST and wine examples from several seeds and prints their accuracy on what they have not seen.

    accuracy.py BUILD [--seeds 1 2 3] [--threads 1] [--check]

Each run takes the examples' defaults, five epochs of MNIST among them; each seed splits the wines in another way. --check fails where a mean is below what the project promises.
"""
import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

PROMISED = {"mnist_dense": 0.978, "mnist_conv": 0.990, "wine": 0.970}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    heads = "".join(f" seed {seed} |" for seed in options.seeds)
    print(f"| test accuracy, % |{heads} mean | CPU seconds a run |\n|---|{'---|' * len(options.seeds)}---|---|", flush=True)
    low = []
    for name, promised in PROMISED.items():
        accuracies = []
        start = os.times()
        for seed in options.seeds:
            with tempfile.TemporaryDirectory() as directory:
                command = [options.build / "examples" / name, "--seed", str(seed), "--output", directory]
                if name != "wine":
                    command += ["--threads", str(options.threads)]
                output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
            accuracies.append(float(re.search(r"test accuracy: ([0-9.]+)", output, re.M)[1]))
        end = os.times()
        seconds = (end.children_user + end.children_system - start.children_user - start.children_system) / len(options.seeds)
        mean = statistics.mean(accuracies)
        cells = "".join(f" {100 * accuracy:.2f} |" for accuracy in accuracies)
        print(f"| {name} |{cells} {100 * mean:.2f} | {seconds:.1f} |", flush=True)
        if mean < promised:
            low.append(f"{name}: a mean of {100 * mean:.2f} %, at least {100 * promised:.2f} % is promised")
    print("\n".join(low), end="\n" if low else "")
    return 1 if options.check and low else 0


if __name__ == "__main__":
    sys.exit(main())
