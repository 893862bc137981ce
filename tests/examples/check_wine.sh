#!/bin/sh
# Trains the network of the wine example, as a user would, and asks it about the wines.
#   check_wine.sh WINE WINE_ANSWER
set -eu
wine=$(realpath "$1")
answer=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
name=wine
. "$(dirname "$0")/common.sh"

"$wine" --output "$work/first" >"$work/text"
for picture in history confusion; do drawn "$work/first/wine_$picture"; done
grep -q '^epochs: [0-9]*, test accuracy: [01]' "$work/text" || fail "no accuracy in: $(cat "$work/text")"
# Means over seeds are benchmarks/accuracy.py's; one split may miss some wines.
sed -n 's/.*test accuracy: \([0-9.]*\),.*/\1/p' "$work/text" | awk '{ exit !($1 >= 0.9) }' || fail "too few right: $(cat "$work/text")"

# What was saved says of nearly all wines what the table says, which holds what the numbers are normalized by.
"$answer" --weights "$work/first/wine.weights.h5" >"$work/answers"
[ "$(wc -l <"$work/answers")" = 178 ] || fail "not every wine was answered"
# 59 of the first cultivar, 71 of the second, 48 of the third.
awk '{ wanted = NR <= 59 ? 1 : NR <= 130 ? 2 : 3; sub(",", "", $4); right += $4 == wanted } END { exit !(right >= 170) }' "$work/answers" ||
  fail "the saved network does not know the wines"

# The same seed gives the same numbers, without gnuplot as well.
mkdir "$work/empty"
PATH="$work/empty" "$wine" --output "$work/again" >"$work/bare" || fail "without gnuplot it failed"
grep -q 'apt-get install' "$work/bare" || fail "without gnuplot it does not say what to install"
cmp -s "$work/first/wine.weights.h5" "$work/again/wine.weights.h5" || fail "the same seed gave other weights"

refused "$wine" --epochs 0
refused "$wine" --learning-rate nan
printf 'cultivar,alcohol\n1,14.2\n2,much\n' >"$work/wrong.csv"
if "$wine" --data "$work/wrong.csv" --output "$work/again" 2>"$work/error"; then fail "a text among numbers was accepted"; fi
grep -q 'wrong.csv.*much' "$work/error" || fail "the text among the numbers is not named: $(cat "$work/error")"
if "$answer" --weights "$work/none.h5" 2>"$work/error"; then fail "weights that are not there were accepted"; fi
grep -q 'none.h5' "$work/error" || fail "the missing weights are not named: $(cat "$work/error")"
