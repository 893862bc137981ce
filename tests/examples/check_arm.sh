#!/bin/sh
# Moves the arm, as a user would: it learns, its pictures are drawn, and its controller asks for no memory.
#   check_arm.sh ARM CONTROLLER
set -eu
arm=$(realpath "$1")
controller=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=arm
. "$(dirname "$0")/common.sh"

# errors FILE: the three path errors.
errors() { sed -n 's/^path error, mm: \([0-9.e-]*\) before learning, \([0-9.e-]*\) in the last lap, \([0-9.e-]*\) when .*/\1 \2 \3/p' "$1"; }

"$arm" --rate 0 --output "$work/first" >"$work/text"
drawn "$work/first/arm"
errors "$work/text" | awk '{ found = NF == 3 && $1 > 1 && $2 < $1 / 5 && $3 < $1 / 2 } END { exit !found }' ||
  fail "it did not learn: $(cat "$work/text")"
for what in answer step; do
  sed -n "s/^$what, ns: p50 \([0-9]*\), p99.9 \([0-9]*\), max \([0-9]*\)\$/\1 \2 \3/p" "$work/text" |
    awk '{ found = $1 > 0 && $1 <= $2 && $2 <= $3 } END { exit !found }' || fail "no times of the ${what}s in: $(cat "$work/text")"
done

# What it learns hangs on the ticks alone: waiting changes nothing, nor does a missing gnuplot.
"$arm" --rate 0 --seconds 1 --output "$work/second" >"$work/unpaced"
mkdir "$work/empty"
start=$(date +%s%N)
PATH="$work/empty" "$arm" --seconds 1 --output "$work/second" >"$work/paced" || fail "without gnuplot it failed"
[ $(($(date +%s%N) - start)) -ge 999000000 ] || fail "a second at 1 kHz took less"
grep -q 'apt-get install' "$work/paced" || fail "without gnuplot it does not say what to install"
[ "$(errors "$work/paced")" = "$(errors "$work/unpaced")" ] || fail "at 1 kHz it learned otherwise: $(cat "$work/paced" "$work/unpaced")"

# Neither heap nor exceptions are linked to what answers and learns.
nm -u "$controller" >"$work/symbols"
[ -s "$work/symbols" ] || fail "the controller's symbols cannot be read"
if grep -E ' (malloc|calloc|realloc|free|_Zn[wa].*|_Zd[la].*|__cxa_.*|_ZSt.*throw.*)$' "$work/symbols"; then fail "the controller takes memory or throws"; fi

refused "$arm" --seconds 0
refused "$arm" --seconds 601
refused "$arm" --rate -1
refused "$arm" --rate 10001
