#!/usr/bin/env python3
"""seeds.py FOLDER: small inputs for the fuzzer, cut from the fixtures and the tests' corpus, a folder for each reader."""

import gzip
import pathlib
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "fixtures"
CORPUS = ROOT / "Tests/Corpus"
# Larger ones would take the fuzzer's time.
LARGEST = 130_000


def plain(path):
    """The bytes of a file, without what it is packed in."""
    if path.suffix == ".zst":
        return subprocess.run(["zstd", "-dcq", path], check=True, capture_output=True).stdout
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def version6(data, pages=1, page=4096):
    """A trace.dat of version 6 without its symbols, and with the first pages of each CPU only."""
    place = data.index(b"header_page\0") + 12
    place += 8 + struct.unpack_from("<Q", data, place)[0] + 13
    place += 8 + struct.unpack_from("<Q", data, place)[0]

    def formats(place, systems, named):
        for _ in range(systems):
            if named:
                place = data.index(b"\0", place) + 1
            count, place = struct.unpack_from("<I", data, place)[0], place + 4
            for _ in range(count):
                place += 8 + struct.unpack_from("<Q", data, place)[0]
        return place

    place = formats(place, 1, False)
    place = formats(place + 4, struct.unpack_from("<I", data, place)[0], True)
    head, symbols = data[:place], struct.unpack_from("<I", data, place)[0]
    table = data.index(b"flyrecord\0", place + 4 + symbols) + 10
    middle = data[place + 4 + symbols : table]
    # The number of CPUs lies before the options, or before the table if there are none.
    end = middle.index(b"options  \0") if b"options  \0" in middle else len(middle) - 10
    count = struct.unpack_from("<I", middle, end - 4)[0]
    rows = [struct.unpack_from("<QQ", data, table + 16 * cpu) for cpu in range(count)]
    out = bytearray(head + struct.pack("<I", 0) + middle)
    offset = -(-(len(out) + 16 * count) // page) * page
    body = b""
    for start, size in rows:
        kept = data[start : start + min(size, pages * page)]
        out += struct.pack("<QQ", offset + len(body) if kept else 0, len(kept))
        body += kept
    return bytes(out.ljust(offset, b"\0") + body)


def lines(data, count, start=0):
    return b"\n".join(data.split(b"\n")[start : start + count]) + b"\n"


def seeds():
    """Reader, name, bytes."""
    dat = plain(FIXTURES / "v6-b.dat")
    yield "trace.dat", "v6", version6(dat)
    for path in sorted((FIXTURES / "forms").iterdir()):
        data = plain(path)
        if "perf" in path.name and ".data" in path.name:
            if len(data) < LARGEST:
                yield "perf", path.name, data
        else:
            yield "text", path.name, lines(data, 60)
            yield "text", path.name + "-middle", lines(data, 12) + lines(data, 80, data.count(b"\n") // 2)
            if path.stat().st_size < 1000 or "perf-g" in path.name:
                text = lines(data, 30)
                pack = subprocess.run(["zstd", "-cq"], input=text, check=True, capture_output=True).stdout
                yield "wrapper", path.name + ".zst", pack
                yield "wrapper", path.name + ".gz", gzip.compress(text, mtime=0)
    for path in sorted(CORPUS.rglob("*")) if CORPUS.is_dir() else []:
        if path.is_file() and path.suffix != ".md":
            yield path.parent.name, "corpus-" + path.name, path.read_bytes()


def main():
    target = pathlib.Path(sys.argv[1])
    for reader, name, data in seeds():
        folder = target / reader
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


main()
