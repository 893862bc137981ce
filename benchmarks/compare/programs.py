"""Who takes part in the comparison: how each program is built or started, and what it needs to be there."""
import dataclasses
import pathlib
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
INCLUDE = str(HERE.parent.parent / "include")
WARNINGS = ["-Wall", "-Wextra", "-Wconversion", "-Wshadow"]
FAST_MATH = ["-O3", "-march=native", "-ffast-math"]
MISSING = 77


@dataclasses.dataclass(frozen=True)
class Compiled:
    """A program of one C++ file."""

    label: str
    source: str
    flags: list
    #: A header without which there is nothing to build, and what else the libraries need.
    header: str = "cstddef"
    libraries: list = dataclasses.field(default_factory=list)
    #: Flags of one compiler alone, by the word that its --version begins with.
    own_flags: dict = dataclasses.field(default_factory=dict)
    #: Whether the compiler has a part in the speed. A finished library's program is built by the first compiler alone.
    every_compiler: bool = True
    #: Whether to build it at all with a compiler that has no own_flags for it.
    own_flags_only: bool = False


@dataclasses.dataclass(frozen=True)
class Script:
    """A Python program, once for every interpreter that has what it imports."""

    source: str
    arguments: list


CTNN = ["-I", INCLUDE, "-O2"]
EIGEN = {"header": "Eigen/Core", "libraries": ["-isystem", "/usr/include/eigen3"]}
COMPILED = [
    Compiled("ctnn", "ctnn.cpp", [*CTNN, "-march=native"]),
    Compiled("ctnn, AVX2", "ctnn.cpp", [*CTNN, "-march=haswell", "-mtune=native"]),
    Compiled("ctnn, SSE2", "ctnn.cpp", [*CTNN, "-march=x86-64", "-mtune=native"]),
    Compiled("by hand", "hand_written.cpp", [*CTNN, "-march=native"]),
    Compiled("by hand, ctnn's tanh", "hand_written.cpp", [*CTNN, "-march=native", "-DCTNN_TANH"]),
    Compiled("plain loops", "plain_loops.cpp", FAST_MATH),
    Compiled("Eigen", "eigen.cpp", FAST_MATH, **EIGEN),
    # GCC 12 tunes for Zen by what costs Eigen a fifth of its speed.
    Compiled("Eigen, untuned", "eigen.cpp", FAST_MATH, **EIGEN, own_flags={"g++": ["-mtune=generic"]}, own_flags_only=True),
    Compiled("OpenBLAS", "openblas.cpp", FAST_MATH, header="cblas.h", libraries=["-lopenblas"]),
    Compiled("libtorch", "libtorch.cpp", ["-O3", "-march=native"], header="torch/torch.h", every_compiler=False,
             libraries=["-isystem", "/usr/include/torch/csrc/api/include", "-ltorch", "-ltorch_cpu", "-lc10"]),
    Compiled("dlib", "dlib.cpp", ["-O3", "-march=native"], header="dlib/dnn.h", every_compiler=False, libraries=["-ldlib"]),
    Compiled("FANN", "fann.cpp", ["-O3", "-march=native"], header="floatfann.h", every_compiler=False, libraries=["-lfloatfann"]),
]
SCRIPTS = [
    Script("pytorch.py", ["eager"]),
    Script("pytorch.py", ["compile"]),
    Script("jax_peer.py", []),
    *(Script("keras_peer.py", [back_end]) for back_end in ("tensorflow", "jax", "torch")),
]


def version(compiler):
    """The first line that the compiler says of itself."""
    return subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]


def commands(program, compiler, target):
    """What compiles and links the program, or None if this compiler is not meant to."""
    own = next((flags for name, flags in program.own_flags.items() if version(compiler).startswith(name)), None)
    if program.own_flags_only and own is None:
        return None
    headers = [flag for flag in program.libraries if not flag.startswith("-l")]
    libraries = [flag for flag in program.libraries if flag.startswith("-l")]
    compiled = f"{target}.o"
    # -ffast-math is the linker's matter as well.
    return [[compiler, "-std=c++20", *program.flags, *(own or []), *WARNINGS, *headers, "-c", str(HERE / program.source), "-o", compiled],
            [compiler, *program.flags, compiled, "-o", str(target), *libraries]]


def has_header(program, compiler):
    include = [flag for flag in program.libraries if not flag.startswith("-l")]
    return subprocess.run([compiler, "-std=c++20", "-E", "-x", "c++", "-", *include], input=f"#include <{program.header}>\n", text=True,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
