#!/bin/sh
# Installs the project into a temporary prefix and builds a program outside it through pkg-config alone.
#   check.sh SOURCE_ROOT COMPILER…
set -eu
source=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
meson setup "$work/build" "$source" --prefix "$work/prefix" -Dtests=disabled -Dexamples=disabled -Dbenchmarks=disabled >"$work/log" 2>&1 ||
  { cat "$work/log"; exit 1; }
meson install -C "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
config=$(find "$work/prefix" -name ctnn.pc)
PKG_CONFIG_PATH=$(dirname "$config"):${PKG_CONFIG_PATH:-}
export PKG_CONFIG_PATH
# Copied away, so that no relative path leads back to the source tree.
cp "$source/tests/install/outside/main.cpp" "$work/"
# shellcheck disable=SC2046
"$@" -std=c++20 -O2 $(pkg-config --cflags --libs ctnn) "$work/main.cpp" -o "$work/outside"
case $("$@" -std=c++20 -M $(pkg-config --cflags ctnn) "$work/main.cpp") in
*"$source/include"*) echo "the program used the source tree's headers"; exit 1 ;;
esac
"$work/outside"
