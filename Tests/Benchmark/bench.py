#!/usr/bin/env python3
"""Measures dmascope against trace-cmd, zstd, perf and wc on the same bytes, and how its time grows, in one run.

    bench.py --program DMASCOPE TRACE [--runs N]

`make bench` calls it; BENCH_TRACE=FILE chooses the trace, a trace.dat of version 7 whose data is compressed with zstd.
`zstd -dc` gets the trace's own pages, unpacked and packed again as one frame; the trace's chunks as they are, which are
many small frames, are measured beside it. The runs of a group are interleaved, so that a busy moment of the machine
meets all of them. Ratios are to be believed, times are those of this machine. A peak of memory below some 20 MiB is
that of this script, from which the command was started. It is no test: it ends with status 0 whatever the figures are.

To measure one more command on the trace, add a row to `commands` in `main_path`; for one more kind of input, in
`other_inputs`.
"""
import argparse
import io
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import generate
from tracedat import Unsuitable, chunks, shorten

# Times and memory of the first release, and those to reach.
BUDGETS = {
    "trace-cmd": ("at least 25 times faster", "at least 100 times faster"),
    "zstd": ("at most 3 times its time", "at most 0.8 times its time"),
    "check": ("at most 1.3 times its time", "the same"),
    "memory": ("at most 200 MiB", "at most 64 MiB above live state"),
    "start": ("at most 20 ms", "at most 5 ms"),
}


def measure(command):
    """Runs a command with its output thrown away; seconds by the clock, and bytes resident at the most."""
    with open(os.devnull, "wb") as nowhere:
        start = time.perf_counter()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=nowhere)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}: exit status {child.returncode}")
    return seconds, usage.ru_maxrss * 1024


def install(tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        helper = pathlib.Path(__file__).resolve().parents[2] / ".ci" / "install-packages"
        subprocess.run([helper, *missing], check=True)


def interleaved(commands, rounds):
    """Times and peaks of each command, by name; all of them in turn, again and again."""
    times = {name: [] for name in commands}
    peaks = dict.fromkeys(commands, 0)
    for turn in range(max(rounds(name) for name in commands)):
        for name, command in commands.items():
            if turn < rounds(name):
                seconds, peak = measure(command)
                times[name].append(seconds)
                peaks[name] = max(peaks[name], peak)
    return times, peaks


def events(program, trace, folder):
    """How many events dmascope finds in a recording."""
    report = folder / "events.json"
    measure([program, "report", trace, "--json", report])
    return json.loads(report.read_text())["input"]["events"]


def show(times, peaks, counts=None):
    """A table of times; `counts` has the events that a command goes through, where that means something."""
    print(f"\n{'':34} {'median':>10} {'fastest':>10} {'slowest':>10} {'runs':>5} {'peak':>9} {'M events/s':>11}")
    for name, values in times.items():
        middle = statistics.median(values)
        rate = f"{counts[name] / middle / 1e6:11.2f}" if counts and name in counts else ""
        print(f"{name:34} {middle * 1e3:7.1f} ms {min(values) * 1e3:7.1f} ms {max(values) * 1e3:7.1f} ms "
              f"{len(values):5} {peaks[name] / 2**20:5.1f} MiB {rate}")


def has_command(program, name):
    words = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
    return re.search(rf"^ +{name}\b", words, re.MULTILINE) is not None


def main_path(arguments, folder):
    """The trace itself, against zstd and trace-cmd."""
    program, trace = arguments.program, arguments.trace
    packed, unpacked = folder / "chunks.zst", 0
    try:
        with open(trace, "rb") as source, open(packed, "wb") as output:
            for chunk, size in chunks(source):
                output.write(chunk)
                unpacked += size
    except Unsuitable as reason:
        sys.exit(f"{trace} cannot be measured with: {reason}")
    # Many small frames slow zstd down; the fairer opponent has the same bytes in one.
    whole = folder / "whole.zst"
    with open(whole, "wb") as output:
        unpacking = subprocess.Popen(["zstd", "-dcq", packed], stdout=subprocess.PIPE)
        subprocess.run(["zstd", "-cq", "-3"], stdin=unpacking.stdout, stdout=output, check=True)
        unpacking.wait()
    commands = {
        "dmascope report --json": [program, "report", trace, "--json", folder / "report.json"],
        "dmascope check": [program, "check", trace],
        "dmascope info": [program, "info", trace],
        "zstd -dc": ["zstd", "-dcq", whole],
        "zstd -dc of the chunks": ["zstd", "-dcq", packed],
        "trace-cmd report": ["trace-cmd", "report", "-i", trace],
        "dmascope --version": [program, "--version"],
        "true": ["true"],
    }
    if has_command(program, "convert"):
        archive = folder / "trace.dma"
        commands["dmascope convert"] = [program, "convert", trace, "--output", archive]
        measure(commands["dmascope convert"])  # The next reads what it writes.
        commands["dmascope report of the archive"] = [program, "report", archive, "--json", folder / "a.json"]
    # The files are in memory from here on, for all alike.
    number = events(program, trace, folder)
    times, peaks = interleaved(
        commands, lambda name: arguments.slow_runs if name == "trace-cmd report" else arguments.runs)
    print(f"{trace}: {trace.stat().st_size / 1e6:.1f} MB, {unpacked / 1e6:.1f} MB of ring buffer, "
          f"{number:,} events; {os.cpu_count()} processors")
    without = ("dmascope --version", "true", "dmascope info", "zstd -dc", "zstd -dc of the chunks")
    show(times, peaks, {name: number for name in commands if name not in without})
    median = {name: statistics.median(values) for name, values in times.items()}
    own = median["dmascope report --json"]
    figures = {
        "trace-cmd": f"{median['trace-cmd report'] / own:.1f} times faster than trace-cmd report",
        "zstd": f"{own / median['zstd -dc']:.2f} times the time of zstd -dc",
        "check": f"check: {median['dmascope check'] / own:.2f} times the time of report",
        "memory": f"{peaks['dmascope report --json'] / 2**20:.1f} MiB at the most",
        "start": f"{median['dmascope --version'] * 1e3:.1f} ms to say the version (true: {median['true'] * 1e3:.1f})",
    }
    print(f"\n{'':44} {'budget':28} goal")
    for name, figure in figures.items():
        print(f"{figure:44} {BUDGETS[name][0]:28} {BUDGETS[name][1]}")
    if "dmascope convert" not in commands:
        print("\nThis program has no `convert`: no archive is measured.")


def other_inputs(arguments, folder):
    """Text as trace-cmd prints it, against wc; recordings of perf, against perf script."""
    program = arguments.program
    text, part = folder / "report.txt", folder / "part.dat"
    shorten(arguments.trace, part, 1 / 8)
    with open(text, "wb") as output:
        subprocess.run(["trace-cmd", "report", "-i", part], stdout=output, stderr=subprocess.DEVNULL, check=True)
    commands = {"dmascope report of text": [program, "report", text, "--json", folder / "text.json"],
                "wc -l of it": ["wc", "-l", text]}
    counts = {"dmascope report of text": events(program, text, folder)}
    samples = folder / "perf.data"
    packed = pathlib.Path(__file__).resolve().parents[2] / "fixtures" / "forms" / "perf-stack-b.perf.data.zst"
    subprocess.run(["zstd", "-dqf", packed, "-o", samples], check=True)
    commands["dmascope report of perf.data"] = [program, "report", samples, "--json", folder / "perf.json"]
    counts["dmascope report of perf.data"] = events(program, samples, folder)
    if shutil.which("perf"):
        commands["perf script of it"] = ["perf", "script", "--force", "-i", samples]
    times, peaks = interleaved(commands, lambda _: arguments.runs)
    print(f"\nOther inputs: {text.stat().st_size / 1e6:.1f} MB of text; "
          f"{samples.stat().st_size / 1e6:.1f} MB of perf.data")
    show(times, peaks, counts)
    if "perf script of it" not in commands:
        print("perf is not installed (Debian: linux-perf): nothing to compare perf.data with")


def growth(arguments, folder, title, inputs, least):
    """How time and memory grow over recordings, by name; `least` is the recording that the others are compared with."""
    program = arguments.program

    def command(path):
        return [program, "report", path, "--json", folder / "growth.json"]

    inputs = {"": least, **inputs}
    counts = {name: events(program, path, folder) for name, path in inputs.items()}
    times, peaks = interleaved({name: command(path) for name, path in inputs.items()}, lambda _: arguments.runs)
    median = {name: statistics.median(values) for name, values in times.items()}
    print(f"\n{title}\n\n{'':24} {'events':>11} {'median':>10} {'peak':>11} {'for each further event':>24}")
    for name in inputs:
        if name:
            further = (median[name] - median[""]) / (counts[name] - counts[""]) * 1e9
            print(f"{name:24} {counts[name]:11,} {median[name] * 1e3:7.1f} ms {peaks[name] / 2**20:7.1f} MiB "
                  f"{further:21.0f} ns")


def growths(arguments, folder):
    def part(share):
        path = folder / f"part-{share}.dat"
        shorten(arguments.trace, path, share)
        return path

    def live(number, calls):
        path = folder / f"live-{number}-{calls}.jsonl"
        with open(path, "w") as output:
            generate.write(output, calls, number)
        return path

    growth(arguments, folder, "With the length of a recording",
           {f"{eighths}/8 of the trace": part(eighths / 8) for eighths in (1, 2, 4, 8)}, part(1 / 64))
    calls = 1_500_000
    growth(arguments, folder, f"With the number of live mappings (JSON Lines, {calls:,} calls)",
           {f"{number:,} live": live(number, calls) for number in (1, 1_000, 100_000, 1_000_000)}, live(0, 2))


def stream(program, lines, burst, every, seconds):
    """Reports a stream of lines: the first `burst` at once, the others over so many seconds.

    Processor seconds, the number of summaries, and bytes resident at the most.
    """
    child = subprocess.Popen([program, "report", "--every", every, "-"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    summaries = []
    reader = threading.Thread(target=lambda: summaries.extend(
        line for line in child.stdout if line.startswith(b"--- ")))
    reader.start()
    child.stdin.write(b"".join(lines[:burst]))
    child.stdin.flush()
    steps = int(seconds * 20)
    for step in range(steps):
        start, end = (burst + (len(lines) - burst) * place // steps for place in (step, step + 1))
        child.stdin.write(b"".join(lines[start:end]))
        child.stdin.flush()
        time.sleep(0.05)
    child.stdin.close()
    reader.join()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        sys.exit(f"report of a stream: exit status {child.returncode}")
    # The last is the report itself.
    return usage.ru_utime + usage.ru_stime, len(summaries) - 1, usage.ru_maxrss * 1024


def summaries(arguments, folder):
    """What a summary of a stream costs while so many mappings are live: runs with many of them against one with none."""
    seconds = 6
    print(f"\nSummaries of a stream of {seconds} s, four a second\n\n"
          f"{'':24} {'summaries':>10} {'each':>11} {'peak without':>14} {'with':>11}")
    for live in (1_000, 100_000, 400_000):
        text = io.StringIO()
        generate.write(text, live + 200_000, live)
        lines = text.getvalue().encode().splitlines(keepends=True)
        few = [stream(arguments.program, lines, live + 1, "60s", seconds) for _ in range(3)]
        many = [stream(arguments.program, lines, live + 1, "250ms", seconds) for _ in range(3)]
        (base, _, before), (cost, number, after) = (min(runs) for runs in (few, many))
        print(f"{live:16,} live {number:13} {(cost - base) / max(1, number) * 1e3:8.1f} ms "
              f"{before / 2**20:10.1f} MiB {after / 2**20:7.1f} MiB")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trace", type=pathlib.Path)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=7, help="runs of dmascope and of zstd; 7 if not given")
    parser.add_argument("--slow-runs", type=int, default=1, help="runs of trace-cmd; 1 if not given")
    parser.add_argument(
        "--only", choices=("main", "inputs", "growth", "summaries"), help="one part of it; all of them if not given")
    arguments = parser.parse_args()
    if not arguments.trace.is_file():
        sys.exit(
            f"no trace {arguments.trace} to measure with: name one, the longer the better:\n"
            "  make bench BENCH_TRACE=FILE\n"
            "It takes any trace.dat of version 7 with zstd; README.md says how to record one.")
    install(["trace-cmd", "zstd"])
    parts = {"main": main_path, "inputs": other_inputs, "growth": growths, "summaries": summaries}
    for name, part in parts.items():
        if arguments.only in (None, name):
            with tempfile.TemporaryDirectory(prefix="dmascope-bench-") as folder:
                part(arguments, pathlib.Path(folder))


if __name__ == "__main__":
    main()
