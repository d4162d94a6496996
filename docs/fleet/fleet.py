#!/usr/bin/env python3
"""Profiles many recordings on a Spark cluster and merges the profiles into one.

    spark-submit fleet.py --program /opt/dmascope/dmascope --output fleet.dmaprof --list recordings.txt
    spark-submit fleet.py --output fleet.dmaprof /mnt/recordings/*.dat

Every recording becomes a profile where an executor is (`dmascope report --save`); profiles are merged in pairs on the way
(`dmascope merge`), so that no machine holds more than two at a time. A merge is exact, associative and commutative: the result has the
same bytes as `dmascope merge` of all recordings, however Spark has cut and ordered them.

Recordings are files that every executor sees under the same path. A recording of which nothing can be read is left out and named at
the end (exit status 1); one that is damaged or cut counts as far as it goes, and is named too. The program and its options are the
same for all: what follows `--` goes to `dmascope report`.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

# What dmascope's exit status says: done; the input was damaged or cut, and what could be read is in the profile.
DONE, INCOMPLETE = 0, 3


def run(command):
    """Runs dmascope; its exit status and what it complained of."""
    finished = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    return finished.returncode, finished.stderr.decode(errors="replace").strip()


def profile(program, options, recording):
    """The saved profile of one recording (None if nothing could be read), and what was wrong with it: rows of recording,
    words, and whether nothing could be read."""
    with tempfile.TemporaryDirectory(prefix="dmascope-fleet-") as folder:
        saved = pathlib.Path(folder) / "run.dmaprof"
        status, complaint = run([program, "report", recording, "--save", saved, *options])
        if status == DONE:
            return saved.read_bytes(), []
        problem = (recording, complaint or f"exit status {status}", status != INCOMPLETE)
        return saved.read_bytes() if status == INCOMPLETE else None, [problem]


def merge(program, left, right):
    """The sum of two results of `profile`."""
    problems = left[1] + right[1]
    parts = [part for part, _ in (left, right) if part is not None]
    if len(parts) < 2:
        return (parts[0] if parts else None), problems
    with tempfile.TemporaryDirectory(prefix="dmascope-fleet-") as folder:
        names = [pathlib.Path(folder) / f"{number}.dmaprof" for number in range(3)]
        for name, part in zip(names, parts):
            name.write_bytes(part)
        status, complaint = run([program, "merge", *names[:2], "-o", names[2], "--allow-incomplete"])
        if status != DONE:
            raise RuntimeError(f"dmascope merge: exit status {status}: {complaint}")
        return names[2].read_bytes(), problems


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recordings", nargs="*")
    parser.add_argument("--list", type=pathlib.Path, help="a file with the path of one recording on each line")
    parser.add_argument("--program", default="dmascope", help="where executors find dmascope")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="where the merged profile goes")
    parser.add_argument("--partitions", type=int, help="as many tasks; one for each recording if not given")
    words = sys.argv[1:]
    options = words[words.index("--") + 1:] if "--" in words else []
    parsed = parser.parse_args(words[: len(words) - len(options) - 1] if "--" in words else words)
    if parsed.list:
        parsed.recordings += [line.strip() for line in parsed.list.read_text().splitlines() if line.strip()]
    if not parsed.recordings:
        parser.error("no recordings")
    return parsed, options


def main():
    parsed, options = arguments()
    # Read here and not above, so that --help needs no Spark.
    from pyspark.sql import SparkSession

    session = SparkSession.builder.appName("dmascope fleet").getOrCreate()
    program = parsed.program
    try:
        recordings = session.sparkContext.parallelize(
            parsed.recordings, parsed.partitions or len(parsed.recordings))
        total, problems = recordings.map(lambda path: profile(program, options, path)).treeReduce(
            lambda left, right: merge(program, left, right))
    finally:
        session.stop()
    for recording, problem, _ in sorted(problems):
        print(f"{recording}: {problem}", file=sys.stderr)
    if total is None:
        sys.exit("nothing could be read of any recording")
    partial = parsed.output.with_name(parsed.output.name + ".partial")
    partial.write_bytes(total)
    partial.rename(parsed.output)
    sys.exit(1 if any(is_unread for _, _, is_unread in problems) else 0)


if __name__ == "__main__":
    main()
