#!/usr/bin/env python3
"""Checks that programs are rejected with the words they should be, and that their twins are accepted.

    check.py COMPILER INCLUDES FLAGS… -- CASE.cpp

A case is one file. With -DACCEPTED it must compile without a word. Without it, it must fail with exactly one error,
and every `// expect: TEXT` of the file must stand within the first `within` lines of output counted from the error.
Names are compared without spaces and `ctnn::`, since compilers differ in both.
"""
import re
import subprocess
import sys


def squeeze(text):
    return re.sub(r"\s+", "", re.sub(r"ctnn::(?:(?:avx|sse|neon|sve|plain)\w*::)?", "", text))


def run(compiler, flags, source, accepted):
    command = [*compiler, *flags, "-fsyntax-only", *(["-DACCEPTED"] if accepted else []), source]
    return subprocess.run(command, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/local/bin"})


def complaints(compiler, flags, source, within=6):
    """What is wrong with a case, as a list of sentences."""
    found = []
    twin = run(compiler, flags, source, accepted=True)
    if twin.returncode != 0 or twin.stderr:
        found.append("the accepted twin does not compile cleanly:\n" + twin.stderr)
    rejected = run(compiler, flags, source, accepted=False)
    if rejected.returncode == 0:
        return found + ["the program was accepted"]
    lines = rejected.stderr.splitlines()
    errors = [i for i, line in enumerate(lines) if re.search(r"\berror:", line)]
    if len(errors) != 1:
        found.append(f"{len(errors)} errors instead of one:\n{rejected.stderr}")
    with open(source, encoding="utf-8") as file:
        expected = re.findall(r"// expect: (.*)", file.read())
    if not expected:
        found.append("the case expects nothing")
    window = squeeze("".join(lines[errors[0] : errors[0] + within])) if errors else ""
    for text in expected:
        if squeeze(text) not in window:
            found.append(f"“{text}” is missing from the first {within} lines of:\n{rejected.stderr}")
    return found


def main():
    arguments, case = sys.argv[1:-2], sys.argv[-1]
    split = next(i for i, word in enumerate(arguments) if word.startswith("-"))
    found = complaints(arguments[:split], arguments[split:], case)
    if case.endswith("self_test.cpp"):
        # The harness itself: this case breaks every rule, and each breach must be noticed.
        wanted = ["twin does not compile", "errors instead of one", "is missing from"]
        found = [f"the harness did not notice: {text}" for text in wanted if not any(text in words for words in found)]
    for words in found:
        print(f"{case}: {words}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
