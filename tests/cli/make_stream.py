#!/usr/bin/python3
"""make_stream - writes a small dense u8 sample stream (.aks) from lines of numbers.

usage: make_stream.py FILE HEIGHT WIDTH CHANNELS [NAME...] < LINES

Each line is one sample: its class label, or - where the stream has none, then the values in the order
[height][width][channels]. NAMEs are the names of the classes. Uses the writer of
testdata/failed/make_streams.py, which was made from formats/stream.md alone.
"""

import pathlib
import struct
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "testdata" / "failed"))
sys.dont_write_bytecode = True
from make_streams import end, frame, head, header, samples  # noqa: E402


def main():
    path, *sides = sys.argv[1:5]
    height, width, channels = map(int, sides)
    rows = [line.split() for line in sys.stdin if line.strip()]
    has_labels = any(row[0] != "-" for row in rows)
    labels = b"".join(struct.pack("<i", int(row[0])) for row in rows) if has_labels else b""
    values = b"".join(bytes(map(int, row[1:])) for row in rows)
    if len(values) != len(rows) * height * width * channels:
        sys.exit(f"make_stream: {len(values)} values are not {len(rows)} samples")
    fields = header(labels=1 if has_labels else 0, height=height, width=width, channels=channels,
                    names=[name.encode() for name in sys.argv[5:]])
    body = frame(samples(len(rows), labels + values)) if rows else b""
    pathlib.Path(path).write_bytes(head(fields) + body + end(samples=len(rows)))


if __name__ == "__main__":
    main()
