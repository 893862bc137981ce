#!/usr/bin/env python3
"""Disassembles the parabola's network: no call in one sample, none in a training step but those for schedules, clipping and weight
decay and for batches of hundreds of samples, no loop in one sample, no tanh computed again on the way back, no cost of nesting, and nothing needed from elsewhere: no heap, no exceptions, no library.

    check.py COMPILER… -- INCLUDE_DIRECTORY SOURCE

A call is any call, and any jump that leaves the function; a loop is a jump backwards. The calls that a training step may have are
one to update_with_options, which stands behind one branch and is left out where the optimizer's options are plain, and three to
LongBatch, which empties the sums of a batch that would drift and of which a smaller one knows nothing.
"""
import re
import subprocess
import sys
import tempfile


def functions(compiler, include, source, flags):
    """Disassembly of a source's functions: name → list of (address, instruction, operands)."""
    with tempfile.TemporaryDirectory() as directory:
        target = directory + "/code.o"
        subprocess.run([*compiler, "-std=c++20", "-O2", *flags, f"-I{include}", "-c", source, "-o", target], check=True)
        text = subprocess.run(["objdump", "-dr", "--no-show-raw-insn", target], capture_output=True, text=True, check=True).stdout
    result, name = {}, None
    for line in text.splitlines():
        if match := re.match(r"^[0-9a-f]+ <(.+)>:$", line):
            name = match[1]
            result[name] = []
        elif match := re.match(r"^\s+([0-9a-f]+):\s+(\S+)\s*(.*)$", line):
            result[name].append((int(match[1], 16), match[2], match[3]))
    return result


def undefined_symbols(compiler, include, source):
    """What a core-only object needs from elsewhere when it is built as firmware is, without exceptions and RTTI."""
    with tempfile.TemporaryDirectory() as directory:
        target = directory + "/code.o"
        flags = ["-std=c++20", "-O2", "-fno-exceptions", "-fno-rtti", f"-I{include}"]
        subprocess.run([*compiler, *flags, "-c", source, "-o", target], check=True)
        text = subprocess.run(["nm", "-u", target], capture_output=True, text=True, check=True).stdout
    return [line.split()[-1] for line in text.splitlines()]


def calls(code):
    inside = {address for address, _, _ in code}
    found = []
    for address, name, operands in code:
        target = re.match(r"([0-9a-f]+) <", operands)
        leaves = name.startswith("j") and (target is None or int(target[1], 16) not in inside)
        if name.startswith("call") or leaves or name.startswith("R_X86_64_PLT32"):
            found.append(f"{address:x}: {name} {operands}")
    return found


def calls_but_for_options(code):
    """The calls of a training step, without those that it may have: a call and its relocation, or the call alone."""
    found = calls(code)
    for name, most in [("update_with_options", 1), ("LongBatch", 3)]:
        named = [i for i, line in enumerate(found) if name in line]
        if len(named) <= most:
            for i in reversed(named):
                del found[i - 1 if "R_X86_64_PLT32" in found[i] else i : i + 1]
    return found


def loops(code):
    found = []
    for address, name, operands in code:
        target = re.match(r"([0-9a-f]+) <", operands)
        if name.startswith("j") and target and int(target[1], 16) <= address:
            found.append(f"{address:x}: {name} {operands}")
    return found


def main():
    split = sys.argv.index("--")
    compiler, (include, source) = sys.argv[1:split], sys.argv[split + 1 :]
    failures = []
    for flags in [["-march=native"], ["-march=x86-64-v3"], []]:
        code = functions(compiler, include, source, flags)
        checks = [("answer", calls), ("train_step", calls_but_for_options), ("answer", loops)]
        for function, check in checks:
            found = check(code[function])
            print(f"{' '.join(flags) or 'baseline'}: {function}: {len(code[function])} instructions, {len(found)} {check.__name__}")
            failures += [f"{function} with {flags}: {line}" for line in found]
        for function in ["answer", "train_step"]:
            flat, nested = (sum(not name.startswith("R_") for _, name, _ in code[name_]) for name_ in (function, "nested_" + function))
            print(f"{' '.join(flags) or 'baseline'}: {function}: {flat} instructions flat, {nested} nested")
            if nested > 1.02 * flat:
                failures.append(f"{function} with {flags}: nested blocks cost {nested} instructions, the flat chain {flat}")
        # Three tanh a sample, each one division: the backward pass divides no more, for it has their outputs.
        divisions = sum(name.rstrip("z").endswith("divps") for _, name, _ in code["train_step"])
        print(f"{' '.join(flags) or 'baseline'}: train_step: {divisions} divisions of registers")
        if divisions == 0 or divisions % 3 != 0 or divisions > 6:
            failures.append(f"train_step with {flags} has {divisions} divisions, not three a tile")
        if not loops(code["train_step"]):
            failures.append("train_step has no loop: the disassembly was not understood")
    needed = [symbol for symbol in undefined_symbols(compiler, include, source) if symbol != "_GLOBAL_OFFSET_TABLE_"]
    print(f"built as firmware: {len(needed)} undefined symbols")
    failures += [f"the core needs {symbol}" for symbol in needed]
    code = functions(compiler, include, source, ["-DSELF_TEST", "-fno-tree-vectorize"])
    if not calls_but_for_options(code["answer_with_call"]) or not loops(code["answer_with_loop"]):
        failures.append("the checker does not find the call or the loop it was given")
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
