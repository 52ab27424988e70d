#!/usr/bin/python3
"""make - writes small data sets of images in published layouts, with the standard library only.

usage: make.py FOLDER

TFRecord files as TensorFlow frames them (train-..., validation-...), CIFAR-10 and CIFAR-100 in their
binary version, archives. Pixel (x, y, channel) of image number n is (31 x + 17 y + 71 channel + 13 n) mod 256.
"""

import io
import pathlib
import struct
import sys
import tarfile
import zipfile


def pixel(x, y, channel, n):
    return (31 * x + 17 * y + 71 * channel + 13 * n) % 256


def ppm(width, height, n):
    pixels = bytes(pixel(x, y, c, n) for y in range(height) for x in range(width) for c in range(3))
    return b"P6 %d %d 255\n" % (width, height) + pixels


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(data):
    crc = crc32c(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def framed(record):
    length = struct.pack("<Q", len(record))
    return length + masked(length) + record + masked(record)


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def message(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def bytes_list(*values):
    return message(1, b"".join(message(1, value) for value in values))


def float_list(*values):
    return message(2, message(1, struct.pack(f"<{len(values)}f", *values)))


def unpacked_floats(*values):
    return message(2, b"".join(varint(1 << 3 | 5) + struct.pack("<f", v) for v in values))


def int64_list(*values):
    return message(3, message(1, b"".join(varint(v) for v in values)))


def unpacked_int64(*values):
    return message(3, b"".join(varint(1 << 3) + varint(v) for v in values))


def example(features):
    entries = b"".join(message(1, message(1, name.encode()) + message(2, feature))
                       for name, feature in features.items())
    return message(1, entries)


def record(n, width, height, label, boxes, packed=True):
    floats = float_list if packed else unpacked_floats
    integers = int64_list if packed else unpacked_int64
    sides = list(zip(*boxes)) or [()] * 4
    features = {
        "image/width": integers(width),
        "image/height": integers(height),
        "image/class/text": bytes_list(b"made up"),
        "image/object/bbox/xmin": floats(*sides[0]),
        "image/object/bbox/ymin": floats(*sides[1]),
        "image/object/bbox/xmax": floats(*sides[2]),
        "image/object/bbox/ymax": floats(*sides[3]),
        "image/encoded": bytes_list(ppm(width, height, n)),
    }
    if label is not None:
        features["image/class/label"] = integers(label)
    if n % 2 == 0:
        features["image/filename"] = bytes_list(b"made_%d.ppm" % n)
    return example(features)


BOX = (0.25, 0.5, 0.75, 1.0)
RECORDS = [  # number, width, height, stored label, boxes, packed
    (0, 12, 9, 1, [], True),
    (1, 9, 14, 1000, [BOX], False),
    (2, 20, 8, 0, [BOX, (0.0, 0.0, 0.1, 0.1)], True),
    (3, 8, 8, 282, [], True),
    (4, 7, 11, None, [], False),
    (5, 10, 10, 3, [BOX], True),
]


def tfrecords():
    frames = [framed(record(*fields)) for fields in RECORDS]
    return {
        "validation-00000-of-00002": b"".join(frames[:4]),
        "validation-00001-of-00002": b"".join(frames[4:]),
        "train-00000-of-00003": b"".join(frames[:1]),
        "train-00001-of-00003": b"".join(frames[1:4]),
        "train-00002-of-00003": b"".join(frames[4:]),
    }


def planes(n):
    return bytes(pixel(x, y, c, n) for c in range(3) for y in range(32) for x in range(32))


def cifar():
    names = ["data_batch_%d.bin" % i for i in range(1, 6)] + ["test_batch.bin"]
    files = {"cifar-10/" + name: bytes([9 - n]) + planes(n) for n, name in enumerate(names)}
    words = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    files["cifar-10/batches.meta.txt"] = ("\n".join(words) + "\n\n").encode()
    for n, name in enumerate(["train.bin", "test.bin"]):
        files["cifar-100/" + name] = bytes([19 - n, 99 - n]) + planes(n)
    fine, coarse = (["%s %d" % (kind, i) for i in range(count)]
                    for kind, count in (("fine", 100), ("coarse", 20)))
    files["cifar-100/fine_label_names.txt"] = ("\n".join(fine) + "\n").encode()
    files["cifar-100/coarse_label_names.txt"] = ("\n".join(coarse) + "\n").encode()
    return files


def archives():
    """Not compressed, so that every version of zlib gives the same bytes."""
    entries = {"b/1.ppm": ppm(3, 2, 0), "note.txt": b"no image", "a/2.ppm": ppm(2, 3, 1)}
    tar, zipped = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in entries.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    with zipfile.ZipFile(zipped, "w") as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    whole = len(entries) * 1024 + 1024  # without the padding to a whole tape block
    return {"archives/set.tar": tar.getvalue()[:whole], "archives/set.zip": zipped.getvalue()}


def main():
    folder = pathlib.Path(sys.argv[1])
    files = {"tfrecord/" + name: content for name, content in tfrecords().items()}
    files |= cifar() | archives()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
