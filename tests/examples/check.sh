#!/bin/sh
# Runs a regression as a user would: its pictures are written, its options work or are refused by name.
#   check.sh PROGRAM NAME
set -eu
program=$1
name=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
. "$(dirname "$0")/common.sh"

"$program" --output "$work/a" >"$work/first"
drawn "$work/a/$name"
grep -q '^cost: ' "$work/first" && grep -q '^w: ' "$work/first" || fail "the cost or the weights were not printed"
"$program" --output "$work/b" | sed "s|$work/b|$work/a|" | cmp -s - "$work/first" || fail "the same seed gave another output"
"$program" --seed 3 --steps 10 --learning-rate 0.2 --output "$work/c" >"$work/other"
cmp -s "$work/other" "$work/first" && fail "the options changed nothing"
"$program" --help | grep -q -- --learning-rate || fail "--help does not name the options"
for bad in '--learning-rate 0' '--learning-rate nan' '--steps 0' '--steps x' '--seed -1' '--seed 010' '--steps 0x10' '--unknown 1'; do
  refused "$program" "${bad% *}" "${bad#* }"
done
# Without gnuplot it still trains, and says what to install.
mkdir "$work/empty"
PATH="$work/empty" "$program" --output "$work/d" >"$work/bare" || fail "without gnuplot it failed"
grep -q 'apt-get install' "$work/bare" && grep -q '^w: ' "$work/bare" || fail "without gnuplot it does not say what to install"
# A gnuplot that is there and fails is not called missing, and no picture is left.
mkdir "$work/broken"
printf '#!/bin/sh\nexit 1\n' >"$work/broken/gnuplot"
chmod +x "$work/broken/gnuplot"
PATH="$work/broken:$PATH" "$program" --output "$work/e" >"$work/bare" 2>"$work/error" && fail "with a gnuplot that fails it succeeded"
grep -q 'gnuplot failed with exit status 1' "$work/error" && grep -q '^w: ' "$work/bare" || fail "it does not say that gnuplot failed"
grep -q 'install' "$work/bare" "$work/error" && fail "it says that a gnuplot that fails is missing"
[ -z "$(ls -A "$work/e")" ] || fail "a gnuplot that fails leaves files"
