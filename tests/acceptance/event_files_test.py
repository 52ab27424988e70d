#!/usr/bin/python3
"""event_files_test - akida-data on real event recordings against numpy and published digests, as TAP.

usage: event_files_test.py TOOLS

AKIDA_DATA names the folder of real data; its events/README.md says where files and digests come from.
Every decoder here is written for this test from the descriptions of the formats.
"""

import ctypes
import ctypes.util
import hashlib
import os
import pathlib
import struct
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print("1..0 # SKIP no numpy")
    sys.exit(0)

STORED = np.dtype([("y", "<u4"), ("x", "<u4"), ("c", "<u4"), ("value", "u1"), ("t", "<i8")])


def stream_events(data):
    """The events of a raw-events .aks stream without compression, in one array."""
    length = struct.unpack_from("<I", data, 8)[0]
    at, parts = 12 + length + 4, []
    while True:
        kind, flags, stored = struct.unpack_from("<BBI", data, at)
        payload = data[at + 14:at + 14 + stored]
        at += 14 + stored
        if kind == 2:
            return np.concatenate(parts)
        assert flags == 0
        samples, ids = struct.unpack_from("<II", payload)
        skip = 8 + (4 * samples + ids if ids else 0)
        counts = np.frombuffer(payload, "<u4", samples, skip)
        parts.append(np.frombuffer(payload, STORED, int(counts.sum()), skip + 4 * samples))


def decode(tools, path, *options):
    command = [str(tools / "akida-data"), "import", "events", "--raw", str(path), *options]
    events = stream_events(subprocess.run(command, check=True, capture_output=True).stdout)
    return {name: events[key].astype(np.int64) for name, key in zip("txyp", ("t", "x", "y", "c"))}


def equal(ours, theirs):
    for name in "txyp":
        if name in theirs:
            assert len(ours[name]) == len(theirs[name]), f"{len(ours[name])} events, not {len(theirs[name])}"
            assert (ours[name] == theirs[name]).all(), f"{name} differs"


def digests(events, expected):
    for name, digest in expected.items():
        kind = {"t": "<u8", "x": "<u2", "y": "<u2", "p": "u1"}[name]
        got = hashlib.sha3_224(events[name].astype(kind).tobytes()).hexdigest()
        assert got == digest, f"digest of {name} is {got}"


def event_stream(tools, folder):
    events = decode(tools, folder / "es/dvs.es")
    assert len(events["t"]) == 473225 and events["p"].sum() == 270001
    digests(events, {"t": "6f3f9af2e99d83707fd74fef3486abdd9f2f81680d3c4fcc306b1965",
                     "x": "976eab4dc499e350481c3f568f71b2713e3ffa944bc1866f31448460",
                     "y": "6ccc2ff279b4fb7f87b37d128d84da6771df6b40b624bf3cd4e6622a",
                     "p": "6f3c58f949e7c11c55707d11f739d98669882d551403c79482ab81f9"})
    return "473225 events, digests as published"


def evt2(tools, folder):
    events = decode(tools, folder / "evt2/faery_evt2.raw")
    assert len(events["t"]) == 521252 and events["p"].sum() == 185861
    digests(events, {"t": "9855ba39c1baea316ae623b72466e420df60a7510248391856eb4eaf",
                     "x": "93fc6cff19b483fd48ca53345c6c1cf05123681d7b7272a1717e9303",
                     "y": "07cfaef58e5fa71ce9910ed5b88fb7e9fcf71e4a8654cc2c4666f1ae",
                     "p": "d2b5e9c4047f4c431937b24cd46c8b504e055372b0ded1df77f0ffa1"})
    return "521252 events, digests as published"


def evt3(tools, folder):
    events = decode(tools, folder / "evt3/expelliarmus_evt3_sample.raw")
    other = np.load(folder / "evt3/expelliarmus_evt3_sample.npy")
    names = dict(zip("txyp", other.dtype.names))
    assert len(events["t"]) == 219596 and events["p"].sum() == 115532
    equal(events, {name: other[names[name]].astype(np.int64) for name in "xyp"})
    assert (events["t"][0], events["t"][-1]) == (11718656, 11727457)  # README: not the .npy's
    equal(decode(tools, folder / "evt3/expelliarmus_evt3_sample.npy"),
          {name: other[names[name]].astype(np.int64) for name in "txyp"})
    return "219596 events, places and polarities of another library's decoding"


def dat(tools, folder):
    data = (folder / "dat/tonic_ncars.dat").read_bytes()
    at = 0
    while data[at:at + 1] == b"%":
        at = data.index(b"\n", at) + 1
    words = np.frombuffer(data, "<u4", offset=at + 2).reshape(-1, 2).astype(np.int64)
    place = words[:, 1]
    events = decode(tools, folder / "dat/tonic_ncars.dat")
    equal(events, {"t": words[:, 0], "x": place & 0x3FFF, "y": place >> 14 & 0x3FFF, "p": place >> 28})
    assert len(place) == 2009 and events["p"].sum() == 1350
    return "2009 events as numpy decodes them"


def nmnist(tools, folder):
    records = np.fromfile(folder / "nmnist/tonic_nmnist.bin", np.uint8).reshape(-1, 5).astype(np.int64)
    rest = records[:, 2] << 16 | records[:, 3] << 8 | records[:, 4]
    events = decode(tools, folder / "nmnist/tonic_nmnist.bin")
    equal(events, {"t": rest & 0x7FFFFF, "x": records[:, 0], "y": records[:, 1], "p": rest >> 23})
    assert len(rest) == 4325 and events["p"].sum() == 2145
    return "4325 events as numpy decodes them"


def aedat2_words(path, header):
    words = np.frombuffer(path.read_bytes(), ">u4", offset=header).reshape(-1, 2).astype(np.int64)
    return words[:, 0], words[:, 1]


def davis(address, time):
    chosen = (address >> 31 == 0) & (address >> 10 & 1 == 0)
    address = address[chosen]
    return {"t": time[chosen], "x": address >> 12 & 0x3FF, "y": address >> 22 & 0x1FF, "p": address >> 11 & 1}


def aedat2(tools, folder):
    path = folder / "aedat2/IMU_translBoxes.aedat"
    address, time = aedat2_words(path, 175268)
    assert (address >> 31 == 0).sum() == 162771
    equal(decode(tools, path), davis(address, time))
    path = folder / "aedat2/TranslatingBarX.aedat"
    address, time = aedat2_words(path, 185)
    events = decode(tools, path, "--sensor", "davis240")
    equal(events, davis(address, time))
    assert len(events["t"]) == 10000 and (events["x"].max(), events["y"].max()) == (188, 100)
    empty = subprocess.run([tools / "akida-data", "import", "events", folder / "aedat2/tonic_header_only.aedat"],
                           capture_output=True)
    assert empty.returncode == 1 and empty.stderr.endswith(b": no events in it\n"), empty.stderr
    return f"{(address >> 31 == 0).sum()} events of a bar and those of boxes as numpy decodes them"


def lz4_content(frame, room):
    library = ctypes.CDLL(ctypes.util.find_library("lz4") or "liblz4.so.1")
    context = ctypes.c_void_p()
    library.LZ4F_createDecompressionContext(ctypes.byref(context), 100)
    out = ctypes.create_string_buffer(room)
    out_size, in_size = ctypes.c_size_t(room), ctypes.c_size_t(len(frame))
    left = library.LZ4F_decompress(context, out, ctypes.byref(out_size), frame, ctypes.byref(in_size), None)
    library.LZ4F_freeDecompressionContext(context)
    assert left == 0
    return out.raw[:out_size.value]


def aedat4_events(data):
    """All events of an LZ4-compressed AEDAT 4.0 file."""
    kind = np.dtype([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1"), ("_", "V3")])
    at = data.index(b"\n") + 1
    at += 4 + struct.unpack_from("<I", data, at)[0]
    parts = []
    while at < 945243:  # dataTablePosition
        size = struct.unpack_from("<i", data, at + 4)[0]
        content = lz4_content(data[at + 8:at + 8 + size], 1 << 22)
        at += 8 + size
        if content[8:12] != b"EVTS":
            continue
        table = 4 + struct.unpack_from("<I", content, 4)[0]
        vtable = table - struct.unpack_from("<i", content, table)[0]
        field = table + struct.unpack_from("<H", content, vtable + 4)[0]
        vector = field + struct.unpack_from("<I", content, field)[0]
        count = struct.unpack_from("<I", content, vector)[0]
        parts.append(np.frombuffer(content, kind, count, vector + 4))
    return np.concatenate(parts)


def aedat4(tools, folder):
    path = folder / "aedat4/tonic_sample.aedat4"
    expected = aedat4_events(path.read_bytes())
    events = decode(tools, path)
    equal(events, {name: expected[name].astype(np.int64) for name in "txyp"})
    assert len(expected) == 111954 and expected["p"].sum() == 55023
    return "111954 events as numpy decodes them"


def filters(tools, folder):
    """Piped filters against numpy on a real recording."""
    path = folder / "evt3/expelliarmus_evt3_sample.raw"
    events = decode(tools, path)
    kept = decode(tools, path, "--region", "300,200,640,360", "--polarity", "on", "--time", "1000:6000")
    since = events["t"] - events["t"][0]
    chosen = ((events["x"] >= 300) & (events["x"] < 940) & (events["y"] >= 200) & (events["y"] < 560)
              & (events["p"] == 1) & (since >= 1000) & (since < 6000))
    equal(kept, {"t": events["t"][chosen], "x": events["x"][chosen] - 300, "y": events["y"][chosen] - 200,
                 "p": events["p"][chosen]})
    cleaned = decode(tools, path, "--background", "2000")
    last = np.full((722, 1282), -1 << 40, np.int64)
    mask = []
    for t, x, y in zip(events["t"], events["x"], events["y"]):
        last[y + 1, x + 1] = -1 << 40
        mask.append(t - last[y:y + 3, x:x + 3].max() <= 2000)
        last[y + 1, x + 1] = t
    mask = np.array(mask)
    equal(cleaned, {name: events[name][mask] for name in "txyp"})
    return f"{chosen.sum()} of 219596 events in a region, {mask.sum()} with activity around them"


CASES = [event_stream, evt2, evt3, dat, nmnist, aedat2, aedat4, filters]


def main():
    tools = pathlib.Path(sys.argv[1])
    root = pathlib.Path(__file__).resolve().parents[2]
    folder = pathlib.Path(os.environ.get("AKIDA_DATA") or root.parent / "shared/data") / "events"
    if not folder.is_dir():
        print(f"1..0 # SKIP {folder} does not exist; AKIDA_DATA names the folder of real data")
        return 0
    print(f"1..{len(CASES)}")
    failed = False
    for number, case in enumerate(CASES, 1):
        try:
            print(f"ok {number} - {case.__name__}: {case(tools, folder)}")
        except (AssertionError, subprocess.CalledProcessError) as error:
            failed = True
            print(f"not ok {number} - {case.__name__}: {error} {getattr(error, 'stderr', b'') or ''}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
