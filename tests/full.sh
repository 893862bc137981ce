#!/bin/bash
# What .ci/run leaves out for its time, run before a larger piece of work is called done: every test optimized with both compilers and
# for every kind of register, the sweeps over all floats, long fuzzing, all of NEON, speed beside OpenBLAS, the examples as a sanitizer
# sees them, and README's two commands on other releases of Debian. It takes some two hours of two slow cores.
set -euo pipefail
cd "$(dirname "$0")/.."

. tests/packages.sh
need git ccache clang-19 clang-tidy-19 libclang-rt-19-dev libomp-19-dev libeigen3-dev libopenblas-dev g++-aarch64-linux-gnu qemu-user debootstrap
use_ccache

start=$SECONDS
step() { echo; echo "== $* ($((SECONDS - start)) s)"; }
setup() { meson setup "$@" -Dtests=enabled -Dexamples=disabled -Dbenchmarks=enabled -Dwerror=true -Doptimize_tests=true; }

for compiler in g++ clang++-19; do
  step "every test optimized: $compiler"
  CXX=$compiler BUILD=build-full-$compiler sh tests/run.sh -Doptimize_tests=true -Dbenchmarks=enabled
done

step "AddressSanitizer and UndefinedBehaviorSanitizer: this machine's registers, and the examples"
CXX=clang++-19 meson setup build-full-sanitized -Dtests=enabled -Dexamples=enabled -Dbenchmarks=disabled -Dwerror=true \
  -Dbuildtype=debug -Doptimization=0 -Ddebug=false -Db_sanitize=address,undefined -Db_lundef=false -Dcpp_args=-fno-sanitize-recover=all \
  -Doptimize_tests=true
ninja -C build-full-sanitized
meson test -C build-full-sanitized --no-rebuild --print-errorlogs kernels lanes unit allocation
meson test -C build-full-sanitized --no-rebuild --print-errorlogs --suite examples --timeout-multiplier 10

step "elementary functions of every float"
# Two at a time, each half of the functions.
CTNN_EVERY_FLOAT=1 build-full-clang++-19/tests/every_float_test --test-case='tanh,exp' &
half=$!
CTNN_EVERY_FLOAT=1 build-full-clang++-19/tests/every_float_test --test-case-exclude='tanh,exp'
wait $half

for march in x86-64 x86-64-v3 x86-64-v4; do
  step "registers of $march"
  CXX=g++ setup "build-full-$march" -Dnative=false -Dcpp_args=-march=$march
  ninja -C "build-full-$march" tests/kernel_tests tests/lane_tests tests/allocation_test
  # Not every machine can run the widest.
  case $march in
  *v3) grep -q avx2 /proc/cpuinfo || continue ;;
  *v4) grep -q avx512vl /proc/cpuinfo || continue ;;
  esac
  meson test -C "build-full-$march" --no-rebuild --print-errorlogs kernels lanes allocation
done

step "NEON: AArch64's registers, emulated"
meson setup build-full-aarch64 --cross-file tests/cross/aarch64.txt -Dnative=false -Dtests=enabled -Dexamples=disabled -Dbenchmarks=disabled \
  -Dwerror=true -Doptimize_tests=true
ninja -C build-full-aarch64 tests/kernel_tests tests/lane_tests tests/allocation_test tests/every_float_test
meson test -C build-full-aarch64 --no-rebuild --print-errorlogs kernels lanes allocation 'every float'

step "clang-tidy: the example that .ci/run leaves out"
clang-tidy-19 --quiet --warnings-as-errors='*' examples/custom_layer.cpp -- -std=c++20 -Iinclude

step "fuzzing the readers of data files"
sh tests/fuzz/run.sh 300

step "results and speed beside hand-written code, Eigen and OpenBLAS"
python3 benchmarks/compare/compare.py --compilers g++ clang++-19 --peers '^(by hand$|Eigen|OpenBLAS)' --repetitions 5 --check 1.4

step "Debian 13 and unstable"
sh tests/platforms.sh
