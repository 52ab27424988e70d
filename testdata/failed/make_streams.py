#!/usr/bin/python3
"""make_streams - writes the .aks files of testdata/failed and testdata/streams.

Written from formats/stream.md alone, so that it is independent of the library. Run it in this folder;
it replaces the files and the table of streams in README.md.
"""

import pathlib
import struct

HERE = pathlib.Path(__file__).resolve().parent
MAGIC = b"AKS1\r\n\x1a\n"
ZSTD_MAGIC = bytes.fromhex("28b52ffd")


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def text(value):
    return struct.pack("<I", len(value)) + value


def header(kind=0, dtype=0, labels=0, features=0, height=2, width=3, channels=1, targets=0, scale=1.0,
           names=(b"cat", b"dog"), classes=None, tail=b""):
    count = len(names) if classes is None else classes
    fields = struct.pack("<4B4If1I", kind, dtype, labels, features, height, width, channels, targets,
                         scale, count)
    return fields + b"".join(text(name) for name in names) + tail


def head(fields, length=None, damage=0):
    start = MAGIC + struct.pack("<I", len(fields) if length is None else length) + fields
    return start + struct.pack("<I", crc32c(start) ^ damage)


def frame(payload, kind=1, flags=0, stored=None, raw=None, damage=0):
    return struct.pack("<BBIII", kind, flags, len(payload) if stored is None else stored,
                       len(payload) if raw is None else raw, crc32c(payload) ^ damage) + payload


def end(samples=0, events=0):
    return frame(struct.pack("<QQ", samples, events), kind=2)


def samples(count, rest, ids=b""):
    return struct.pack("<I", count) + (ids or struct.pack("<I", 0)) + rest


def ids_of(*names, total=None):
    lengths = b"".join(struct.pack("<I", len(name)) for name in names)
    size = sum(map(len, names)) if total is None else total
    return struct.pack("<I", size) + lengths + b"".join(names)


def event(y, x, c, value=1):
    return struct.pack("<IIIB", y, x, c, value)


def box(x1, y1, x2, y2, label=0, difficult=0):
    return struct.pack("<4fiB", x1, y1, x2, y2, label, difficult)


def boxes(*items, count=None):
    return struct.pack("<III", 640, 480, len(items) if count is None else count) + b"".join(items)


PIXELS = bytes(range(6))  # one sample of the default header
GOOD = head(header())
ONE = frame(samples(1, PIXELS))
AT = len(GOOD)  # offset of the first frame
CLASS = head(header(labels=1))
EVENTS = head(header(kind=1))
BOXES = head(header(labels=3))


def header_cases():
    """(file, bytes, message) of defects in magic and header."""
    yield "empty", b"", "offset 0: stream is truncated: magic needs 8 bytes, 0 remain"
    yield "magic", b"\x89PNG\r\n\x1a\n" + GOOD[8:], "offset 0: no sample stream, the magic is missing"
    yield ("text-mode", GOOD.replace(b"\r\n", b"\n"),
           "offset 0: no sample stream, the magic is missing")
    yield ("version", b"AKS2" + GOOD[4:],
           "offset 3: stream version 2 is unknown, this reader knows 1")
    yield ("header-length", head(header(), length=0xFFFFFFFF),
           "offset 8: header length 4294967295 exceeds limit 16777216")
    yield ("header-truncated", GOOD[:20],
           "offset 12: stream is truncated: header needs 42 bytes, 8 remain")
    crc = crc32c(GOOD[:-4])
    yield ("header-checksum", head(header(), damage=1),
           f"offset {AT - 4}: checksum of the header is {crc:#010x}, the stream says {crc ^ 1:#010x}")
    fields = [
        ("header-short", b"\0" * 20, "offset 32: scale needs 4 bytes, 0 remain"),
        ("kind", header(kind=7), "offset 13: unknown stream kind 7"),
        ("element-type", header(dtype=9), "offset 14: unknown element type 9"),
        ("label-kind", header(labels=4), "offset 15: unknown label kind 4"),
        ("features", header(features=0x80), "offset 16: required features 0x80 are unknown"),
        ("height", header(height=0), "height 0 is outside 1..65536"),
        ("width", header(width=65537), "offset 20: width 65537 exceeds limit 65536"),
        ("sample-size", header(height=65536, width=65536),
         "sample of 4294967296 elements exceeds limit 67108864"),
        ("event-type", header(kind=1, dtype=2), "event samples cannot be f32"),
        ("targets-none", header(labels=2), "0 targets per sample are outside 1..1048576"),
        ("targets-unasked", header(targets=1), "1 targets per sample are outside 0..0"),
        ("scale", header(scale=float("nan")), "scale nan is not positive and finite"),
        ("class-count", header(classes=65537), "offset 36: class count 65537 exceeds limit 65536"),
        ("class-names", header(classes=65536), "offset 40: class names needs 262144 bytes, 14 remain"),
        ("class-name-length", header(names=[b"x" * 4097]),
         "offset 40: class name length 4097 exceeds limit 4096"),
        ("class-name-end", header(classes=1, names=(), tail=struct.pack("<I", 9) + b"cat"),
         "offset 44: class name needs 9 bytes, 3 remain"),
        ("class-name-empty", header(names=[b""]), "name of class 0 is empty"),
        ("class-name-text", header(names=[b"cat", b"\xc3("]), "name of class 1 is no UTF-8 at byte 0"),
        ("class-name-control", header(names=[b"a\nb"]),
         "name of class 0 has control character 0x0a at byte 1"),
        ("header-tail", header(tail=b"!"), "offset 54: 1 bytes follow the header's last field"),
    ]
    for name, content, message in fields:
        yield name, head(content) + end(), message


def frame_cases():
    """Defects of frames and of the end."""
    crc = crc32c(ONE[14:])
    yield ("no-end", GOOD + ONE,
           f"offset {AT + len(ONE)}: stream is truncated: frame header needs 14 bytes, 0 remain")
    yield ("frame-header", GOOD + ONE[:9],
           f"offset {AT}: stream is truncated: frame header needs 14 bytes, 9 remain")
    yield ("payload-truncated", GOOD + ONE[:-1],
           f"offset {AT + 14}: stream is truncated: payload needs 14 bytes, 13 remain")
    frames = [
        ("frame-type", frame(b"", kind=3), f"offset {AT + 1}: unknown frame type 3"),
        ("frame-flags", frame(samples(1, PIXELS), flags=2),
         f"offset {AT + 2}: reserved frame flags are set: 0x02"),
        ("stored-length", frame(b"", stored=0x20000001),
         f"offset {AT + 2}: stored length 536870913 exceeds limit 536870912"),
        ("raw-length", frame(b"", raw=0xFFFFFFFF),
         f"offset {AT + 6}: raw length 4294967295 exceeds limit 536870912"),
        ("raw-length-differs", frame(samples(1, PIXELS), raw=13),
         f"offset {AT}: payload of 14 bytes, the frame says 13"),
        ("payload-checksum", frame(samples(1, PIXELS), damage=0x80000000),
         f"offset {AT}: checksum of the payload is {crc:#010x}, the stream says {crc ^ 0x80000000:#010x}"),
        ("zstd-magic", frame(samples(1, PIXELS), flags=1),
         f"offset {AT}: zstd: no frame, magic is 0x00000001"),
        ("zstd-size", frame(ZSTD_MAGIC + bytes([0xA4]) + struct.pack("<I", 99), flags=1, raw=14),
         f"offset {AT}: zstd: content of 99 bytes exceeds limit 14"),
        ("zstd-ratio", frame(ZSTD_MAGIC + bytes([0xA4]) + struct.pack("<I", 294913), flags=1, raw=294913),
         f"offset {AT}: zstd: content of 294913 bytes exceeds 294912, 32768 times the frame's 9"),
        ("zstd-checksum-missing", frame(ZSTD_MAGIC + bytes([0x20, 14, 0x71, 0, 0]) + samples(1, PIXELS),
                                        flags=1, raw=14),
         f"offset {AT}: zstd: frame has no content checksum"),
        ("zstd-truncated", frame(ZSTD_MAGIC + bytes([0x24, 14, 0x71, 0, 0]) + samples(1, PIXELS)[:9],
                                 flags=1, raw=14),
         f"offset {AT}: zstd: frame is truncated after 18 bytes"),
    ]
    for name, content, message in frames:
        yield name, GOOD + content + end(1), message
    yield ("end-size", GOOD + frame(b"\0" * 8, kind=2), f"offset {AT}: end frame of 8 bytes, not 16")
    yield ("end-samples", GOOD + ONE + end(2),
           f"offset {AT + len(ONE)}: end frame counts 2 samples and 0 events, the stream has 1 and 0")
    yield ("end-events", EVENTS + frame(samples(1, struct.pack("<I", 1) + event(0, 0, 0))) + end(1, 0),
           "end frame counts 1 samples and 0 events, the stream has 1 and 1")
    yield ("end-tail", GOOD + ONE + end(1) + b"\n",
           f"offset {AT + len(ONE) + 30}: bytes follow the end frame")


def sample_cases():
    """Defects inside payloads whose checksums are right."""
    count = struct.pack("<I", 1)
    payloads = [
        ("samples-none", GOOD, samples(0, b""), "payload offset 4: frame without samples"),
        ("samples-limit", GOOD, samples(0xFFFFFFFF, PIXELS),
         "payload offset 0: sample count 4294967295 exceeds limit 1048576"),
        ("samples-missing", GOOD, samples(2, PIXELS),
         "payload offset 4: samples needs 12 bytes, 10 remain"),
        ("samples-tail", GOOD, samples(1, PIXELS + b"!"), "1 bytes follow the last sample"),
        ("data-missing", GOOD, samples(1, PIXELS[:5], ids_of(b"a")),
         "payload offset 13: data needs 6 bytes, 5 remain"),
        ("id-lengths", EVENTS, samples(2, struct.pack("<I", 1), struct.pack("<I", 1)),
         "payload offset 8: id lengths needs 8 bytes, 4 remain"),
        ("id-length", GOOD, samples(1, PIXELS, ids_of(b"x" * 4097)),
         "payload offset 8: id length 4097 exceeds limit 4096"),
        ("id-total", GOOD, samples(1, PIXELS, ids_of(b"abc", total=2)),
         "payload offset 8: id length 3 exceeds limit 2"),
        ("id-unused", GOOD, samples(1, PIXELS, ids_of(b"abc", total=5)),
         "ids leave 2 of their bytes unused"),
        ("id-empty", GOOD, samples(2, PIXELS + PIXELS, ids_of(b"", b"b")), "sample 0: id is empty"),
        ("id-text", GOOD, samples(1, PIXELS, ids_of(b"\xff")), "sample 0: id is no UTF-8 at byte 0"),
        ("id-control", GOOD, samples(1, PIXELS, ids_of(b"a\tb")),
         "sample 0: id has control character 0x09 at byte 1"),
        ("class", CLASS, samples(1, struct.pack("<i", 2) + PIXELS), "sample 0: class 2 is outside -1..1"),
        ("class-negative", CLASS, samples(1, struct.pack("<i", -2) + PIXELS),
         "sample 0: class -2 is outside -1..1"),
        ("box-limit", BOXES, samples(1, boxes(count=65537) + PIXELS),
         "payload offset 16: box count 65537 exceeds limit 65536"),
        ("boxes-missing", BOXES, samples(1, boxes(count=2) + PIXELS),
         "payload offset 20: boxes needs 42 bytes, 6 remain"),
        ("box-area", BOXES, samples(1, boxes(box(3, 0, 1, 1)) + PIXELS),
         "sample 0: box 0 (3, 0, 1, 1) is not finite with x1 <= x2, y1 <= y2"),
        ("box-infinite", BOXES, samples(1, boxes(box(0, 0, float("inf"), 1)) + PIXELS),
         "sample 0: box 0 (0, 0, inf, 1) is not finite with x1 <= x2, y1 <= y2"),
        ("box-class", BOXES, samples(1, boxes(box(0, 0, 1, 1, label=5)) + PIXELS),
         "sample 0: class 5 is outside -1..1"),
        ("box-difficult", BOXES, samples(1, boxes(box(0, 0, 1, 1, difficult=2)) + PIXELS),
         "difficult flag 2 is outside 0..1"),
        ("event-counts", EVENTS, samples(1, struct.pack("<I", 0xFFFFFFFF)),
         "payload offset 12: events needs 55834574835 bytes, 0 remain"),
        ("event-y", EVENTS, samples(1, count + event(2, 0, 0)),
         "sample 0: event 0: y 2 is outside 0..1"),
        ("event-x", EVENTS, samples(1, count + event(0, 0xFFFFFFFF, 0)),
         "sample 0: event 0: x 4294967295 is outside 0..2"),
        ("event-channel", EVENTS, samples(1, count + event(0, 0, 1)),
         "sample 0: event 0: channel 1 is outside 0..0"),
        ("event-value", EVENTS, samples(1, count + event(0, 0, 0, 0)),
         "sample 0: event 0: value 0 is outside 1..255"),
    ]
    for name, start, payload, message in payloads:
        yield name, start + frame(payload) + end(1), message


def valid_streams():
    """(file, bytes) of testdata/streams; tests/formats writes them with the library."""
    dense = head(header(labels=1, scale=0.5))
    dense += frame(samples(2, struct.pack("<2i", 1, -1) + PIXELS + PIXELS[::-1], ids_of(b"a", b"\xc3\xa4")))
    yield "dense-class", dense + end(2)
    raw = head(header(kind=2, labels=3, channels=2, names=()))
    labels = boxes() + boxes(box(0.25, 1, 2.5, 1, label=7, difficult=1))
    events = event(0, 1, 0) + struct.pack("<q", -3) + event(1, 2, 1, 255) + struct.pack("<q", 1 << 40)
    raw += frame(samples(2, labels + struct.pack("<2I", 0, 2) + events))
    yield "raw-events-boxes", raw + end(2, 2)


def main():
    for name, content in valid_streams():
        (HERE.parent / "streams" / f"{name}.aks").write_bytes(content)
    rows = []
    for cases in (header_cases, frame_cases, sample_cases):
        for name, content, message in cases():
            (HERE / f"{name}.aks").write_bytes(content)
            rows.append(f"| {name}.aks | {message} |\n")
    readme = HERE / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition("<!-- streams -->\n")
    after = rest.partition("<!-- end of streams -->\n")[2]
    table = "| file | message ends with |\n| --- | --- |\n" + "".join(rows)
    readme.write_text(before + "<!-- streams -->\n" + table + "<!-- end of streams -->\n" + after,
                      encoding="utf-8")


if __name__ == "__main__":
    main()
