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


def unzstd(frame):
    return subprocess.run(["zstd", "-dcq"], input=frame, check=True, capture_output=True).stdout


def stored_zstd(data):
    """A zstd frame that holds the bytes as they are (RFC 8878, 3.1.1), for changes to reach them."""
    frame = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data))
    pieces = [data[start : start + (1 << 16)] for start in range(0, len(data), 1 << 16)] or [b""]
    for number, piece in enumerate(pieces):
        frame += struct.pack("<I", len(piece) << 3 | (number == len(pieces) - 1))[:3] + piece
    return frame


def xxh64(data, seed):
    """The checksum of archives (xxHash specification)."""
    p1, p2, p3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
    p4, p5, mask = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5, (1 << 64) - 1

    def rotated(value, count):
        return (value << count | value >> (64 - count)) & mask

    def turn(total, word):
        return rotated((total + word * p2) & mask, 31) * p1 & mask

    place, total = 0, (seed + p5) & mask
    if len(data) >= 32:
        lanes = [(seed + p1 + p2) & mask, (seed + p2) & mask, seed, (seed - p1) & mask]
        while place + 32 <= len(data):
            words = struct.unpack_from("<4Q", data, place)
            lanes = [turn(lane, word) for lane, word in zip(lanes, words)]
            place += 32
        total = sum(rotated(lane, count) for lane, count in zip(lanes, (1, 7, 12, 18))) & mask
        for lane in lanes:
            total = ((total ^ turn(0, lane)) * p1 + p4) & mask
    total = (total + len(data)) & mask
    while place + 8 <= len(data):
        total = (rotated(total ^ turn(0, struct.unpack_from("<Q", data, place)[0]), 27) * p1 + p4) & mask
        place += 8
    if place + 4 <= len(data):
        total = (rotated(total ^ struct.unpack_from("<I", data, place)[0] * p1 & mask, 23) * p2 + p3) & mask
        place += 4
    for byte in data[place:]:
        total = rotated(total ^ byte * p5 & mask, 11) * p1 & mask
    total = (total ^ total >> 33) * p2 & mask
    total = (total ^ total >> 29) * p3 & mask
    return total ^ total >> 32


def plain_block(payload):
    """A block of an archive whose planes are not packed."""
    planes = struct.unpack_from("<I", payload, 36)[0]
    place, rows, body = 40 + 12 * planes, b"", b""
    for plane in range(planes):
        column, number, coding, zero, length, stored = struct.unpack_from("<4B2I", payload, 40 + 12 * plane)
        data = payload[place : place + stored]
        place += stored
        if coding == 1:
            coding, data = 0, unzstd(data)
        rows += struct.pack("<4B2I", column, number, coding, zero, length, len(data))
        body += data
    return payload[:40] + rows + body


def sections(archive):
    """Kinds and payloads of the sections of an archive, without the index."""
    place = 16
    while archive[place : place + 4].isalpha() and archive[place : place + 4] != b"INDX":
        kind, length = archive[place : place + 4], struct.unpack_from("<I", archive, place + 4)[0]
        yield kind, archive[place + 16 : place + 16 + length]
        place += 16 + length


def plain_archive(data):
    """An archive in which nothing is packed, and with an empty index: what is changed in it is what the reader sees."""
    out = data[:16]
    for kind, payload in [*sections(data), (b"INDX", b"")]:
        if kind != b"INDX":
            payload = plain_block(payload) if kind == b"EVTS" else stored_zstd(unzstd(payload))
        head = kind + struct.pack("<I", len(payload))
        out += head + struct.pack("<Q", xxh64(payload, struct.unpack("<Q", head)[0])) + payload
    return out


def archived_profile(data):
    """The JSON of the profile that an archive carries."""
    facts, place = unzstd(dict(sections(data))[b"PROF"]), 0
    while place < len(facts):
        number, length = struct.unpack_from("<HI", facts, place)
        if number == 81:
            return facts[place + 6 : place + 6 + length]
        place += 6 + length


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
                yield "wrapper", path.name + "-stored.zst", stored_zstd(text[:4096])
                yield "wrapper", path.name + "-stored.gz", gzip.compress(text[:4096], 0, mtime=0)
    for path in sorted(CORPUS.rglob("*")) if CORPUS.is_dir() else []:
        if path.is_file() and path.suffix != ".md":
            yield path.parent.name, "corpus-" + path.name, path.read_bytes()
    archive = (FIXTURES / "misuse.dmarc").read_bytes()
    yield "archive", "misuse.dmarc", archive
    yield "profile", "misuse.dmaprof", archived_profile(archive)
    for path in [CORPUS / "archive/whole.dmarc", CORPUS / "archive/stacks.dmarc", FIXTURES / "misuse.dmarc"]:
        yield "archive", "plain-" + path.name, plain_archive(path.read_bytes())
    # What comes unpacked as a file is not read as text is.
    for name in ["trace.dat/whole-v6-le64", "perf/whole-le-file-none", "perf/whole-le-pipe-none", "archive/stacks.dmarc"]:
        data = (CORPUS / name).read_bytes()
        yield "wrapper", pathlib.Path(name).name + "-stored.zst", stored_zstd(data)
        yield "wrapper", pathlib.Path(name).name + ".gz", gzip.compress(data, mtime=0)


def main():
    target = pathlib.Path(sys.argv[1])
    for reader, name, data in seeds():
        folder = target / reader
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


main()
