"""The places of the data in a trace.dat of version 7 (trace-cmd.dat.v7(5)), for what measures with it."""
import shutil
import struct


class Unsuitable(Exception):
    """The trace is not one whose chunks can be handed on."""


def read(trace, layout, offset):
    trace.seek(offset)
    data = trace.read(struct.calcsize(layout))
    if len(data) < struct.calcsize(layout):
        raise Unsuitable("it ends early")
    return struct.unpack(layout, data)


def places(trace):
    """Yields where the compressed data of each CPU of each buffer begins: the number of its chunks, then the chunks."""

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
        identity, flags, _, size = read(trace, "<HHIQ", section)
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
                        yield start
            position += length


def chunks(trace):
    """Yields the compressed chunks of all CPUs of all buffers, each with its unpacked size."""
    for start in places(trace):
        (pieces,) = read(trace, "<I", start)
        start += 4
        for _ in range(pieces):
            packed, unpacked = read(trace, "<II", start)
            yield trace.read(packed), unpacked
            start += 8 + packed


def shorten(source, target, share):
    """Writes a copy of a trace that has only the first chunks of each CPU: `share` of them, and one at least."""
    shutil.copyfile(source, target)
    with open(source, "rb") as trace, open(target, "r+b") as output:
        for start in places(trace):
            (pieces,) = read(trace, "<I", start)
            output.seek(start)
            output.write(struct.pack("<I", max(1, int(pieces * share))))
