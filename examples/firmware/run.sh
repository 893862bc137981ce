#!/bin/sh
# Installs what is missing (Debian or Ubuntu), builds the firmware for two microcontrollers, one with floating-point arithmetic and one
# without, and runs it in an emulator: its answers must be to the bit what this machine's compiler computes as constants. Prints what
# the firmware takes of flash, memory and time.
set -eu
cd "$(dirname "$0")/../.."
. tests/packages.sh
need g++ libboost-dev gcc-arm-none-eabi libstdc++-arm-none-eabi-newlib qemu-system-arm
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh tests/cross/boost.sh "$work"
sources=examples/firmware

fail() { echo "firmware: $*"; exit 1; }

g++ -std=c++20 -Iinclude "$sources/expected.cpp" -o "$work/expected"
"$work/expected" >"$work/wanted"

# board NAME MACHINE FLAG…
board() {
  name=$1
  machine=$2
  shift 2
  # No library but the compiler's arithmetic and, for memcpy and memset, C's: what else is asked for does not link.
  arm-none-eabi-g++ "$@" -mthumb -std=c++20 -ffreestanding -fno-exceptions -fno-rtti -Os -ffp-contract=off -ffunction-sections \
    -fdata-sections -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Iinclude -isystem "$work" "$sources/main.cpp" \
    "$sources/board.cpp" -T "$sources/board.ld" -nostartfiles -nodefaultlibs -lc -lgcc -Wl,--gc-sections -o "$work/$name"
  if arm-none-eabi-nm "$work/$name" | grep -E ' (_*(malloc|calloc|realloc|free|sbrk)(_r)?|_Zn[wa].*|_Zd[la].*|__cxa.*|__errno)$'; then
    fail "$name takes memory from the heap, or more than arithmetic from a library"
  fi
  # One nanosecond an instruction.
  timeout 60 qemu-system-arm -machine "$machine" -kernel "$work/$name" -icount shift=0 -nographic -monitor none -serial none \
    -semihosting-config enable=on,target=native >"$work/output" 2>&1 || fail "$name ends with an error: $(cat "$work/output")"
  grep '^answer' "$work/output" | cmp -s - "$work/wanted" || fail "$name answers otherwise than this machine's compiler"
  echo "== $name"
  arm-none-eabi-size "$work/$name" | awk 'NR == 2 { printf "flash, bytes: %d\nmemory but the stack, bytes: %d\n", $1 + $2, $2 + $3 }'
  grep -v '^answer' "$work/output"
}

board Cortex-M4F mps2-an386 -mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard
board Cortex-M0+ microbit -mcpu=cortex-m0plus
