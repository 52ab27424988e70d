#!/usr/bin/python3
"""make - writes the recordings of this folder and what is in them (expected.csv).

Written from the public descriptions of the formats with the standard library only, independent of the
library's readers. With a folder as argument it writes there.
"""

import pathlib
import struct
import sys

# (t, x, y, on); sensors of 128 x 96 pixels. Times grow by little, by nothing and by much.
EVENTS = [
    (100, 0, 0, 1), (100, 127, 95, 0), (103, 64, 1, 1), (164, 5, 90, 0), (400, 5, 90, 1),
    (4095, 17, 33, 0), (4096, 18, 33, 1), (9000, 100, 2, 1), (20000, 101, 2, 0), (20000, 102, 2, 0),
    (70001, 103, 4, 1), (70002, 1, 94, 0),
]
WIDTH, HEIGHT = 128, 96


def aedat2(chip, address, times=lambda t: t, extra=()):
    """Big-endian pairs of address and time; `extra` words stand in the middle and are no events."""
    lines = ["#!AER-DAT2.0", "# This is a raw AE data file", "# Timestamps tick is 1 us", f"# AEChip: {chip}",
             "#End Of ASCII Header"]
    words = [(address(x, y, on), t) for t, x, y, on in EVENTS]
    half = len(words) // 2
    words[half:half] = [(word, words[half][1]) for word in extra]
    return ("\r\n".join(lines) + "\r\n").encode() + b"".join(
        struct.pack(">II", word, times(t) % 2**32) for word, t in words)


def dvs128(x, y, on):
    return y << 8 | x << 1 | on


def davis(x, y, on):
    return y << 22 | x << 12 | on << 11


def aedat3():
    def packet(kind, size, events, capacity=None, overflow=0):
        capacity = len(events) if capacity is None else capacity
        head = struct.pack("<HHIIIIII", kind, 1, size, 4, overflow, capacity, len(events), len(events))
        return head + b"".join(events) + bytes(size * (capacity - len(events)))

    def polarity(t, x, y, on, valid=1):
        return struct.pack("<Ii", x << 17 | y << 2 | on << 1 | valid, t)

    lines = ["#!AER-DAT3.1", "#Format: RAW", "#Source 1: DVS128", "#Start-Time: 2026-01-01 00:00:00 (TZ+0000)",
             "#!END-HEADER"]
    first = [polarity(*event) for event in EVENTS[:7]]
    first.insert(3, polarity(150, 9, 9, 1, valid=0))
    return (("\r\n".join(lines) + "\r\n").encode()
            + packet(0, 8, [struct.pack("<Ii", 3, 90)])  # a special event
            + packet(1, 8, first)
            + packet(3, 36, [bytes(36)])  # inertial measurement
            + packet(1, 8, [polarity(*event) for event in EVENTS[7:]], capacity=9, overflow=1))


class FlatBuffer:
    """One table, size-prefixed, written front to back."""

    def __init__(self, identifier, fields, tails):
        # vtable, then the table; offsets to the tails are patched when those are placed.
        sizes = [len(field) for field in fields]
        places, at = [], 4
        for size in sizes:
            at += -at % max(size, 1)
            places.append(at if size else 0)
            at += size
        vtable = struct.pack(f"<HH{len(places)}H", 4 + 2 * len(places), at, *places)
        start = 12  # size, root offset, identifier
        table_at = start + len(vtable)
        table_at += -table_at % 8
        body = bytearray(table_at + at)
        body[4:8] = struct.pack("<I", table_at - 4)
        body[8:12] = identifier
        body[table_at - len(vtable):table_at] = vtable
        body[table_at:table_at + 4] = struct.pack("<i", len(vtable))
        for field, place in zip(fields, places):
            body[table_at + place:table_at + place + len(field)] = field
        for index, tail, lead in tails:  # `lead` bytes are in front of what has to be aligned by 8
            body += bytes(-(len(body) + lead) % 8)
            place = table_at + places[index]
            body[place:place + 4] = struct.pack("<I", len(body) - place)
            body += tail
        body += bytes(-len(body) % 8)
        body[0:4] = struct.pack("<I", len(body) - 4)
        self.bytes = bytes(body)


def event_packet(events):
    elements = struct.pack("<I", len(events)) + b"".join(
        struct.pack("<qhhB3x", t, x, y, on) for t, x, y, on in events)
    return FlatBuffer(b"EVTS", [bytes(4)], [(0, elements, 4)]).bytes


def io_header(compression, table_position):
    xml = (f'<dv version="2.0"><node name="outInfo"><node name="0"><attr key="typeIdentifier" type="string">EVTS'
           f'</attr><node name="info"><attr key="sizeX" type="int">{WIDTH}</attr><attr key="sizeY" type="int">'
           f'{HEIGHT}</attr></node></node></node></dv>').encode()
    text = struct.pack("<I", len(xml)) + xml + b"\0"
    fields = [struct.pack("<i", compression), struct.pack("<q", table_position), bytes(4)]
    return FlatBuffer(b"IOHE", fields, [(2, text, 4)]).bytes


def lz4_frame(data):
    """Magic, version 01 with independent blocks, blocks of 64 KiB, header checksum; one stored block."""
    return bytes.fromhex("04224d18604082") + struct.pack("<I", len(data) | 1 << 31) + data + bytes(4)


def zstd_frame(data):
    """Magic, window of 128 KiB without content size and checksum; one last block, stored."""
    return bytes.fromhex("28b52ffd0038") + struct.pack("<I", len(data) << 3 | 1)[:3] + data


def aedat4(compression, pack):
    def packet(stream, buffer):
        data = pack(buffer)
        return struct.pack("<ii", stream, len(data)) + data

    table = pack(FlatBuffer(b"FTAB", [bytes(4)], [(0, struct.pack("<I", 0), 4)]).bytes)
    measurement = FlatBuffer(b"IMUS", [bytes(4)], [(0, struct.pack("<I", 0), 4)]).bytes
    packets = packet(0, event_packet(EVENTS[:5])) + packet(1, measurement) + packet(0, event_packet(EVENTS[5:]))
    magic = b"#!AER-DAT4.0\r\n"
    at = len(magic) + len(io_header(compression, 0)) + len(packets)
    return magic + io_header(compression, at) + packets + table


def evt2():
    text = f"% date 2026-01-01 00:00:00\n% evt 2.0\n% format EVT2;height={HEIGHT};width={WIDTH}\n% end\n"
    words = [1 << 28 | 3 << 11 | 3]  # an event before the first time
    high = None
    for t, x, y, on in EVENTS:
        if t >> 6 != high:
            high = t >> 6
            words.append(0x8 << 28 | high)
        words.append(on << 28 | (t & 63) << 22 | x << 11 | y)
    words.insert(6, 0xA << 28 | 1)  # an external trigger
    return text.encode() + struct.pack(f"<{len(words)}I", *words)


# Neighbours at one time share a word: x of the word is a multiple of 32, a bit for every pixel from there.
def evt21(form, upper_first=False):
    def word(upper, lower):
        return struct.pack("<II", *((upper, lower) if upper_first else (lower, upper)))

    data = word(1 << 28 | 3, 1)  # an event before the first time
    high = None
    waiting = {}  # upper half of the word: its bits
    for t, x, y, on in EVENTS + [(None, 0, 0, 0)]:
        upper = None if t is None else on << 28 | (t & 63) << 22 | x // 32 * 32 << 11 | y
        if upper in waiting and t >> 6 == high:
            waiting[upper] |= 1 << x % 32
            continue
        for other, bits in waiting.items():
            data += word(other, bits)
        waiting = {}
        if t is None:
            break
        if t >> 6 != high:
            high = t >> 6
            data += word(0x8 << 28 | high, 0)
        waiting[upper] = 1 << x % 32
    data += word(0xA << 28 | 1, 0)  # an external trigger
    return f"% evt 2.1\n% format {form};height={HEIGHT};width={WIDTH}\n% end\n".encode() + data


# The row of three at one time goes into vectors; times wrap after 2^24 microseconds.
EVT3_EVENTS = EVENTS[:8] + [(20000, 101 + bit, 2, 0) for bit in (0, 1, 4, 11, 12, 19)] + [
    (2**24 - 1, 7, 8, 1), (2**24 + 5, 7, 9, 1)]


def evt3():
    words = [0x2 << 12 | 3]  # an event before the first time
    words += [0x8 << 12 | 0, 0x6 << 12 | 0, 0xE << 12 | 5]
    high = low = last_y = None
    vector = [event for event in EVT3_EVENTS if event[0] == 20000]
    for event in EVT3_EVENTS:
        t, x, y, on = event
        if event in vector[1:]:
            continue
        if t >> 12 & 0xFFF != high:
            high = t >> 12 & 0xFFF
            words.append(0x8 << 12 | high)
        if t & 0xFFF != low:
            low = t & 0xFFF
            words.append(0x6 << 12 | low)
        if y != last_y:
            last_y = y
            words.append(y)
        if event in vector:
            bits = sum(1 << other[1] - x for other in vector)
            words += [0x3 << 12 | on << 11 | x, 0x4 << 12 | bits & 0xFFF, 0x5 << 12 | bits >> 12]
        else:
            words.append(0x2 << 12 | on << 11 | x)
    text = f"% evt 3.0\n% geometry {WIDTH}x{HEIGHT}\n% end\n"
    return text.encode() + struct.pack(f"<{len(words)}H", *words)


def dat():
    text = f"% Data file containing CD events.\n% Version 2\n% Height {HEIGHT}\n% Width {WIDTH}\n"
    return text.encode() + bytes([12, 8]) + b"".join(
        struct.pack("<II", t, on << 28 | y << 14 | x) for t, x, y, on in EVENTS)


NMNIST_EVENTS = EVENTS[:9] + [(t + 8192, x, y, on) for t, x, y, on in EVENTS[9:]]


def nmnist():
    records = [bytes([x, y]) + struct.pack(">I", on << 23 | t)[1:] for t, x, y, on in EVENTS]
    records.insert(9, bytes([0, 240, 0, 0, 0]))  # 8192 us went by
    return b"".join(records)


def event_stream():
    data = b"Event Stream" + bytes([2, 0, 0, 1]) + struct.pack("<HH", WIDTH, HEIGHT) + b"\xfe" * 3
    last = 0
    for t, x, y, on in EVENTS:
        data += b"\xff" * ((t - last) // 127)
        data += bytes([(t - last) % 127 << 1 | on]) + struct.pack("<HH", x, HEIGHT - 1 - y)
        last = t
    return data


# Event Stream of an ATIS: 6 bits of time; between the events a measurement of exposure.
def event_stream_atis():
    data = b"Event Stream" + bytes([2, 0, 0, 2]) + struct.pack("<HH", WIDTH, HEIGHT) + b"\xfc" * 2
    last = 0
    for t, x, y, on in EVENTS:
        passed = t - last
        data += b"\xff" * (passed // 63 // 3) + (bytes([0xFC | passed // 63 % 3]) if passed // 63 % 3 else b"")
        place = struct.pack("<HH", x, HEIGHT - 1 - y)
        data += bytes([passed % 63 << 2 | on << 1]) + place
        data += bytes([on << 1 | 1]) + place
        last = t
    return data


def npy():
    head = ("{'descr': [('t', '<i8'), ('x', '<u2'), ('y', '<u2'), ('p', '|i1')], 'fortran_order': False, "
            f"'shape': ({len(EVENTS)},), }}")
    head += " " * (-(10 + len(head) + 1) % 64) + "\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head.encode() + b"".join(
        struct.pack("<qHHb", t, x, y, on or -1) for t, x, y, on in EVENTS)


def text_lines():
    return b"t,x,y,p\n" + b"".join(b"%d,%d,%d,%d\n" % event for event in EVENTS)


AEDAT3_EVENTS = EVENTS[:7] + [(t + 2**31, x, y, on) for t, x, y, on in EVENTS[7:]]
LATE = 2**32 - 4096  # the counter wraps between the events
FILES = {  # name: content, events
    "davis.aedat2": (aedat2("eu.seebetter.ini.chips.davis.DAVIS240C", davis, lambda t: t + LATE,
                            extra=[1 << 31 | 5 << 12, 1 << 10]),
                     [(t + LATE, x, y, on) for t, x, y, on in EVENTS]),
    "dvs128.aedat2": (aedat2("ch.unizh.ini.jaer.chip.retina.DVS128", dvs128, extra=[1 << 15]), EVENTS),
    "dvs128.aedat3": (aedat3(), AEDAT3_EVENTS),
    "lz4.aedat4": (aedat4(1, lz4_frame), EVENTS),
    "plain.aedat4": (aedat4(0, lambda data: data), EVENTS),
    "zstd.aedat4": (aedat4(3, zstd_frame), EVENTS),
    "evt2.raw": (evt2(), EVENTS),
    "evt21.raw": (evt21("EVT21;endianness=little"), EVENTS),
    "evt21_legacy.raw": (evt21("EVT21;endianness=legacy", True), EVENTS),
    "evt3.raw": (evt3(), EVT3_EVENTS),
    "cd.dat": (dat(), EVENTS),
    "nmnist.bin": (nmnist(), NMNIST_EVENTS),
    "dvs.es": (event_stream(), EVENTS),
    "atis.es": (event_stream_atis(), EVENTS),
    "events.npy": (npy(), EVENTS),
    "events.csv": (text_lines(), EVENTS),
}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent)
    for name, (content, _) in FILES.items():
        (folder / name).write_bytes(content)
    rows = [f"{name},{t},{x},{y},{on}" for name, (_, events) in FILES.items() for t, x, y, on in events]
    (folder / "expected.csv").write_text("\n".join(["file,t,x,y,p", *rows]) + "\n")


if __name__ == "__main__":
    main()
