#!/bin/sh
# Installs what is missing (Debian or Ubuntu), builds the examples and runs the tutorial's three programs, then a convolutional network
# that reads a picture, and a network that tells wines apart by a table.
set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh
need g++ meson ninja-build pkg-config libboost-dev libxtensor-dev libcli11-dev gnuplot-nox zlib1g-dev libhdf5-dev libpng-dev
build=${BUILD:-build}
again=
[ ! -f "$build/build.ninja" ] || again=--reconfigure
meson setup "$build" $again -Dtests=disabled -Dbenchmarks=disabled -Dexamples=enabled
ninja -C "$build"
mkdir -p pictures
for program in linear_regression nonlinear_regression wine mnist_dense mnist_conv; do
  echo "== $program"
  "$build/examples/$program" --output pictures
done
echo "== classify_digit"
"$build/examples/classify_digit" --weights pictures/mnist_conv.weights.h5 examples/data/three.png
echo "The pictures are in $PWD/pictures"
