#!/bin/sh
# Installs what is missing (Debian or Ubuntu), builds the examples and runs the tutorial's two programs.
set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh
need g++ meson ninja-build pkg-config libboost-dev libxtensor-dev libcli11-dev gnuplot-nox
build=${BUILD:-build}
[ -f "$build/build.ninja" ] || meson setup "$build" -Dtests=disabled -Dbenchmarks=disabled
ninja -C "$build" examples/linear_regression examples/nonlinear_regression
mkdir -p pictures
"$build/examples/linear_regression" --output pictures
"$build/examples/nonlinear_regression" --output pictures
echo "The pictures are in $PWD/pictures"
