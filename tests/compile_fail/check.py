#!/usr/bin/env python3
"""Checks that programs are rejected with the words they should be, and that their twins are accepted.

    check.py COMPILER INCLUDES FLAGS… -- CASE.cpp…

A file holds one mistake, or several, each behind a line `// mistake: NAME`. With -DACCEPTED it must compile without a word.
Without it, it must fail with exactly one error for each mistake, and every `// expect: TEXT` of a mistake must stand within
the first `within` lines of output counted from an error of its own. Names are compared without spaces and `ctnn::`, since
compilers differ in both.

Several files are compiled as one program, each in a namespace of its own, since the headers are most of the work. Where anything
is then amiss, each is looked at alone, which is what counts.
"""
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from joined import joined, namespace  # noqa: E402


def squeeze(text, sources=()):
    """Without spaces and the namespaces that are not the user's."""
    own = "".join(f"|{namespace(source)}::" for source in sources)
    return re.sub(r"\s+", "", re.sub(rf"ctnn::(?:(?:avx|sse|neon|sve|plain)\w*::)?{own}", "", text))


def run(compiler, flags, sources, accepted):
    command = [*compiler, *flags, "-fsyntax-only", *(["-DACCEPTED"] if accepted else [])]
    text = None
    if len(sources) == 1:
        command += sources
    else:
        # A main in a namespace is a function like any other, and returns nothing by itself.
        command += ["-Wno-return-type", "-ferror-limit=0" if "clang" in "".join(compiler) else "-fmax-errors=0", "-x", "c++", "-"]
        text = joined(sources)
    return subprocess.run(command, input=text, capture_output=True, text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/local/bin"})


def mistakes_of(source):
    """The mistakes of a file, each as its name and the texts that must be said of it."""
    parts = re.split(r"^// mistake: ", pathlib.Path(source).read_text(encoding="utf-8"), flags=re.MULTILINE)
    # What stands before the first of several is the file's own.
    named = parts[1:] or [f"{source}\n{parts[0]}"]
    return [(part.splitlines()[0], [squeeze(text) for text in re.findall(r"// expect: (.*)", part)]) for part in named]


def matched(mistakes, windows):
    """Which window is whose: as many mistakes as can be have one that says all they expect, and no two have the same."""
    owner = {}

    def find(mistake, seen):
        for place, window in enumerate(windows):
            if place not in seen and all(text in window for text in mistakes[mistake][1]):
                seen.add(place)
                if place not in owner or find(owner[place], seen):
                    owner[place] = mistake
                    return True
        return False

    for mistake in range(len(mistakes)):
        find(mistake, set())
    return set(owner.values())


def complaints(compiler, flags, sources, within=6):
    """What is wrong with cases that are compiled together, as a list of sentences."""
    found = []
    twin = run(compiler, flags, sources, accepted=True)
    if twin.returncode != 0 or twin.stderr:
        found.append("the accepted twin does not compile cleanly:\n" + twin.stderr)
    rejected = run(compiler, flags, sources, accepted=False)
    if rejected.returncode == 0:
        return found + ["the program was accepted"]
    lines = rejected.stderr.splitlines()
    errors = [i for i, line in enumerate(lines) if re.search(r"\berror:", line)]
    mistakes = [mistake for source in sources for mistake in mistakes_of(source)]
    if len(errors) != len(mistakes):
        found.append(f"{len(errors)} errors instead of {'one' if len(mistakes) == 1 else len(mistakes)}:\n{rejected.stderr}")
    windows = [squeeze("".join(lines[error : min(error + within, end)]), sources) for error, end in zip(errors, [*errors[1:], len(lines)])]
    said = matched(mistakes, windows)
    for place, (name, expected) in enumerate(mistakes):
        if not expected:
            found.append(f"{name}: the case expects nothing")
        elif place not in said:
            found.append(f"{name}: {expected} is missing from the first {within} lines of an error of its own in:\n{rejected.stderr}")
    return found


def main():
    split = sys.argv.index("--")
    arguments, cases = sys.argv[1:split], sys.argv[split + 1 :]
    flags = next(i for i, word in enumerate(arguments) if word.startswith("-"))
    compiler, flags = arguments[:flags], arguments[flags:]
    own = [case for case in cases if case.endswith("self_test.cpp")]
    cases = [case for case in cases if case not in own]
    found = {}
    if len(cases) == 1 or (cases and complaints(compiler, flags, cases)):
        found = {case: complaints(compiler, flags, [case]) for case in cases}
    for case in own:
        # The harness itself: this case breaks every rule, and each breach must be noticed.
        wanted = ["twin does not compile", "errors instead of one", "is missing from"]
        noticed = complaints(compiler, flags, [case])
        found[case] = [f"the harness did not notice: {text}" for text in wanted if not any(text in words for words in noticed)]
    for case, complaints_of_case in found.items():
        for words in complaints_of_case:
            print(f"{case}: {words}")
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
