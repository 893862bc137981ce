#!/bin/sh
# Fuzzes the readers of untrusted files under AddressSanitizer and UndefinedBehaviorSanitizer.
#   run.sh [SECONDS]
# Each fuzzer runs for that long, or else for a fixed number of inputs. CXX must be Clang. What it finds is left in
# build-fuzz/NAME/.
set -eu
cd "$(dirname "$0")/../.."
. tests/packages.sh
need clang-19 libclang-rt-19-dev pkg-config python3 libboost-dev libxtensor-dev zlib1g-dev libpng-dev
compiler=${CXX:-clang++-19}
budget=-runs=200000
[ $# = 0 ] || budget=-max_total_time=$1
work=build-fuzz
mkdir -p "$work"
python3 tests/fuzz/make_seeds.py "$work/seeds"
fuzz() {
  name=$1
  # shellcheck disable=SC2046
  "$compiler" -std=c++20 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -Iinclude "tests/fuzz/$name.cpp" \
    -o "$work/fuzz_$name" $(pkg-config --cflags --libs zlib libpng xtensor)
  mkdir -p "$work/$name"
  # Memory beyond what the largest picture needs would be one that a header has been believed for.
  "$work/fuzz_$name" "$work/$name" "$work/seeds/$name" "$budget" -max_len=4096 -timeout=5 -rss_limit_mb=1024 -malloc_limit_mb=128 \
    -artifact_prefix="$work/$name/" -print_final_stats=1 2>"$work/$name.log" || { tail -n 60 "$work/$name.log"; exit 1; }
  echo "-- $name"
  grep -E 'number_of_executed_units|peak_rss' "$work/$name.log"
}
{ fuzz idx; fuzz csv; } &
fuzz image
fuzz npy
wait $!
