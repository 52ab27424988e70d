#!/usr/bin/python3
"""real_conversion_test - trains, quantizes and converts networks of the zoo on real images, as TAP.

usage: real_conversion_test.py BINDIR DATA FASHION

gxnor_mnist sees digits (DATA/mnist; AKIDA_DATA names another DATA), vgg_utk_face and ds_cnn_kws clothes
(the folder FASHION) resized to their inputs; both folders hold the four published IDX files. Each learns for a moment. Then gammas of
layers without max pooling turn negative and some become tiny, and at 8/4/4, 4/4/4 and 2/2/1 bits the
spiking network must give the levels of its CNN in every layer, and the same predictions, for 1,000
test images. What was rounded is reported per layer.
"""

import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("1..0 # SKIP numpy is not installed")
    sys.exit(0)

TRAINED, TESTED = 3000, 1000
BITS = [(8, 4, 4), (4, 4, 4), (2, 2, 1)]


def read_idx(path):
    data = gzip.decompress(path.read_bytes())
    sides = np.frombuffer(data, ">u4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sides)


def resized(images, height, width, channels):
    """Bilinear between pixel centres, edges repeated; all channels are equal."""
    images = images.astype(np.float64)
    for axis, size in ((1, height), (2, width)):
        side = images.shape[axis]
        place = np.clip((np.arange(size) + 0.5) * side / size - 0.5, 0, side - 1)
        low = np.minimum(place.astype(int), side - 2)
        share = (place - low).reshape([-1 if other == axis else 1 for other in range(3)])
        images = (np.take(images, low, axis) * (1 - share) + np.take(images, low + 1, axis) * share)
    return np.repeat(np.rint(images).astype(np.uint8)[..., None], channels, axis=3)


class Zoo:
    """An architecture, its data, and the normalizations whose gammas may turn negative."""

    def __init__(self, name, arguments, folder, shape, normalizations, has_targets=False):
        self.name = name
        self.arguments = arguments
        self.folder = folder
        self.shape = shape
        self.normalizations = normalizations
        self.has_targets = has_targets


class Run:
    """The tools on one architecture, in a folder of its own."""

    def __init__(self, bindir, folder, zoo):
        self.bindir = bindir
        self.folder = folder
        self.zoo = zoo

    def tool(self, *command):
        done = subprocess.run([self.bindir / command[0], *map(str, command[1:])], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        if done.returncode not in (0, 3):
            raise RuntimeError(f"{' '.join(map(str, command))}: {done.stderr}")
        return done.stdout

    def import_samples(self, name, prefix, count):
        images = read_idx(self.zoo.folder / f"{prefix}-images-idx3-ubyte.gz")[:count]
        labels = read_idx(self.zoo.folder / f"{prefix}-labels-idx1-ubyte.gz")[:count]
        np.save(self.folder / "x.npy", resized(images, *self.zoo.shape))
        labels = labels.astype(np.float32)[:, None] if self.zoo.has_targets else labels.astype("i4")
        np.save(self.folder / "y.npy", labels)
        self.tool("akida-data", "import", "npy", "x.npy", "y.npy", "-o", name)

    def prepare(self):
        """float.fbz: learned for a moment, with negative and tiny gammas."""
        self.import_samples("train.aks", "train", TRAINED)
        self.import_samples("test.aks", "t10k", TESTED)
        self.tool("akida-build", "zoo", self.zoo.name, *self.zoo.arguments, "-o", "cnn.fbz")
        self.tool("akida-train", "--epochs", 2, "--batch", 64, "-o", "float.fbz", "cnn.fbz",
                  "train.aks")
        random = np.random.default_rng(1)
        for layer in self.zoo.normalizations:
            self.tool("akida-build", "get", "float.fbz", f"{layer}.gamma", "--format", "npy", "-o",
                      "gamma.npy")
            gamma = np.load(self.folder / "gamma.npy")
            gamma *= random.choice([-1, 1], gamma.shape)
            gamma *= np.where(random.random(gamma.shape) < 0.1, 0.01, 1)
            np.save(self.folder / "gamma.npy", gamma.astype(np.float32))
            self.tool("akida-build", "set", "float.fbz", f"{layer}.gamma=gamma.npy", "-o",
                      "float.fbz")

    def convert(self, first, weights, levels):
        """What differs between CNN and SNN, one text each; prints what was rounded."""
        self.tool("akida-quantize", "-i", first, "-w", weights, "-a", levels, "--calibrate",
                  "train.aks", "-o", "quantized.fbz", "float.fbz")
        report = json.loads(self.tool("akida-convert", "--verify", "test.aks", "--json", "-o",
                                      "snn.fbz", "quantized.fbz"))
        layers = report["layers"]
        print("# rounded: " + ", ".join(f"{layer['layer']} {layer['rounded']} of {layer['values']}"
                                        for layer in layers))
        faults = [f"{layer['layer']}: {layer['different']} values differ" for layer in layers
                  if layer["different"]]
        verb = "evaluate" if self.zoo.has_targets else "predict"
        results = [self.tool("akida-run", verb, model, "test.aks", "--format", "text")
                   for model in ("quantized.fbz", "snn.fbz")]
        if results[0].count("\n") != TESTED:
            faults.append(f"{results[0].count(chr(10))} predictions, not {TESTED}")
        if results[0] != results[1]:
            faults.append("predictions differ")
        return faults


def main():
    if len(sys.argv) != 4:
        print("usage: real_conversion_test.py BINDIR DATA FASHION", file=sys.stderr)
        return 2
    bindir, data, fashion = (pathlib.Path(path).resolve() for path in sys.argv[1:])
    mnist = pathlib.Path(os.environ.get("AKIDA_DATA", data)) / "mnist"
    zoos = [
        Zoo("gxnor_mnist", [], mnist, (28, 28, 1), ["fc1_BN", "predictions_BN"]),
        Zoo("vgg_utk_face", [], fashion, (32, 32, 3), ["conv_0_BN", "conv_2_BN", "conv_4_BN",
                                                       "dense_1_BN"], has_targets=True),
        Zoo("ds_cnn_kws", ["--classes", "10"], fashion, (49, 10, 1),
            ["conv_0_BN", *(f"separable_{i}_BN" for i in range(1, 7))]),
    ]
    print(f"1..{len(zoos) * len(BITS)}", flush=True)
    number, is_good = 0, True
    for zoo in zoos:
        if not (zoo.folder / "t10k-images-idx3-ubyte.gz").exists():
            for _ in BITS:
                number += 1
                print(f"ok {number} - {zoo.name} # SKIP no images in {zoo.folder}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            run = Run(bindir, pathlib.Path(folder), zoo)
            run.prepare()
            for bits in BITS:
                number += 1
                faults = run.convert(*bits)
                is_good &= not faults
                print(f"{'not ok' if faults else 'ok'} {number} - {zoo.name} "
                      f"{'/'.join(map(str, bits))}: {TESTED} real samples", flush=True)
                for fault in faults:
                    print(f"# {fault}")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
