#!/usr/bin/python3
"""make.py - write the sounds of this folder.

usage: make.py FOLDER

WAV files are written byte by byte; FLAC and Ogg need sox, whose versions may write other bytes.
"""

import math
import pathlib
import struct
import subprocess
import sys

folder = pathlib.Path(sys.argv[1])


def wav(name, data, rate, channels, bits, code=1):
    frame = channels * bits // 8
    fmt = struct.pack("<HHIIHH", code, channels, rate, rate * frame, frame, bits)
    body = b"WAVEfmt " + struct.pack("<I", 16) + fmt + b"data" + struct.pack("<I", len(data)) + data
    (folder / name).write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)


def tone(i):
    return round(12000 * math.sin(2 * math.pi * 500 * i / 8000))


short = [tone(i) for i in range(400)]
wav("tone.wav", struct.pack("<400h", *short), 8000, 1, 16)
# Left the tone, right 1.5 times as loud and turned around: the mean is a quarter of it, turned around.
wav("stereo24.wav", b"".join(struct.pack("<i", s << 8)[:3] + struct.pack("<i", -3 * s * 128)[:3]
                             for s in short), 8000, 2, 24)
wav("float.wav", struct.pack("<400f", *(s / 32768 for s in short)), 8000, 1, 32, 3)
wav("bytes.wav", bytes(128 + s // 256 for s in short), 8000, 1, 8)
wav("nan.wav", struct.pack("<3f", 0, math.nan, 0), 8000, 1, 32, 3)
for name, options in (("tone.flac", []), ("tone.ogg", ["-C", "3"])):
    subprocess.run(["sox", "-D", folder / "tone.wav", *options, folder / name], check=True)
flac = (folder / "tone.flac").read_bytes()
(folder / "truncated.flac").write_bytes(flac[: len(flac) * 2 // 3])
whole = (folder / "tone.wav").read_bytes()
(folder / "truncated.wav").write_bytes(whole[:500])
