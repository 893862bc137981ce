# What the checks of the examples share. Sourced with $name, the program's, and $work, a directory of the check's own.

fail() { echo "$name: $*"; exit 1; }

# drawn PICTURE: PICTURE.png and PICTURE.svg are whole.
drawn() {
  head -c 8 "$1.png" | od -An -tx1 | tr -d ' \n' | grep -q '^89504e470d0a1a0a$' || fail "no PNG was written: $1"
  grep -q '</svg>' "$1.svg" || fail "no SVG was written: $1"
}

# refused PROGRAM OPTION VALUE [ARGUMENT…]: the program fails, and names the option in one line.
refused() {
  if "$@" >/dev/null 2>"$work/error"; then fail "$2 $3 was accepted"; fi
  grep -q -- "$2" "$work/error" || fail "$2 $3 is not named in: $(cat "$work/error")"
  [ "$(wc -l <"$work/error")" = 1 ] || fail "$2 $3 gives more than one line: $(cat "$work/error")"
}
