#!/usr/bin/python3
"""peer_events - times the decoding of event recordings beside numpy.

usage: peer_events.py BENCH_EVENTS

Makes recordings of two million events, EVT 3.0 and AEDAT 4.0 (not compressed, and LZ4 through the same
library), then lets the program and numpy decode them from memory in turn and prints the fastest round of
each, in CPU time. Both give times, places and polarities of all events, whose sums have to agree.
"""

import ctypes
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

ROUNDS = 9
EVENTS = 2_000_000
PACKET = 8192


def make_events(np):
    """Rows of a moving edge and single events, as sensors see them."""
    random = np.random.default_rng(1)
    starts = EVENTS // 8
    first = random.integers(0, 1200, starts)
    width = random.integers(1, 16, starts)
    row = np.repeat(np.arange(starts), width)
    within = np.arange(len(row)) - np.repeat(np.cumsum(width) - width, width)
    return {"t": row // 3 + 1000, "x": first[row] + within, "y": random.integers(0, 720, starts)[row],
            "p": random.integers(0, 2, starts)[row]}, first, width


def evt3_file(np, events, first, width):
    """Per row: time, y, then a vector of 12 and one of 8, or a single event."""
    heads = np.cumsum(width) - width
    t, y, p = (events[name][heads] for name in "typ")
    bits = (1 << width) - 1
    words = np.stack([8 << 12 | t >> 12, 6 << 12 | t & 0xFFF, y,
                      np.where(width == 1, 2 << 12, 3 << 12) | p << 11 | first,
                      np.where(width == 1, 14 << 12, 4 << 12 | bits & 0xFFF),
                      np.where(width <= 12, 14 << 12, 5 << 12 | bits >> 12)], axis=1)
    used = np.ones(words.shape, bool)
    used[1:, 0] = words[1:, 0] != words[:-1, 0]
    used[1:, 1] = words[1:, 1] != words[:-1, 1]
    used[:, 4:] = words[:, 4:] != 14 << 12
    return b"% evt 3.0\n% geometry 1280x720\n% end\n" + words[used].astype("<u2").tobytes()


class Lz4:
    def __init__(self):
        self.library = ctypes.CDLL("liblz4.so.1")
        self.library.LZ4F_compressFrame.restype = ctypes.c_size_t
        self.context = ctypes.c_void_p()
        self.library.LZ4F_createDecompressionContext(ctypes.byref(self.context), 100)
        self.room = ctypes.create_string_buffer(1 << 18)

    def compress(self, data):
        room = ctypes.create_string_buffer(len(data) + 4096)
        size = self.library.LZ4F_compressFrame(room, ctypes.c_size_t(len(room)), data,
                                               ctypes.c_size_t(len(data)), None)
        return room.raw[:size]

    def decompress(self, frame):
        out, used = ctypes.c_size_t(len(self.room)), ctypes.c_size_t(len(frame))
        self.library.LZ4F_decompress(self.context, self.room, ctypes.byref(out), frame, ctypes.byref(used), None)
        return memoryview(self.room)[:out.value]


def aedat4_file(np, events, pack):
    kind = np.dtype([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1"), ("_", "V3")])
    elements = np.zeros(len(events["t"]), kind)
    for name in "txyp":
        elements[name] = events[name]
    # root, identifier, vtable (6 bytes and 2 of padding), table (soffset, compression)
    header = struct.pack("<I4sHHHHii", 16, b"IOHE", 6, 8, 4, 0, 8, 1 if pack else 0)
    data = [b"#!AER-DAT4.0\r\n", struct.pack("<I", len(header)), header]
    for at in range(0, len(elements), PACKET):
        part = elements[at:at + PACKET]
        # root, identifier, vtable (6 bytes and 2 of padding), table (soffset, vector), padding, number
        body = struct.pack("<I4sHHHHiI8xI", 16, b"EVTS", 6, 8, 4, 0, 8, 12, len(part))
        buffer = struct.pack("<I", len(body) + part.nbytes) + body + part.tobytes()
        packet = pack(buffer) if pack else buffer
        data.append(struct.pack("<ii", 0, len(packet)) + packet)
    return b"".join(data)


def decode_evt3(np, data):
    at = 0
    while data[at:at + 1] == b"%":
        at = data.index(b"\n", at) + 1
    words = np.frombuffer(data, "<u2", offset=at).astype(np.int32)
    kind = words >> 12
    index = np.arange(len(words))

    def last(code):
        """Of every word, the index of the last word of that kind."""
        return np.maximum.accumulate(np.where(kind == code, index, 0))

    length = np.where(kind == 4, 12, np.where(kind == 5, 8, 0))
    passed = np.cumsum(length) - length  # of vectors before the word
    chosen = np.flatnonzero((kind == 2) | (kind == 4) | (kind == 5))
    word, single = words[chosen], kind[chosen] == 2
    base = last(3)[chosen]
    mask = np.where(single, 1, np.where(kind[chosen] == 4, word & 0xFFF, word & 0xFF))
    first = np.where(single, word & 0x7FF, (words[base] & 0x7FF) + passed[chosen] - passed[base])
    polarity = np.where(single, word, words[base]) >> 11 & 1
    time = (words[last(8)[chosen]] & 0xFFF).astype(np.int64) << 12 | words[last(6)[chosen]] & 0xFFF
    y = words[last(0)[chosen]] & 0x7FF
    row, column = np.nonzero(mask[:, None] >> np.arange(12) & 1)
    return {"t": time[row], "x": first[row] + column, "y": y[row], "p": polarity[row]}


def decode_aedat4(np, data, unpack):
    kind = np.dtype([("t", "<i8"), ("x", "<i2"), ("y", "<i2"), ("p", "u1"), ("_", "V3")])
    at = data.index(b"\n") + 1
    at += 4 + struct.unpack_from("<I", data, at)[0]
    parts = {name: [] for name in "txyp"}
    while at < len(data):
        size = struct.unpack_from("<i", data, at + 4)[0]
        content = data[at + 8:at + 8 + size]
        at += 8 + size
        if unpack:
            content = unpack(content)
        table = 4 + struct.unpack_from("<I", content, 4)[0]
        vtable = table - struct.unpack_from("<i", content, table)[0]
        field = table + struct.unpack_from("<H", content, vtable + 4)[0]
        vector = field + struct.unpack_from("<I", content, field)[0]
        elements = np.frombuffer(content, kind, struct.unpack_from("<I", content, vector)[0], vector + 4)
        for name in "txyp":
            parts[name].append(elements[name].copy())
    return {name: np.concatenate(part) for name, part in parts.items()}


def main():
    try:
        import numpy as np
    except ImportError:
        print("event decoding: skipped, /usr/bin/python3 has no numpy (python3-numpy)")
        return
    events, first, width = make_events(np)
    evt3 = evt3_file(np, events, first, width)
    plain = aedat4_file(np, events, None)
    cases = [("EVT3", evt3, lambda: decode_evt3(np, evt3)), ("AEDAT4", plain, lambda: decode_aedat4(np, plain, None))]
    try:
        codec = Lz4()
        packed = aedat4_file(np, events, codec.compress)
        cases.append(("AEDAT4 with LZ4", packed, lambda: decode_aedat4(np, packed, codec.decompress)))
    except OSError:
        pass
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for index, (_, content, _) in enumerate(cases):
            paths.append(pathlib.Path(folder) / str(index))
            paths[-1].write_bytes(content)
        program = subprocess.Popen([sys.argv[1], *paths], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        print("event decoding, one thread; million events per second\n")
        print(f"{'':18}{'ours':>8}{'numpy':>8}{'ratio':>8}")
        for index, (name, _, theirs) in enumerate(cases):
            rounds = []
            for _ in range(ROUNDS):
                program.stdin.write(f"{index}\n")
                program.stdin.flush()
                ms, count, total = program.stdout.readline().split()
                start = time.thread_time()
                decoded = theirs()
                rounds.append((float(ms) / 1000, time.thread_time() - start))
                expected = sum(int(decoded[key].astype(np.int64).sum()) for key in "txyp")
                assert (int(count), int(total)) == (len(decoded["t"]), expected), "the decodings differ"
                assert len(decoded["t"]) == len(events["t"])
            ours, numpys = (int(count) / min(column) / 1e6 for column in zip(*rounds))
            print(f"{name:18}{ours:8.1f}{numpys:8.1f}{ours / numpys:8.1f}")
        program.stdin.close()
        program.wait()


if __name__ == "__main__":
    main()
