#!/bin/sh
# README's two commands on other releases of Debian, each from nothing: in a chroot that it makes and removes, from a clean copy of HEAD.
# Needs root or sudo, and installs nothing here but debootstrap.
#   platforms.sh [RELEASE…]   Debian 13 and unstable, where none is named; its last lines are a table
#   platforms.sh --quick      with unstable's newest GCC alone: core.hpp, README's program and the refused programs
# MIRROR chooses where packages come from, if not from where debootstrap takes them by itself; TMPDIR where the chroots are: some 3 GB each.
set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh
need debootstrap git
if [ "$(id -u)" != 0 ]; then exec sudo --preserve-env=MIRROR,TMPDIR sh tests/platforms.sh "$@"; fi
work=$(mktemp -d)

remove() {
  for proc in "$work"/*/proc; do
    if mountpoint -q "$proc"; then umount "$proc"; fi
  done
  rm -rf --one-file-system "$work"
}
trap remove EXIT
trap 'exit 1' INT TERM

# make RELEASE: its smallest system in $work/RELEASE, with a copy of HEAD in /ctnn.
make() {
  debootstrap --variant=minbase "$1" "$work/$1" ${MIRROR:+"$MIRROR"} >"$work/$1.log" 2>&1 || { tail -n 20 "$work/$1.log"; return 1; }
  mount -t proc proc "$work/$1/proc"
  # A mirror may lag behind the days for which unstable's list of packages is signed.
  echo 'Acquire::Check-Valid-Until "false";' >"$work/$1/etc/apt/apt.conf.d/90lag"
  # What is thrown away need not reach the disk.
  echo force-unsafe-io >"$work/$1/etc/dpkg/dpkg.cfg.d/unsafe"
  mkdir "$work/$1/ctnn"
  git -c safe.directory="$PWD" archive HEAD | tar -x -C "$work/$1/ctnn"
}

# inside RELEASE COMMAND: in its copy of the project, as on a newcomer's machine.
inside() {
  chroot "$work/$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 sh -c "cd /ctnn && $2"
}

if [ "${1:-}" = --quick ]; then
  make sid
  inside sid '
    set -e
    . tests/packages.sh
    apt-get update -q
    newest=$(apt-cache --names-only search "^g[+][+]-[0-9]+$" | sed -n "s/^g++-\([0-9]*\) .*/\1/p" | sort -n | tail -n 1)
    need "g++-$newest" python3 libboost-dev libxtensor-dev' >"$work/sid.log" 2>&1 || { tail -n 20 "$work/sid.log"; exit 1; }
  inside sid '
    set -e
    compiler=$(ls /usr/bin/g++-[0-9]* | sort -V | tail -n 1)
    "$compiler" --version | head -n 1
    "$compiler" -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only -Iinclude "-DCTNN_CORE=<ctnn/core.hpp>" \
      tests/core/program.cpp
    "$compiler" -std=c++20 -O2 -Wall -Wextra -Werror -Iinclude tests/readme/program.cpp -o program
    ./program
    # As tests/compile_fail/meson.build has them: what core.hpp rejects alone, several mistakes a file, and the others.
    core=$(grep -L "ctnn/ctnn.hpp" tests/compile_fail/*.cpp | grep -v several_)
    several=$(ls tests/compile_fail/several_*.cpp)
    for cases in "$core" "$several" "$(ls tests/compile_fail/*.cpp | grep -vxF "$core
$several")"; do
      python3 tests/compile_fail/check.py "$compiler" -std=c++20 -Iinclude -- $cases
    done
    echo "$(ls tests/compile_fail/*.cpp | wc -l) programs were refused as they should be"'
  exit
fi

[ $# -gt 0 ] || set -- trixie sid
table='release  compiler  xtensor   examples  tests   passed'
status=0
for release in "$@"; do
  echo "== $release"
  make "$release"
  start=$(date +%s)
  failed=
  inside "$release" 'sh examples/run.sh' >"$work/$release.log" 2>&1 || failed=' (the examples failed)'
  middle=$(date +%s)
  [ -n "$failed" ] || inside "$release" 'sh tests/run.sh' >>"$work/$release.log" 2>&1 || failed=' (the tests failed)'
  end=$(date +%s)
  ok=$(sed -n 's/^Ok: *//p' "$work/$release/ctnn/build-tests/meson-logs/testlog.txt" 2>/dev/null || true)
  if [ -n "$failed" ]; then
    status=1
    tail -n 60 "$work/$release.log"
  fi
  compiler=$(inside "$release" 'g++ -dumpfullversion' || true)
  xtensor=$(inside "$release" 'dpkg-query -W -f "\${Version}" libxtensor-dev' || true)
  table="$table
$(printf '%-8s %-9s %-9s %6s s %6s s  %s' "$release" "GCC $compiler" "$xtensor" $((middle - start)) $((end - middle)) "${ok:-0}$failed")"
  umount "$work/$release/proc"
  rm -rf --one-file-system "${work:?}/$release"
done
echo "$table"
exit $status
