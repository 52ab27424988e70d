#!/usr/bin/python3
"""make - write small.ckpt to standard output, from formats/checkpoint.md, without the library.

The models inside are testdata/models/cnn.fb.
"""

import pathlib
import struct
import sys


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def text(value):
    data = value.encode()
    return struct.pack("<I", len(data)) + data


def main():
    model = (pathlib.Path(__file__).parent / "../models/cnn.fb").read_bytes()
    model = struct.pack("<I", len(model)) + model
    content = b"AKT1\r\n\x1a\n" + struct.pack("<I", 2)
    content += text("--epochs") + text("3") + text("--seed") + text("7")
    content += model + struct.pack("<Q", 188)
    content += struct.pack("<I", 2) + struct.pack("<I2f", 2, 0.5, -0.25) + struct.pack("<I", 0)
    content += struct.pack("<I", 2)
    content += struct.pack("<d2dB2d", 0.001, 2.5, 0.125, 0, 0, 0)
    content += struct.pack("<d2dB2d", 0.0005, 1.5, 0.5, 1, 1.75, 0.375)
    content += struct.pack("<I", 2) + struct.pack("<B", 1) + model
    sys.stdout.buffer.write(content + struct.pack("<I", crc32c(content)))


if __name__ == "__main__":
    main()
