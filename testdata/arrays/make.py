#!/usr/bin/python3
"""make - writes the arrays of this folder.

usage: make.py FOLDER

Needs numpy. The same numbers every time.
"""

import pathlib
import struct
import sys

import numpy as np

PIXELS = np.arange(24, dtype=np.uint8).reshape(3, 2, 4) * 10


def idx(array):
    """IDX of unsigned bytes (http://yann.lecun.com/exdb/mnist)."""
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def main():
    folder = pathlib.Path(sys.argv[1])
    (folder / "images.idx").write_bytes(idx(PIXELS))
    (folder / "labels.idx").write_bytes(idx(np.array([2, 0, 1], np.uint8)))
    np.save(folder / "u8.npy", PIXELS)
    np.save(folder / "i64.npy", PIXELS.astype(np.int64) - 100)
    np.save(folder / "f32.npy", (PIXELS / 7).astype(np.float32)[:, 0])
    np.save(folder / "fortran.npy", np.asfortranarray(PIXELS))
    np.save(folder / "labels.npy", np.array([2, 0, 1], np.int32))


if __name__ == "__main__":
    main()
