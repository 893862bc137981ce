# need PACKAGE…: installs those Debian packages that are missing, as root or through sudo. Sourced by the run scripts.
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
