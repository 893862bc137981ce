#!/usr/bin/env python3
"""Checks that programs are rejected with the words they should be, and that their twins are accepted.

    check.py COMPILER INCLUDES FLAGS… -- CASE.cpp

A file holds one mistake, or several, each behind a line `// mistake: NAME`. With -DACCEPTED it must compile without a word.
Without it, it must fail with exactly one error for each mistake, and every `// expect: TEXT` of a mistake must stand within
the first `within` lines of output counted from an error of its own. Names are compared without spaces and `ctnn::`, since
compilers differ in both.
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
    with open(source, encoding="utf-8") as file:
        mistakes = re.split(r"^// mistake: ", file.read(), flags=re.MULTILINE)
    # What stands before the first of several is the file's own.
    mistakes = mistakes[1:] or mistakes
    if len(errors) != len(mistakes):
        found.append(f"{len(errors)} errors instead of {'one' if len(mistakes) == 1 else len(mistakes)}:\n{rejected.stderr}")
    ends = [*errors[1:], len(lines)]
    windows = [squeeze("".join(lines[error : min(error + within, end)])) for error, end in zip(errors, ends)]
    for mistake in mistakes:
        name = mistake.splitlines()[0] + ": " if len(mistakes) > 1 else ""
        expected = [squeeze(text) for text in re.findall(r"// expect: (.*)", mistake)]
        if not expected:
            found.append(f"{name}the case expects nothing")
        # The window that has most of it is the mistake's own, and no other's.
        own = max(windows, key=lambda window: sum(text in window for text in expected), default="")
        for text in expected:
            if text not in own:
                found.append(f"{name}“{text}” is missing from the first {within} lines of its error in:\n{rejected.stderr}")
        if own:
            windows.remove(own)
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
