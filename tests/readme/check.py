#!/usr/bin/env python3
"""Keeps README.md's code the code that is compiled.

    check.py ROOT COMPILER… [--write]

In README.md a line `<!-- from PATH -->` stands before each code block. The block must equal the part of PATH between
the lines `// [readme]` and `// [/readme]`, or the whole file where it has none. A block behind `<!-- error of PATH -->`
must be GCC's error for that program. --write copies all of them in.
"""
import os
import pathlib
import re
import subprocess
import sys
import textwrap


def part(path):
    text = path.read_text(encoding="utf-8")
    match = re.search(r"^ *// \[readme\]\n(.*?)^ *// \[/readme\]\n", text, re.S | re.M)
    return textwrap.dedent(match[1]) if match else text


def error_of(compiler, root, path):
    """What the compiler says of a rejected program: the error's sentence and the condition, file names left out."""
    command = [*compiler, "-std=c++20", "-fsyntax-only", f"-I{root / 'include'}", str(root / path)]
    output = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}).stderr
    # GCC 16 lists as a point what earlier ones give as a note.
    return "".join(re.sub(r"^ *• ", "note: ", re.sub(r"^.*?\d+:\d+: ", "", line)) + "\n" for line in output.splitlines() if re.search("error:|evaluates to false", line))


def main():
    root, compiler = pathlib.Path(sys.argv[1]), [word for word in sys.argv[2:] if word != "--write"]
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    version = subprocess.run([*compiler, "--version"], capture_output=True, text=True, check=True).stdout
    kinds = "from|error of" if "Free Software Foundation" in version else "from"
    pattern = re.compile(rf"<!-- ({kinds}) (\S+) -->\n```(\w*)\n(.*?)```\n", re.S)

    def wanted(match):
        return part(root / match[2]) if match[1] == "from" else error_of(compiler, root, match[2])

    if "--write" in sys.argv:
        block = lambda m: f"<!-- {m[1]} {m[2]} -->\n```{m[3]}\n{wanted(m)}```\n"
        readme.write_text(pattern.sub(block, text), encoding="utf-8")
        return 0
    failures = [m[2] for m in pattern.finditer(text) if m[4] != wanted(m)]
    for name in failures:
        print(f"README.md: the block of {name} differs from what it is made from")
    blocks = len(re.findall(r"^```cpp", text, re.M))
    marked = len(re.findall(r"<!-- from \S+ -->\n```cpp", text))
    if blocks != marked or not blocks:
        failures.append("")
        print(f"README.md: {blocks} C++ blocks, {marked} of them from a file")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
