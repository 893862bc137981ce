#!/usr/bin/env python3
"""Joins files into one, for a compiler that then reads their headers and makes what they share once.

    joined.py TARGET.cpp SOURCE.cpp…

Each stands in a namespace of its own, behind the headers of all, and its lines keep their file's names and numbers.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^#include (?:"([^"\n]+)"|<.*>)\n', flags=re.MULTILINE)


def namespace(source):
    return "in_" + pathlib.Path(source).stem


def joined(sources):
    """The text of the joint file."""
    headers, parts = set(), []
    for source in sources:
        text = pathlib.Path(source).read_text(encoding="utf-8")
        for include in INCLUDE.finditer(text):
            headers.add(f'#include "{(pathlib.Path(source).parent / include[1]).resolve()}"\n' if include[1] else include[0])
        parts.append(f'namespace {namespace(source)} {{\n#line 1 "{source}"\n{INCLUDE.sub(chr(10), text)}}}\n')
    return "".join([*sorted(headers), *parts])


if __name__ == "__main__":
    pathlib.Path(sys.argv[1]).write_text(joined(sys.argv[2:]), encoding="utf-8")
