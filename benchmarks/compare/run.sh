#!/bin/sh
# Installs the peers (Debian or Ubuntu; Python's, some 6 GB of them, where its package index is reached) and compares ctnn with all that
# are there. Writes compare.md, compare.json and compare.png into benchmarks/results; arguments go to compare.py.
set -eu
cd "$(dirname "$0")/../.."
. tests/packages.sh
need g++ libboost-dev libxtensor-dev python3-venv gnuplot-nox libeigen3-dev libopenblas-dev libdlib-dev libfann-dev libtorch-dev python3-torch
environment=${ENVIRONMENT:-build-peers}
if [ ! -f "$environment/complete" ]; then
  if python3 -m venv "$environment" && "$environment/bin/pip" install --quiet -r benchmarks/compare/requirements.txt; then
    touch "$environment/complete"
  else
    echo "Python's packages could not be installed: only Debian's are compared." >&2
  fi
fi
compilers=g++
if command -v clang++-19 >/dev/null; then compilers="g++ clang++-19"; fi
pythons=/usr/bin/python3
[ ! -f "$environment/complete" ] || pythons="$pythons $environment/bin/python"
# shellcheck disable=SC2086
exec python3 benchmarks/compare/compare.py --compilers $compilers --python $pythons --output benchmarks/results --readme benchmarks/README.md "$@"
