#!/usr/bin/python3
"""peer_pillow - times decoding and resizing JPEGs beside Pillow.

usage: peer_pillow.py BENCH_IMAGES JOBS

Runs short rounds of the program and of Pillow in turn on the same files in memory and prints the
fastest round of each, by the clock on the wall and by the time of all processors, which other work
on the machine disturbs less. Both resize to 224x224 with Pillow's BILINEAR to the same pixels (a
test says so: tests/cli/image_import_test.py). Pillow has one thread. Files: 500x375 made up, as large as most of ImageNet's, and the photographs in the
folder AKIDA_DATA, if any.
"""

import io
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROUNDS = 15
SIZE = (224, 224)


def make_images(folder):
    """Smooth colours and some noise, which take about as many bytes as photographs."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(1)
    paths = []
    for n in range(8):
        small = Image.fromarray(random.integers(0, 256, (24, 32, 3), np.uint8))
        pixels = np.asarray(small.resize((500, 375), Image.BICUBIC)).astype(float)
        pixels += random.normal(0, 6, pixels.shape)
        paths.append(folder / f"{n}.jpg")
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(paths[-1], quality=90)
    return paths


def measure(program, jobs, name, paths):
    from PIL import Image

    contents = [path.read_bytes() for path in paths]
    repeats = max(1, 24 // len(paths))
    count = repeats * len(paths)
    ours = subprocess.Popen([program, *map(str, SIZE), str(jobs), *map(str, paths)],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def our_time():
        ours.stdin.write(f"{repeats}\n")
        ours.stdin.flush()
        return [float(value) / count for value in ours.stdout.readline().split()]

    def resize(content):
        return Image.open(io.BytesIO(content)).convert("RGB").resize(SIZE, Image.BILINEAR)

    def their_time():
        wall, processor = time.perf_counter(), time.process_time()
        for content in contents * repeats:
            resize(content)
        return [(time.perf_counter() - wall) * 1000 / count,
                (time.process_time() - processor) * 1000 / count]

    rounds = [our_time() + their_time() for _ in range(ROUNDS)]
    wall, processors, their_wall, their_processor = (min(times) for times in zip(*rounds[2:]))
    print(f"JPEG to {SIZE[0]}x{SIZE[1]}, {name}, {jobs} threads: {wall:.2f} ms an image, Pillow "
          f"{their_wall:.2f} ms, ratio {their_wall / wall:.2f}; processor time {processors:.2f} ms, "
          f"Pillow {their_processor:.2f} ms, ratio {their_processor / processors:.2f}")
    ours.stdin.close()
    ours.wait()


def main():
    program, jobs = sys.argv[1], int(sys.argv[2])
    try:
        import numpy  # noqa: F401
        import PIL  # noqa: F401
    except ImportError:
        print("JPEG: skipped, /usr/bin/python3 has no PIL (python3-pil) or no numpy")
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(program, jobs, "500x375", make_images(pathlib.Path(folder)))
    photographs = pathlib.Path(os.environ.get("AKIDA_DATA", "../shared/data")) / "images"
    if photographs.is_dir():
        measure(program, jobs, "photographs", sorted(photographs.rglob("*.jpg")))


if __name__ == "__main__":
    main()
