#!/bin/sh
# Installs what is missing (Debian or Ubuntu), builds everything with warnings as errors and passes the tests.
# CXX chooses the compiler, BUILD the build directory; further arguments go to meson setup.
set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh
need g++ meson ninja-build pkg-config python3 binutils libboost-dev libxtensor-dev libcli11-dev doctest-dev gnuplot-nox cmake \
  zlib1g-dev libhdf5-dev libpng-dev
build=${BUILD:-build-tests}
again=
[ ! -f "$build/build.ninja" ] || again=--reconfigure
meson setup "$build" $again -Dtests=enabled -Dexamples=enabled -Dbenchmarks=disabled -Dwerror=true "$@"
ninja -C "$build"
meson test -C "$build" --print-errorlogs
