#!/usr/bin/env python3
"""Prints core.hpp with all of ctnn that it includes as one file, for Compiler Explorer and others who take one header.

    join.py [INCLUDE_DIRECTORY] >core.hpp

Each header of ctnn stands where it is first included, in the same order as for the compiler. Other people's are still included.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'\s*#\s*include\s*(?:"([^"]+)"|(<[^>]+>))')


def join(header, joined):
    """The lines of a header and of what it includes, each of which `joined` then holds."""
    joined.add(header)
    depth = 0
    for line in header.read_text(encoding="utf-8").splitlines():
        depth += bool(re.match(r"\s*#\s*if", line)) - bool(re.match(r"\s*#\s*endif", line))
        match = INCLUDE.match(line)
        if line == "#pragma once" or (match and match[2] in joined):
            continue
        path = match and match[1] and (header.parent / match[1]).resolve()
        # What is no file is a sentence for the reader of the compiler's errors.
        if path and path.exists():
            if depth:
                sys.exit(f"{header}: a condition stands around #include \"{match[1]}\", which may be included elsewhere as well")
            if path not in joined:
                yield from join(path, joined)
            continue
        if match and match[2] and not depth:
            joined.add(match[2])
        yield line


def main():
    include = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2] / "include"
    print("// ctnn/core.hpp as one file, made by ctnn's tests/core/join.py. It needs the headers of Boost.\n#pragma once")
    for line in join((include / "ctnn/core.hpp").resolve(), set()):
        print(line)


if __name__ == "__main__":
    main()
