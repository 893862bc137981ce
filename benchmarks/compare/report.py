#!/usr/bin/env python3
"""What compare.py found, as tables in Markdown and as a picture. By itself: report.py compare.json [compare.png]"""
import collections
import dataclasses
import json
import math
import pathlib
import re
import statistics
import subprocess
import sys

#: Tables of some tasks each: the tasks are columns.
GROUPS = {
    "Training step, small networks": r"train 1-",
    "Training step, 784-128-10, SGD": r"train 784-128-10, SGD",
    "Training step, 784-128-10, Adam": r"train 784-128-10, Adam",
    "Training step, LeNet-5 and 1024-1024-1024": r"train (LeNet|1024)",
    "One sample, each needing the last one's result": r"sample (1-|16-|64-)",
    "One sample of larger networks": r"sample (128|784|LeNet)",
    "1024 values": r"1024 values",
}

#: What is written for one network, or calls a library for its products alone.
BEST = ("by hand", "plain loops", "Eigen", "Eigen, untuned", "OpenBLAS")
#: The name under which a target is held against the machine itself.
LIMIT = "the machine's limit"
#: task, whose best time it is held against, at most which share of that time ctnn may take, and what it reaches where it misses that,
#: with AVX-512 and with narrower registers (the worst of several runs with AVX2): benchmarks/README.md says why. --check allows some more than the
#: larger of the two.
TARGETS = [
    ("train 1-2-1, SGD, batch 200", BEST, 0.80, 0, 1.14),
    ("train 1-16-16-1, Adam, batch 32", ("Eigen", "Eigen, untuned"), 0.70, 1.10, 1.31),
    ("sample 1-2-1", ("by hand",), 0.85, 0, 0),
    ("sample 16-16-16-16", ("by hand",), 0.85, 1.07, 1.12),
    ("sample 64-64-64", ("by hand",), 0.95, 1.02, 1.02),
    ("train 784-128-10, SGD, batch 32", BEST, 1.0, 0, 1.02),
    ("train 784-128-10, Adam, batch 32", BEST, 1.0, 0, 0),
    ("train 784-128-10, SGD, batch 128", BEST, 1.0, 0, 1.11),
    ("train 784-128-10, Adam, batch 128", BEST, 1.0, 0, 1.04),
    ("train 784-128-10, SGD, batch 32", (LIMIT,), 1 / 0.8, 0, 1.6),
    ("train LeNet-5, Adam, batch 32", (LIMIT,), 1 / 0.73, 0, 1.96),
    ("train LeNet-5, Adam, batch 32", ("libtorch",), 1 / 3.5, 0, 0),
    ("train LeNet-5, Adam, batch 128", ("libtorch",), 1 / 3.5, 0, 0),
    ("train 1024-1024-1024, SGD, batch 128", ("OpenBLAS",), 1 / 0.95, 0, 1.4),
]
#: Values a nanosecond, at least, and of how many times the time for that narrower registers take.
MAP_RATE = 3.0
NARROW_MAPS = {"tanh": 1.36, "exp": 1.89, "sigmoid": 2.48, "log": 3.22}
MAPPED = 1024


class Results:
    """Times by task, program and compiler."""

    def __init__(self, found):
        self.found = found
        self.times = {(row["task"], row["program"], row["compiler"]): row["ns"] for row in found["results"]}
        self.compilers = list(found["compilers"])
        self.tasks = list(dict.fromkeys(row["task"] for row in found["results"]))
        self.rows = [(row["label"], row["compiler"]) for row in found["programs"]]

    def ns(self, task, program, compiler):
        """The median; what only one compiler built counts for all."""
        runs = self.times.get((task, program, compiler)) or self.times.get((task, program, None))
        return statistics.median(runs) if runs else None

    def spread(self, task, program, compiler):
        runs = self.times[task, program, compiler]
        return (max(runs) - min(runs)) / statistics.median(runs)

    def best(self, task, names, compilers):
        """The least time among these programs: (ns, name), or None."""
        found = [(self.ns(task, name, compiler), name) for name in names for compiler in compilers if self.ns(task, name, compiler)]
        return min(found, default=None)


def machine():
    for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "unknown"


def brief(compiler):
    """g++ → GCC, clang++-19 → Clang, with its version's first number."""
    found = re.search(r"(clang version |\) )(\d+)", compiler)
    return ("Clang " if "clang" in compiler else "GCC ") + (found.group(2) if found else "")


def time_text(ns):
    for unit, scale in (("ns", 1), ("µs", 1e3), ("ms", 1e6)):
        if ns < 1000 * scale or unit == "ms":
            digits = 2 if ns < 10 * scale else 1 if ns < 100 * scale else 0
            return f"{ns / scale:.{digits}f} {unit}"


def table(header, rows):
    return "\n".join(["| " + " | ".join(header) + " |", "|---" * len(header) + "|", *("| " + " | ".join(row) + " |" for row in rows)])


def group_table(results, title, pattern):
    """A row a program and compiler, a column a task: median, spread, and how many times ctnn's time that is."""
    tasks = [task for task in results.tasks if re.match(pattern, task)]
    if not tasks:
        return ""
    short = [re.sub(r"^(train|sample|1024 values of) ", "", task) for task in tasks]
    if len({name.split(",")[0] for name in short}) == 1 and len(short) > 1:
        short = [name.split(", ")[-1] for name in short]
    rows = []
    for label, compiler in results.rows:
        cells = []
        for task in tasks:
            if (task, label, compiler) not in results.times:
                cells.append("")
                continue
            ns = results.ns(task, label, compiler)
            mine = results.ns(task, "ctnn", compiler or results.compilers[0])
            ratio = "" if label == "ctnn" else f", ×{ns / mine:.2f}" if ns < 10 * mine else f", ×{ns / mine:.0f}"
            cells.append(f"{time_text(ns)} ± {50 * results.spread(task, label, compiler):.0f} %{ratio}")
        if any(cells):
            rows.append([label + (f" ({brief(results.found['compilers'][compiler])})" if compiler else ""), *cells])
    return f"### {title}\n\n{table(['', *short], rows)}\n"


class Limits:
    """What the machine can do: multiply-adds and tanhs, and loads of a number of bytes again and again."""

    def __init__(self, results):
        compiler = results.compilers[0]
        found = {}
        self.loads = {}
        for task in results.tasks:
            limit = re.match(r"limit: (multiply-adds|loads), \w+ (\d+)", task)
            if limit:
                rate = int(limit.group(2)) / results.ns(task, "ctnn", compiler)
                found[limit.group(1)] = rate
                if limit.group(1) == "loads":
                    self.loads[int(limit.group(2))] = rate
            elif task == "1024 values of tanh":
                found["tanh"] = MAPPED / results.ns(task, "ctnn", compiler)
        self.complete = len(found) == 3
        self.flops, self.tanhs = found.get("multiply-adds"), found.get("tanh")

    def load_rate(self, size):
        """Bytes a nanosecond, as measured for the size that is nearest."""
        return self.loads[min(self.loads, key=lambda measured: abs(math.log(measured / size)))]


def work(task, network):
    """(flops, bytes, tanhs, flops apart from tanh's) that an iteration of a task cannot do without. A training step goes forward, and
    back through inputs and parameters, but nobody needs the gradient of the first inputs. Of bytes: inputs and targets once;
    parameters are read, and in training written, as Adam's two moments are."""
    batch = re.search(r"batch (\d+)", task)
    samples = int(batch.group(1)) if batch else 1
    passes = 1 if not batch else 6 if "Adam" in task else 2
    times = 3 if batch else 1
    flops = samples * (times * network["flops"] - (network["first_flops"] if batch else 0))
    size = 4 * (samples * (network["inputs"] + network["outputs"]) + passes * network["parameters"])
    return flops, size, samples * network["tanhs"], flops - samples * times * network["tanh_flops"]


@dataclasses.dataclass
class Bound:
    """The least time that the machine needs for a task, what bounds it, and what it does."""

    ns: float
    by: str
    flops: int
    size: int
    tanhs: int


def bound(results, peak, task):
    """Tanhs and multiply-adds come from the same units, one after the other; loads run beside. None for what is no network's task."""
    named = re.match(r"(?:train|sample) ([^,]+)", task)
    if not named:
        return None
    flops, size, tanhs, products = work(task, results.found["networks"][named.group(1)])
    times = {"multiply-adds": products / peak.flops, "tanh": tanhs / peak.tanhs, "loads": size / peak.load_rate(size)}
    arithmetic = times["multiply-adds"] + times["tanh"]
    by = "loads" if times["loads"] > arithmetic else max(("multiply-adds", "tanh"), key=times.get)
    return Bound(max(arithmetic, times["loads"]), by, flops, size, tanhs)


def roofline(results):
    """Shares of what the machine allows."""
    peak = Limits(results)
    if not peak.complete:
        return ""
    rows = []
    for task in results.tasks:
        least = bound(results, peak, task)
        if not least:
            continue
        others = results.best(task, [label for label, _ in results.rows if not label.startswith("ctnn")], results.compilers)
        rows.append([task, f"{least.flops:,}", f"{least.size:,}", f"{least.tanhs:,}", time_text(least.ns), least.by,
                     *(f"{least.ns / results.ns(task, 'ctnn', compiler):.0%}" for compiler in results.compilers),
                     f"{least.ns / others[0]:.0%}, {others[1]}" if others else ""])
    header = ["task", "flops", "bytes", "tanhs", "limit", "by", *(brief(name) for name in results.found["compilers"].values()), "best of others"]
    loads = ", ".join(f"{rate:.0f} of {size >> 10:,} KB" for size, rate in peak.loads.items())
    rates = f"One core: {peak.flops:.0f} GFLOP/s in multiply-adds, {peak.tanhs:.1f} tanhs/ns; loads in GB/s: {loads}."
    return f"### Share of the machine's limits\n\n{rates}\n\n{table(header, rows)}\n"


def targets(results):
    """(task, against, wanted, allowed before slack, {compiler: measured}); shares of the other's time, or for values of functions of the time wanted."""
    peak = Limits(results)
    narrow = "AVX-512" not in results.found["programs"][0]["version"]
    for task, names, wanted, reached, narrow_reached in TARGETS:
        shares = {}
        for compiler in results.compilers:
            best = results.best(task, names, results.compilers)
            if names == (LIMIT,) and peak.complete:
                best = (bound(results, peak, task).ns, LIMIT)
            if best and results.ns(task, "ctnn", compiler):
                shares[compiler] = (results.ns(task, "ctnn", compiler) / best[0], best[1])
        if shares:
            against = " / ".join(dict.fromkeys(name for _, name in shares.values()))
            yield task, against, wanted, max(wanted, narrow_reached if narrow else reached), {key: share for key, (share, _) in shares.items()}
    for task in results.tasks:
        if task.startswith("1024 values"):
            least = MAPPED / MAP_RATE
            yield task, f"{MAP_RATE:g} a nanosecond", 1.0, NARROW_MAPS[task.split()[-1]] if narrow else 1.0, {compiler: results.ns(task, "ctnn", compiler) / least for compiler in results.compilers}


def targets_table(results):
    rows = [[task, against, f"{wanted:.2f}", *(f"{shares[compiler]:.2f}" + (" (missed)" if shares[compiler] > wanted else "")
                                               for compiler in results.compilers)]
            for task, against, wanted, _, shares in targets(results)]
    if not rows:
        return ""
    header = ["ctnn's time, of", "the time of", "wanted, at most", *(brief(name) for name in results.found["compilers"].values())]
    return f"### Targets\n\n{table(header, rows)}\n"


def missed(found, slack):
    """Sentences on targets that are missed, or fallen back from what was reached, by more than `slack` times."""
    results = Results(found)
    return [f"{task}: ctnn with {compiler} takes {share:.2f} of {against}, at most {wanted:.2f} is wanted and {slack * allowed:.2f} allowed"
            for task, against, wanted, allowed, shares in targets(results) for compiler, share in shares.items() if share > slack * allowed]


def markdown(found):
    results = Results(found)
    about = [f"{found['machine']}; " + "; ".join(found["compilers"].values()) + "."]
    about += [f"- {row['label']}" + (f" ({brief(found['compilers'][row['compiler']])})" if row["compiler"] else "") + f": {row['version']}"
              + (f", `{row['flags']}`" if row["flags"] else "") for row in found["programs"]]
    about += [f"- not here, {line}" for line in found["skipped"]]
    about += [f"- {line}" for line in found["differing"]]
    parts = [targets_table(results), *(group_table(results, title, pattern) for title, pattern in GROUPS.items()), roofline(results)]
    return "\n".join(filter(None, ["\n".join(about) + "\n", *parts])).rstrip()


def draw(found, path):
    """A panel a task, in it a bar a program, on a logarithmic scale of time."""
    results = Results(found)
    tasks = [task for task in results.tasks if re.match(r"train|sample", task)]
    if not tasks:
        return
    columns = 3
    lines = -(-len(tasks) // columns)
    height = 70 + 17 * max(collections.Counter(row["task"] for row in found["results"])[task] for task in tasks)
    script = [f"set terminal pngcairo size {620 * columns},{height * lines} font 'sans,9'", f"set output '{path}'",
              f"set multiplot layout {lines},{columns}", "set logscale x", "set style fill solid 0.9 noborder", "set grid xtics mxtics", "unset key",
              "set format x '%.0s %cs'", "set lmargin 26", "set rmargin 9", "set border 1", "set tics nomirror", "unset ytics"]
    for task in tasks:
        bars = {}
        for label, compiler in results.rows:
            if (task, label, compiler) in results.times:
                name = label + (f" ({brief(found['compilers'][compiler])})" if compiler and len(results.compilers) > 1 else "")
                bars[name] = results.ns(task, label, compiler)
        ordered = sorted(bars.items(), key=lambda bar: -bar[1])
        least = min(bars.values()) / 2
        labels = ", ".join(f'"{name}" {index}' for index, (name, _) in enumerate(ordered))
        script += [f"set title '{task}'", f"set ytics ({labels}) nomirror scale 0", f"set yrange [-0.6:{len(ordered) - 0.4}]",
                   f"set xrange [{least * 1e-9}:{max(bars.values()) * 2.5e-9}]", "$bars << END"]
        for index, (name, ns) in enumerate(ordered):
            color = 0xC03020 if name.startswith("ctnn") else 0x6080A0
            script.append(f'{least * 1e-9} {ns * 1e-9} {index} {color} "{time_text(ns)}"')
        script += ["END", "plot $bars using 1:3:1:2:($3-0.4):($3+0.4):4 with boxxyerror linecolor rgb variable, "
                   "$bars using 2:3:5 with labels left offset 0.5,0"]
    script.append("unset multiplot")
    try:
        subprocess.run(["gnuplot"], input="\n".join(script) + "\n", text=True, check=True)
    except FileNotFoundError:
        print("gnuplot is not installed: no picture", file=sys.stderr)


if __name__ == "__main__":
    content = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(markdown(content))
    if len(sys.argv) > 2:
        draw(content, sys.argv[2])
