#!/usr/bin/env python3
"""Counts the instructions that `dmascope report --json` takes for each event, and fails if they have become more.

    instructions.py --program DMASCOPE [--update]

`make check-instructions` calls it. Each fixture of instructions.json is measured twice under valgrind's callgrind,
whole and with only the first chunks of each CPU: the difference in instructions by the difference in events leaves out
the start of the program and most of what it writes at the end. Only instructions of the program itself count, not those
of zstd, zlib and the C library, which choose their code by the processor and belong to somebody else; they are shown
beside.

What is left depends on the compiler: instructions.json says which one it was, and with another there is no verdict.
After a change that is meant to cost more, or with a new compiler, `make update-instructions` writes the counts anew;
say in the commit why they changed. Less is no failure, but a count far under the expected one is due for an update, or the
next regression hides behind it. Instructions are not time: what waits for memory shows in `make bench` alone.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

from tracedat import shorten

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
EXPECTED = HERE / "instructions.json"


def costs(path):
    """Instructions by object file, from callgrind's output (valgrind's manual, "Callgrind Format Specification")."""
    sums, names, current, is_call = {}, {}, "", False
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if match := re.match(r"ob=\((\d+)\)(?: (.*))?", line):
                names.setdefault(match[1], (match[2] or "").strip())
                current = names[match[1]]
            elif match := re.match(r"cob=\((\d+)\) (.*)", line):
                names.setdefault(match[1], match[2].strip())
            elif line.startswith("calls="):
                # The line after it has the cost of the call, which is counted where it is spent.
                is_call = True
            elif re.match(r"[+\-*\d]", line):
                if not is_call:
                    sums[current] = sums.get(current, 0) + int(line.split()[-1])
                is_call = False
    return sums


def count(program, trace, folder, name):
    """Events of a trace, instructions of the program and of its libraries."""
    output, report = folder / f"{name}.callgrind", folder / f"{name}.json"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}", program, "report", trace,
               "--json", report]
    # Dictionaries that are laid out anew in each run would take some instructions more or less.
    environment = {**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"}
    run = subprocess.run(command, capture_output=True, text=True, env=environment)
    if run.returncode != 0 or not report.is_file():
        sys.exit(f"valgrind: exit status {run.returncode}\n{run.stderr[-2000:]}")
    own = others = 0
    for file, cost in costs(output).items():
        if pathlib.Path(file).name == program.name:
            own += cost
        else:
            others += cost
    return json.loads(report.read_text())["input"]["events"], own, others


def measure(program, fixture, folder):
    """Instructions for each event: of the program, and of its libraries."""
    short = folder / f"{fixture.stem}-short.dat"
    shorten(fixture, short, 0.25)
    few, few_own, few_others = count(program, short, folder, f"{fixture.stem}-short")
    many, own, others = count(program, fixture, folder, fixture.stem)
    if many - few < 1000:
        sys.exit(f"{fixture}: too few events to measure with")
    return (own - few_own) / (many - few), (others - few_others) / (many - few)


def compiler():
    text = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    match = re.search(r"Swift version \S+", text)
    return match[0] if match else "unknown"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, required=True, help="built in release")
    parser.add_argument("--update", action="store_true", help="writes instructions.json anew")
    arguments = parser.parse_args()
    expected = json.loads(EXPECTED.read_text())
    if platform.machine() != expected["machine"]:
        print(f"the counts are those of {expected['machine']}, this is {platform.machine()}: nothing is compared")
        return
    if subprocess.run([ROOT / ".ci" / "install-packages", "valgrind", "binutils"]).returncode != 0:
        print("skipped: valgrind cannot be installed here")
        return
    with tempfile.TemporaryDirectory(prefix="dmascope-instructions-") as name:
        folder = pathlib.Path(name)
        # valgrind does not understand all that Swift says for debuggers.
        program = folder / "dmascope"
        subprocess.run(["strip", "-g", "-o", program, arguments.program], check=True)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            runs = {fixture: pool.submit(measure, program, ROOT / "fixtures" / fixture, folder)
                    for fixture in expected["instructionsPerEvent"]}
            figures = {fixture: run.result() for fixture, run in runs.items()}
    if arguments.update:
        expected["compiler"] = compiler()
        expected["instructionsPerEvent"] = {fixture: round(own) for fixture, (own, _) in figures.items()}
        EXPECTED.write_text(json.dumps(expected, indent=2) + "\n")
    tolerance, failed = expected["tolerance"], False
    print(f"{'instructions for each event':32} {'now':>8} {'expected':>9} {'':8} {'libraries':>10}")
    for fixture, (own, others) in figures.items():
        wanted = expected["instructionsPerEvent"][fixture]
        change = own / wanted - 1
        failed = failed or change > tolerance
        print(f"{fixture:32} {own:8.0f} {wanted:9.0f} {change:+8.1%} {others:10.0f}")
    if failed and compiler() != expected["compiler"]:
        print(f"more than {tolerance:.0%} over, but with another compiler ({expected['compiler']} then, "
              f"{compiler()} now): no verdict. Write the counts anew with `make update-instructions`.")
        return
    if failed:
        sys.exit(
            f"more than {tolerance:.0%} over Tests/Benchmark/instructions.json.\n"
            "Find what has become dearer (valgrind --tool=callgrind, callgrind_annotate), or, if it is worth it,\n"
            "write the counts anew with `make update-instructions` and say why in the commit.")
    print(f"within {tolerance:.0%} of Tests/Benchmark/instructions.json")


if __name__ == "__main__":
    main()
