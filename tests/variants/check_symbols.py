#!/usr/bin/env python3
"""Looks for functions and data that files compiled in different ways would share: check_symbols.py LIBRARY…

Shared may be what lies in plain ctnn: exceptions, which are caught by their type wherever they are thrown, and shapes.
"""
import re
import subprocess
import sys


def symbols(library):
    """Of ctnn, those defined that may not be shared."""
    text = subprocess.run(["nm", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    # ctnn's names begin with its namespace; a name that only has it among its arguments is xtensor's or the standard library's.
    lines = (line.split() for line in text.splitlines())
    own = {words[-1] for words in lines if len(words) == 3 and re.match(r"_Z(GV|T[VSIT])?N[KVRO]*4ctnn", words[-1])}
    return {name for name in own if not re.match(r"_Z(GV|T[VSIT])?N[KVRO]*4ctnn\d+(\w*Error|Shape|Dimensions)(?=[A-Z])", name)}


def main():
    found = [(library, symbols(library)) for library in sys.argv[1:]]
    failures = []
    for i, (library, own) in enumerate(found):
        if not own:
            failures.append(f"{library} has no symbol of ctnn: its names were not understood")
        for other, theirs in found[:i]:
            failures += [f"{other} and {library} share {name}" for name in sorted(own & theirs)]
    print("\n".join(failures))
    print(", ".join(f"{len(own)} symbols" for _, own in found))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
