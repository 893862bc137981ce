"""What the peers written in Python share: the twin of peer.hpp, whose protocol this is. A peer without its library ends with status 77
and a sentence."""
import functools
import json
import os
import pathlib
import sys
import time

MISSING = 77

# Libraries may print what they like, to the errors: the results have the output for themselves.
_results = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"


def end_missing(library):
    print(f"{library} is not installed", file=sys.stderr)
    sys.exit(MISSING)


try:
    import numpy as np
except ImportError:
    end_missing("NumPy")

#: What stands behind a network's layers, and whether behind the last one, too.
ACTIVATIONS = {
    "1-1": ("tanh", False),
    "1-2-1": ("tanh", True),
    "1-8-8-1": ("tanh", False),
    "1-16-16-1": ("tanh", False),
    "16-16-16-16": ("relu", True),
    "64-64-64": ("tanh", True),
    "128-128-128": ("relu", True),
    "784-128-10": ("relu", False),
    "1024-1024-1024": ("relu", True),
}
LENET = [(5, 5, 1, 6), (6,), (5, 5, 6, 16), (16,), (400, 120), (120,), (120, 84), (84,), (84, 10), (10,)]
CLASSES = 10


class Data:
    """A network's parameters in Keras's shapes, inputs and targets."""

    def __init__(self, directory, name):
        directory = pathlib.Path(directory)
        constants = json.loads((directory / "networks.json").read_text(encoding="utf-8"))
        self.name, self.adam = name, constants["adam"]
        self.__dict__.update(constants["networks"][name])
        self.is_lenet = name == "LeNet-5"
        sizes = [] if self.is_lenet else [int(size) for size in name.split("-")]
        self.shapes = LENET if self.is_lenet else [shape for pair in zip(sizes, sizes[1:]) for shape in (pair, pair[1:])]
        self.activation, self.last_activation = ("relu", False) if self.is_lenet else ACTIVATIONS[name]
        flat = np.fromfile(directory / f"{name}.parameters", np.float32)
        ends = np.cumsum([int(np.prod(shape)) for shape in self.shapes])
        self.parameters = [part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), self.shapes)]
        x = np.fromfile(directory / f"{'digits' if self.classifies else name}.x", np.float32)
        self.x = x.reshape((-1, 28, 28, 1) if self.is_lenet else (-1, self.inputs))
        self.y = (np.fromfile(directory / "digits.labels", np.uint8) if self.classifies
                  else np.fromfile(directory / f"{name}.y", np.float32).reshape(-1, self.outputs))

    def batches(self, size, checking):
        """As Batches of peer.hpp."""
        if checking:
            starts = range(0, self.samples // size * size, size)
            return [(self.x[i : i + size], self.y[i : i + size]) for i in starts]
        if not self.classifies:
            return [(self.x[:size], self.y[:size])]
        parts = range(0, max(64, size) // size * size, size)
        return [(self.x[i : i + size], (self.y[i : i + size] + turn) % CLASSES) for turn in range(CLASSES) for i in parts]


class Peer:
    """A program's tasks, and its answers."""

    def __init__(self, name, version):
        self.name, self.version, self.tasks = name, version, {}
        self.directory = sys.argv[1]
        self.data = functools.lru_cache(maxsize=None)(lambda network: Data(self.directory, network))
        self.running = {}

    def train(self, network, method, size, start):
        """start(data, method, checking) gives (step, prepare): step(x, y) takes a step and returns the batch's loss before it, with what
        prepare(x, y) made of the batch before time is taken."""
        def check():
            data = self.data(network)
            step, prepare = start(data, method, True)
            batches = [prepare(x, y) for x, y in data.batches(size, True)]
            return [float(step(*batches[i % len(batches)])) for i in range(data.checked_steps)]

        def begin():
            data = self.data(network)
            step, prepare = start(data, method, False)
            batches = [prepare(x, y) for x, y in data.batches(size, False)]
            turn = 0

            def next_step():
                nonlocal turn
                step(*batches[turn])
                turn = (turn + 1) % len(batches)

            return next_step

        self.tasks[f"train {network}, {method.upper() if method == 'sgd' else 'Adam'}, batch {size}"] = (check, begin)

    def answer(self, network, start):
        """start(data) gives a function from one sample (1, …) to its answer, NumPy's arrays both."""

        def sample(data):
            return data.x[:1].copy()

        def check():
            data = self.data(network)
            return [float(value) for value in np.ravel(start(data)(sample(data)))]

        def begin():
            data = self.data(network)
            function, x = start(data), sample(data)

            def next_answer():
                y = function(x)
                if data.inputs == data.outputs:
                    x[...] = y
                else:
                    x.flat[0] = y.flat[0]

            return next_answer

        self.tasks[f"sample {network}"] = (check, begin)

    def all_tasks(self, start_training, start_answer):
        """All that there is to compare."""
        self.train("1-1", "sgd", 100, start_training)
        self.train("1-2-1", "sgd", 200, start_training)
        self.train("1-16-16-1", "adam", 32, start_training)
        for size in (1, 32, 128):
            self.train("784-128-10", "sgd", size, start_training)
            self.train("784-128-10", "adam", size, start_training)
            self.train("LeNet-5", "adam", size, start_training)
        self.train("1024-1024-1024", "sgd", 128, start_training)
        for network in ("1-2-1", "1-8-8-1", "16-16-16-16", "64-64-64", "128-128-128", "784-128-10", "LeNet-5"):
            self.answer(network, start_answer)

    def time(self, seconds, task):
        # What was compiled for a task is kept, for that takes longer than all repetitions.
        if task not in self.running:
            self.running[task] = self.tasks[task][1]()
            self.running[task]()
        function, iterations = self.running[task], 1
        while True:
            start = time.process_time()
            for _ in range(iterations):
                function()
            taken = time.process_time() - start
            if taken >= seconds:
                return {"ns": taken * 1e9 / iterations, "iterations": iterations}
            iterations *= 2

    def serve(self):
        def say(what):
            print(json.dumps(what), file=_results, flush=True)

        say({"name": self.name, "version": self.version, "facts": {}, "tasks": list(self.tasks)})
        for line in sys.stdin:
            verb, _, rest = line.strip().partition(" ")
            if verb == "time":
                seconds, _, task = rest.partition(" ")
                say(self.time(float(seconds), task))
            else:
                say({"values": self.tasks[rest][0]()})
