#!/usr/bin/env python3
"""Writes recordings as JSON Lines, for measuring how time grows.

    generate.py --events N [--live M] > FILE

The first `M` mappings stay live to the end; all others are unmapped right after they were mapped. So every size costs
the same for each event, if neither the length of a recording nor the number of live mappings matters.
"""
import argparse
import random
import sys


def stamp(time):
    return {"second": time // 10**9, "rest": time % 10**9}


def write(output, events, live, devices=4):
    """`events` calls, of which the first `live` map what stays mapped."""
    dice = random.Random(1)  # The same recording at every run.
    page, time = 4096, 1_000_000_000
    output.write('{"trace":{"kernel":"6.12.0","arch":"aarch64","page_size":4096,"cpus":2}}\n')
    row = ('{{"time":{second}.{rest:09d},"cpu":{cpu},"pid":{pid},"call":"{call}","device":"0000:00:0{device}.0",'
           '"dma_addr":"{address:#x}",{more}"size":{size},"dir":"{direction}"}}\n')
    free = [(1 << 32) + page * slot for slot in range(1024)]
    lines = []
    for number in range(live + (events - live) // 2):
        stays = number < live
        address = (1 << 36) + page * number if stays else dice.choice(free)
        about = {"cpu": number % 2, "pid": 100 + number % 7, "device": number % devices, "address": address,
                 "size": dice.choice((256, 1500, 2048, 4096)),
                 "direction": dice.choice(("TO_DEVICE", "FROM_DEVICE", "BIDIRECTIONAL"))}
        time += dice.randrange(200, 2000)
        lines.append(row.format(**stamp(time), call="dma_map_page", more=f'"phys_addr":"{address:#x}",', **about))
        if not stays:
            time += dice.randrange(200, 2000)
            lines.append(row.format(**stamp(time), call="dma_unmap_page", more="", **about))
        if len(lines) > 10000:
            output.writelines(lines)
            lines.clear()
    output.writelines(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, required=True)
    parser.add_argument("--live", type=int, default=0, help="mappings that stay; at most EVENTS")
    arguments = parser.parse_args()
    write(sys.stdout, arguments.events, arguments.live)


if __name__ == "__main__":
    main()
