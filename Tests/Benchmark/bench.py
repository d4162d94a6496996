#!/usr/bin/env python3
"""Measures `dmascope report --json`, and `check` beside it, against `trace-cmd report` and `zstd -dc` on the same trace, in one run.

    bench.py --program DMASCOPE TRACE [--runs N]

`make bench` calls it; BENCH_TRACE=FILE chooses the trace, a trace.dat of version 7 whose data is compressed with zstd.
`zstd -dc` gets the trace's own pages, unpacked and packed again as one frame; the trace's chunks as they are, which are
many small frames, are measured beside it. The runs
are interleaved, so that a busy moment of the machine meets all of them. Ratios are to be believed, times are those of
this machine. It is no test: it ends with status 0 whatever the figures are.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

# Times and memory of the first release, and those to reach.
BUDGETS = {
    "trace-cmd": ("at least 25 times faster", "at least 100 times faster"),
    "zstd": ("at most 3 times its time", "at most 0.8 times its time"),
    "check": ("at most 1.3 times its time", "the same"),
    "memory": ("at most 200 MiB", "at most 64 MiB above live state"),
    "start": ("at most 20 ms", "at most 5 ms"),
}


class Unsuitable(Exception):
    """The trace is not one whose chunks can be handed to zstd."""


def chunks(trace):
    """Yields the compressed chunks of all CPUs of all buffers (trace-cmd.dat.v7(5))."""

    def read(layout, offset):
        trace.seek(offset)
        data = trace.read(struct.calcsize(layout))
        if len(data) < struct.calcsize(layout):
            raise Unsuitable("it ends early")
        return struct.unpack(layout, data)

    def string(data, offset):
        end = data.index(0, offset)
        return data[offset:end].decode(errors="replace"), end + 1

    trace.seek(0)
    header = trace.read(4096)
    if not header.startswith(b"\x17\x08\x44tracing7\0"):
        raise Unsuitable("it is not a trace.dat of version 7")
    if header[12] != 0:
        raise Unsuitable("it is big-endian")
    compression, end = string(header, 18)
    if compression != "zstd":
        raise Unsuitable(f"its compression is {compression}")
    _, end = string(header, end)
    (section,) = struct.unpack_from("<Q", header, end)
    while section:
        identity, flags, _, size = read("<HHIQ", section)
        if identity != 0 or flags & 1:
            raise Unsuitable("its options are not where they should be")
        options = trace.read(size)
        section, position = 0, 0
        while position + 6 <= len(options):
            option, length = struct.unpack_from("<HI", options, position)
            position += 6
            if option == 0:
                (section,) = struct.unpack_from("<Q", options, position)
                break
            if option == 3:
                _, at = string(options, position + 8)
                _, at = string(options, at)
                (count,) = struct.unpack_from("<I", options, at + 4)
                for cpu in range(count):
                    _, start, size = struct.unpack_from("<IQQ", options, at + 8 + cpu * 20)
                    if size:
                        (pieces,) = read("<I", start)
                        start += 4
                        for _ in range(pieces):
                            packed, unpacked = read("<II", start)
                            yield trace.read(packed), unpacked
                            start += 8 + packed
            position += length


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("trace", type=pathlib.Path)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--runs", type=int, default=7, help="runs of dmascope and of zstd; 7 if not given")
    parser.add_argument("--slow-runs", type=int, default=1, help="runs of trace-cmd; 1 if not given")
    arguments = parser.parse_args()
    if not arguments.trace.is_file():
        sys.exit(
            f"no trace {arguments.trace} to measure with: name one, the longer the better:\n"
            "  make bench BENCH_TRACE=FILE\n"
            "It takes any trace.dat of version 7 with zstd; README.md says how to record one.")
    install(["trace-cmd", "zstd"])

    with tempfile.TemporaryDirectory(prefix="dmascope-bench-") as folder:
        packed = pathlib.Path(folder) / "chunks.zst"
        unpacked = 0
        try:
            with open(arguments.trace, "rb") as trace, open(packed, "wb") as output:
                for chunk, size in chunks(trace):
                    output.write(chunk)
                    unpacked += size
        except Unsuitable as reason:
            sys.exit(f"{arguments.trace} cannot be measured with: {reason}")
        # Many small frames slow zstd down; the fairer opponent has the same bytes in one.
        whole = pathlib.Path(folder) / "whole.zst"
        with open(whole, "wb") as output:
            unpacking = subprocess.Popen(["zstd", "-dcq", packed], stdout=subprocess.PIPE)
            subprocess.run(["zstd", "-cq", "-3"], stdin=unpacking.stdout, stdout=output, check=True)
            unpacking.wait()
        json = pathlib.Path(folder) / "report.json"
        commands = {
            "dmascope report --json": [arguments.program, "report", arguments.trace, "--json", json],
            "dmascope check": [arguments.program, "check", arguments.trace],
            "zstd -dc": ["zstd", "-dcq", whole],
            "zstd -dc of the chunks": ["zstd", "-dcq", packed],
            "trace-cmd report": ["trace-cmd", "report", "-i", arguments.trace],
            "dmascope --version": [arguments.program, "--version"],
        }
        rounds = {name: arguments.runs for name in commands}
        rounds["trace-cmd report"] = arguments.slow_runs
        times = {name: [] for name in commands}
        peaks = dict.fromkeys(commands, 0)
        measure(commands["dmascope report --json"])  # The files are in memory from here on, for all alike.
        for turn in range(max(rounds.values())):
            for name, command in commands.items():
                if turn < rounds[name]:
                    seconds, peak = measure(command)
                    times[name].append(seconds)
                    peaks[name] = max(peaks[name], peak)

    median = {name: statistics.median(values) for name, values in times.items()}
    own = median["dmascope report --json"]
    size = arguments.trace.stat().st_size
    print(f"{arguments.trace}: {size / 1e6:.1f} MB, {unpacked / 1e6:.1f} MB of ring buffer; "
          f"{os.cpu_count()} processors")
    print(f"\n{'':24} {'median':>10} {'fastest':>10} {'slowest':>10} {'runs':>5} {'peak':>9}")
    for name, values in times.items():
        print(f"{name:24} {median[name] * 1e3:7.1f} ms {min(values) * 1e3:7.1f} ms {max(values) * 1e3:7.1f} ms "
              f"{len(values):5} {peaks[name] / 2**20:5.1f} MiB")
    figures = {
        "trace-cmd": f"{median['trace-cmd report'] / own:.1f} times faster than trace-cmd report",
        "zstd": f"{own / median['zstd -dc']:.2f} times the time of zstd -dc",
        "check": f"check: {median['dmascope check'] / own:.2f} times the time of report",
        "memory": f"{peaks['dmascope report --json'] / 2**20:.1f} MiB at the most",
        "start": f"{median['dmascope --version'] * 1e3:.1f} ms to say the version",
    }
    print(f"\n{'':44} {'budget':28} goal")
    for name, figure in figures.items():
        print(f"{figure:44} {BUDGETS[name][0]:28} {BUDGETS[name][1]}")


if __name__ == "__main__":
    main()
