#!/usr/bin/env python3
"""Keeps README.md's code the code that is compiled.

    check.py ROOT [--write]

In README.md a line `<!-- from PATH -->` stands before each code block. The block must equal the part of PATH between
the lines `// [readme]` and `// [/readme]`, or the whole file where it has none. --write copies the files' parts in.
"""
import pathlib
import re
import sys


def part(path):
    text = path.read_text(encoding="utf-8")
    match = re.search(r"^ *// \[readme\]\n(.*?)^ *// \[/readme\]\n", text, re.S | re.M)
    return match[1] if match else text


def main():
    root = pathlib.Path(sys.argv[1])
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    pattern = re.compile(r"<!-- from (\S+) -->\n```(\w*)\n(.*?)```\n", re.S)
    if "--write" in sys.argv:
        readme.write_text(pattern.sub(lambda m: f"<!-- from {m[1]} -->\n```{m[2]}\n{part(root / m[1])}```\n", text), encoding="utf-8")
        return 0
    failures = [m[1] for m in pattern.finditer(text) if m[3] != part(root / m[1])]
    for name in failures:
        print(f"README.md: the block from {name} differs from the file")
    blocks = len(re.findall(r"^```cpp", text, re.M))
    marked = len(re.findall(r"<!-- from \S+ -->\n```cpp", text))
    if blocks != marked or not blocks:
        failures.append("")
        print(f"README.md: {blocks} C++ blocks, {marked} of them from a file")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
