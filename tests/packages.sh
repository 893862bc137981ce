# Of Debian, for the scripts that source this.
#
# need PACKAGE…: installs those Debian packages that are missing, as root or through sudo.
need() {
  missing=
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
  done
  [ -n "$missing" ] || return 0
  root=
  [ "$(id -u)" = 0 ] || root=sudo
  $root apt-get update
  # shellcheck disable=SC2086
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing
}

# Puts Debian's ccache in front of the compilers, by their own names; called where include/ is. What was included stands in the files that
# ninja asks the compiler for, so that no source is preprocessed twice; but not what a precompiled header is made from, so all of ctnn's
# headers count for every object.
use_ccache() {
  CCACHE_EXTRAFILES=$(find "$PWD/include" -name '*.hpp' | LC_ALL=C sort | tr '\n' ':' | sed 's/:$//')
  export CCACHE_EXTRAFILES
  PATH=/usr/lib/ccache:$PATH
  CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime CCACHE_DEPEND=1 CCACHE_MAXSIZE=5G
  export PATH CCACHE_SLOPPINESS CCACHE_DEPEND CCACHE_MAXSIZE
}
