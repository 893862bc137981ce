"""Runs a Google Benchmark program whose benchmarks are named TASK/WHO; what the table scripts share."""
import collections
import json
import statistics
import subprocess


class Measurement:
    """The repetitions of one benchmark."""

    def __init__(self):
        self.runs = []

    def median(self, key="cpu_time"):
        return statistics.median(run[key] for run in self.runs)

    def spread(self, key="cpu_time"):
        """The range as a share of the median."""
        values = [run[key] for run in self.runs]
        return (max(values) - min(values)) / statistics.median(values)


def measure(program, repetitions, min_time=0.05, pattern="."):
    """Runs all benchmarks that match, their repetitions interleaved at random. Returns the program's own facts about
    itself, and {task: {who: Measurement}} in the program's order."""
    command = [program, "--benchmark_format=json", f"--benchmark_repetitions={repetitions}", f"--benchmark_filter={pattern}",
               "--benchmark_enable_random_interleaving=true", f"--benchmark_min_time={min_time}"]
    output = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    tasks = collections.defaultdict(lambda: collections.defaultdict(Measurement))
    for run in sorted(output["benchmarks"], key=lambda run: run["family_index"]):
        if run["run_type"] == "iteration":
            task, who = run["run_name"].split("/")[:2]
            tasks[task][who].runs.append(run)
    return output["context"], tasks
