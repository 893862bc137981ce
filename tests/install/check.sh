#!/bin/sh
# Builds and runs README's program in every way in which a project gets ctnn: installed, by pkg-config and by CMake's find_package; as
# a directory of a CMake project; as a subproject of meson.
#   check.sh SOURCE_ROOT COMPILER…
set -eu
source=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
CXX="$*"
# There is ninja where meson is; make need not be.
CMAKE_GENERATOR=Ninja
export CXX CMAKE_GENERATOR

# What ctnn would be warned of, were its headers not system headers; nothing in the program is.
warnings='-Wall -Wextra -Wfloat-equal -Werror'

# A copy of the project beside README's program, so that no relative path leads back to the source tree.
copy() {
  cp -r "$source/tests/install/$1" "$work/$2"
  cp "$source/tests/readme/program.cpp" "$work/$2/"
}

install_by_meson() {
  meson setup "$work/build" "$source" --prefix "$work/meson-prefix" -Dtests=disabled -Dexamples=disabled -Dbenchmarks=disabled
  meson install -C "$work/build" --quiet
  PKG_CONFIG_PATH=$work/meson-prefix/share/pkgconfig:${PKG_CONFIG_PATH:-}
  export PKG_CONFIG_PATH
}

pkg_config() {
  copy meson pkg_config
  install_by_meson
  # shellcheck disable=SC2046,SC2086
  $CXX -std=c++20 -MD -MF "$work/pkg_config/headers" $warnings $(pkg-config --cflags --libs ctnn) "$work/pkg_config/program.cpp" \
    -o "$work/pkg_config/program"
  "$work/pkg_config/program"
  grep -qF "$work/meson-prefix/include/ctnn" "$work/pkg_config/headers"
  if grep -F "$source/include" "$work/pkg_config/headers"; then echo "the program used the source tree's headers"; return 1; fi
  # Its CMake files are the same as those that cmake installs, but for the version, which each has read.
  version=$(pkg-config --modversion ctnn)
  grep -qF "set(PACKAGE_VERSION \"$version\")" "$work/meson-prefix/share/cmake/ctnn/ctnn-config-version.cmake"
  printf 'cmake_minimum_required(VERSION 3.24)\nproject(found LANGUAGES CXX)\nfind_package(ctnn %s EXACT REQUIRED COMPONENTS core)\n' \
    "$version" >"$work/pkg_config/CMakeLists.txt"
  cmake -S "$work/pkg_config" -B "$work/pkg_config/build" -DCMAKE_PREFIX_PATH="$work/meson-prefix"
}

cmake_project() {
  copy cmake "$1"
  way=$1
  shift
  cmake -S "$work/$way" -B "$work/$way/build" -DCMAKE_CXX_FLAGS="$warnings" "$@"
  cmake --build "$work/$way/build"
  "$work/$way/build/program"
}

find_package() {
  cmake -S "$source" -B "$work/cmake-build" -DCMAKE_INSTALL_PREFIX="$work/cmake-prefix"
  cmake --install "$work/cmake-build"
  version=$(sed -n 's/^#define CTNN_VERSION_[A-Z]* //p' "$source/include/ctnn/version.hpp" | paste -sd .)
  cmake_project find_package -DCMAKE_PREFIX_PATH="$work/cmake-prefix" -DCTNN_VERSION="$version"
}

add_subdirectory() {
  cmake_project add_subdirectory -DCTNN_SOURCE="$source"
}

meson_subproject() {
  copy meson meson_subproject
  mkdir "$work/meson_subproject/subprojects"
  ln -s "$source" "$work/meson_subproject/subprojects/ctnn"
  meson setup "$work/meson_subproject/build" "$work/meson_subproject" -Dcpp_args="$warnings" -Ddebug=false
  ninja -C "$work/meson_subproject/build"
  "$work/meson_subproject/build/program"
}

# Each says what it did in a file of its own, and leaves another one at its end; two go on at a time.
run() { for way in "$@"; do (set -e; "$way"; : >"$work/$way.passed") >"$work/$way.log" 2>&1; done; }
set +e
run pkg_config meson_subproject &
run find_package add_subdirectory
wait
status=0
numbers=
for way in pkg_config find_package add_subdirectory meson_subproject; do
  line=$(grep '^loss: ' "$work/$way.log")
  if [ ! -e "$work/$way.passed" ] || [ "$line" != "${numbers:=$line}" ]; then
    echo "== $way failed:"
    cat "$work/$way.log"
    status=1
  else
    echo "$way: $line"
  fi
done
exit $status
