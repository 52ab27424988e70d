#!/usr/bin/python3
"""make - writes the images of this folder with the standard library only."""

import pathlib
import struct
import zlib

HERE = pathlib.Path(__file__).resolve().parent


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, depth, colour, rows, *extra):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", pixels)
            + chunk(b"IEND", b""))


def segment(marker, data):
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(*components):
    """One flat 8x8 block: the DC coefficient of value v is 8 (v - 128), quantized by 1."""
    codes = {0: "00", 8: "111110", 9: "1111110"}  # ITU-T T.81, table K.3
    bits = ""
    for value in components:
        difference = 8 * (value - 128)
        size = abs(difference).bit_length()
        bits += codes[size]
        if size:
            bits += format(difference if difference > 0 else difference + (1 << size) - 1, f"0{size}b")
        bits += "0"  # end of block, the only AC code
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\0")
    numbers = range(1, len(components) + 1)
    count = bytes([len(components)])
    dc_table = bytes([0, 0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]) + bytes(range(12))
    return (b"\xff\xd8" + segment(0xDB, b"\0" + b"\1" * 64)
            + segment(0xC0, struct.pack(">BHH", 8, 8, 8) + count
                      + b"".join(bytes([n, 0x11, 0]) for n in numbers))
            + segment(0xC4, dc_table) + segment(0xC4, bytes([0x10, 1] + [0] * 15 + [0]))
            + segment(0xDA, count + b"".join(bytes([n, 0]) for n in numbers) + bytes([0, 63, 0]))
            + data + b"\xff\xd9")


RGB = [bytes([255, 0, 0, 0, 255, 0, 0, 0, 255]), bytes([1, 2, 3, 4, 5, 6, 7, 8, 9])]
GREY = [bytes([0, 128, 255]), bytes([10, 20, 30])]

FILES = {
    "rgb.png": png(3, 2, 8, 2, RGB),
    "grey.png": png(3, 2, 8, 0, GREY),
    "rgba.png": png(3, 2, 8, 6, [b"".join(row[i:i + 3] + bytes([i]) for i in (0, 3, 6)) for row in RGB]),
    "grey16.png": png(3, 2, 16, 0, [b"".join(bytes([v, v]) for v in row) for row in GREY]),
    "palette.png": png(3, 2, 8, 3, [bytes([0, 1, 2]), bytes([3, 4, 5])],
                       chunk(b"PLTE", b"".join(RGB))),
    "grey1.png": png(3, 2, 1, 0, [bytes([0b10100000]), bytes([0b01000000])]),
    "grey.jpg": jpeg(100),
    "rgb.jpg": jpeg(100, 128, 178),
    "cmyk.jpg": jpeg(160, 100, 150, 180),  # no Adobe marker: stored as they are
    "plain.pbm": b"P1\n# a comment\n3 2\n10 1\n010\n",
    "raw.pbm": b"P4 10 2\n" + bytes([0b10000000, 0b01000000, 0b11111111, 0b11000000]),
    "rgb.ppm": b"P6\n# a comment\n3 2\n255\n" + b"".join(RGB),
    "grey.pgm": b"P5 3 2 255\n" + b"".join(GREY),
    "plain.pgm": b"P2\n3 2\n15\n0 7 15\n1 2 3\n",
    "plain.ppm": b"P3\n1 1\n255\n10 20 30\n",
    "grey16.pgm": b"P5 3 2 65535\n" + b"".join(bytes([v, v]) for row in GREY for v in row),
}

if __name__ == "__main__":
    for name, content in FILES.items():
        (HERE / name).write_bytes(content)
