#!/usr/bin/python3
"""numpy_engine_test - compares the tools with numpy_engine.py on random networks, as TAP.

usage: numpy_engine_test.py BINDIR [COUNT [FIRST]]

Every network of random_networks.py is written as an architecture file, built by akida-build, fed by
akida-data from an array or a list of events, and run by akida-run and akida-stats under every CPU
mask and with 1 to 4 threads. All outputs must be equal bit for bit. A difference names the network
by number: COUNT 1 and FIRST that number show it again.
"""

import argparse
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("1..0 # SKIP numpy is not installed")
    sys.exit(0)

sys.dont_write_bytecode = True
import numpy_engine  # noqa: E402
import random_networks  # noqa: E402

CPU_MASKS = ["none", "avx2", "avx512", "vnni", "amx", "all"]
LARGE = 2000  # weights that go into .npy files
CHECKS = {
    "check_files": "architectures and samples are read",
    "check_forward": "levels and potentials are numpy's under every CPU mask",
    "check_observer": "spikes and potentials of inner layers are numpy's",
    "check_evaluate": "evaluated values are numpy's",
    "check_predict": "predicted classes are numpy's",
    "check_statistics": "statistics are numpy's",
}


class Difference(Exception):
    """What a tool did that numpy does not."""


class Case:
    """One network in a folder of its own, and the tools run on it."""

    def __init__(self, bindir, folder, number):
        self.bindir = pathlib.Path(bindir).resolve()
        self.folder = folder
        self.dice = random.Random(f"options of {number}")
        network = random_networks.RandomNetwork(number)
        self.architecture, self.samples = network.architecture, network.samples
        self.layers = self.architecture["layers"]
        self.results = [numpy_engine.run(self.architecture, sample) for sample in self.samples]
        self.outputs = [result[self.layers[-1]["name"]].output for result in self.results]

    def tool(self, *command):
        """Runs a tool in the folder and returns its standard output."""
        done = subprocess.run([self.bindir / command[0], *map(str, command[1:])], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0 or done.stderr:
            raise Difference(f"{' '.join(map(str, command))}: {done.returncode}: {done.stderr}")
        return done.stdout

    def options(self, mask=None):
        return ["--cpu-mask", mask or self.dice.choice(CPU_MASKS), "-j", self.dice.randint(1, 4)]

    # --- files ---

    def check_files(self):
        self.build()
        self.write_samples()
        return True

    def build(self):
        layers = [self.stored(layer) for layer in self.layers]
        (self.folder / "net.json").write_text(json.dumps({"name": "random", "layers": layers}))
        self.tool("akida-build", "new", "net.json", "-o", "net.fbz")

    def stored(self, layer):
        """A layer as the architecture file has it."""
        stored = {key: value for key, value in layer.items() if key != "of_potentials"}
        if "variables" not in layer:
            return stored
        stored["variables"] = {}
        for name, values in layer["variables"].items():
            if "threshold_fire" in layer and not name.startswith("weights"):
                continue  # has its default, or that of the layer
            if values.size > LARGE:
                file = f"{layer['name']}-{name}.npy"
                np.save(self.folder / file, values)
                stored["variables"][name] = file
            else:
                stored["variables"][name] = values.tolist()
        return stored

    def write_samples(self):
        """As an array or, half of the time where every sample has one, as events."""
        is_image = self.layers[0]["type"] == "InputConvolutional"
        if is_image or not self.samples.any(axis=(1, 2, 3)).all() or self.dice.random() < 0.5:
            np.save(self.folder / "data.npy", self.samples)
            self.tool("akida-data", "import", "npy", "data.npy", "-o", "data.aks")
            return
        events = [(*place, self.samples[tuple(place)]) for place in np.argwhere(self.samples)]
        self.dice.shuffle(events)
        events.sort(key=lambda event: event[0])  # samples one after another, places in any order
        lines = [f"{s},{x},{y},{c},{value}\n" for s, y, x, c, value in events]
        (self.folder / "data.csv").write_text("sample,x,y,polarity,value\n" + "".join(lines))
        height, width, channels = self.samples.shape[1:]
        self.tool("akida-data", "import", "events", "--shape", f"{width},{height},{channels}",
                  "data.csv", "-o", "data.aks")

    # --- comparisons: False where the network has nothing to compare ---

    def check_forward(self):
        for mask in CPU_MASKS:
            self.tool("akida-run", "forward", "net.fbz", "data.aks", "--format", "npy", "-o",
                      "out.npy", *self.options(mask))
            self.compare(f"forward under {mask}", self.outputs, self.output_type(self.layers[-1]))
        return True

    def check_observer(self):
        layer = self.dice.choice(self.layers[:-1] or self.layers)
        results = [result[layer["name"]] for result in self.results]
        is_on = layer.get("activations_enabled", True)
        kinds = ["spikes"] * is_on + ["potentials"] * (results[0].potentials is not None)
        kind = self.dice.choice(kinds)
        if kind == "spikes":
            expected = [result.output for result in results]
        else:  # those that meet their threshold
            expected = [np.where((result.output == 0) & is_on, 0, result.potentials)
                        for result in results]
        target = self.dice.choice([layer["name"], self.layers.index(layer)])
        self.tool("akida-run", "predict", "net.fbz", "data.aks", "-o", "classes.aks", "--observe",
                  f"{target}:{kind}=seen.aks", *self.options())
        self.tool("akida-data", "to-npy", "seen.aks", "-o", "out.npy")
        self.compare(f"{kind} of {layer['name']}", expected, "u1" if kind == "spikes" else "<i4")
        return True

    def check_evaluate(self):
        if self.layers[-1].get("activations_enabled", True):
            return False
        self.tool("akida-run", "evaluate", "net.fbz", "data.aks", "--format", "npy", "-o",
                  "out.npy", *self.options())
        values = [numpy_engine.evaluate(self.layers[-1], output) for output in self.outputs]
        self.compare("evaluate", values, "<f4")
        return True

    def check_predict(self):
        neurons = self.outputs[0].shape[2]
        classes = self.dice.choice([n for n in range(1, neurons + 1) if neurons % n == 0])
        self.tool("akida-run", "predict", "net.fbz", "data.aks", "--format", "npy", "--classes",
                  classes, "-o", "out.npy", *self.options())
        expected = [numpy_engine.predict(self.layers[-1], output, classes)
                    for output in self.outputs]
        self.compare(f"predict of {classes} classes", expected, "<i4")
        return True

    def check_statistics(self):
        report = json.loads(
            self.tool("akida-stats", "statistics", "--json", "net.fbz", "data.aks",
                      *self.options()))
        for layer, got in zip(self.layers, report["layers"], strict=True):
            results = [result[layer["name"]] for result in self.results]
            expected = numpy_engine.statistics(layer, results)
            if got.pop("name") != layer["name"] or got.keys() != expected.keys():
                raise Difference(f"statistics of {layer['name']} have {got}")
            for key, value in expected.items():
                if not math.isclose(got[key], value, rel_tol=1e-12, abs_tol=1e-12):
                    raise Difference(f"{layer['name']}: {key} {got[key]}, not {value}")
        return True

    @staticmethod
    def output_type(layer):
        return "u1" if layer.get("activations_enabled", True) else "<i4"

    def compare(self, what, expected, dtype):
        """out.npy with a list of arrays, one per sample, bit for bit."""
        got = np.load(self.folder / "out.npy")
        expected = np.array(expected, dtype=dtype)
        if got.shape != expected.shape or got.dtype != expected.dtype:
            raise Difference(f"{what}: {got.dtype} {got.shape}, not {dtype} {expected.shape}")
        different = np.argwhere((got != expected) | (np.signbit(got) != np.signbit(expected)))
        if len(different):
            first = tuple(different[0])
            raise Difference(f"{what}: {len(different)} of {got.size} values, the first at "
                             f"{first}: {got[first]}, not {expected[first]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bindir")
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("first", type=int, nargs="?", default=0)
    arguments = parser.parse_args()
    equal = dict.fromkeys(CHECKS, 0)
    different = dict.fromkeys(CHECKS, 0)
    for number in range(arguments.first, arguments.first + arguments.count):
        with tempfile.TemporaryDirectory() as folder:
            case = Case(arguments.bindir, pathlib.Path(folder), number)
            for check in CHECKS:
                try:
                    equal[check] += getattr(case, check)()
                except Difference as difference:
                    different[check] += 1
                    print(f"# network {number}: {difference}", flush=True)
                    break
    print(f"1..{len(CHECKS)}")
    for index, (check, meaning) in enumerate(CHECKS.items(), 1):
        is_good = equal[check] > 0 and different[check] == 0
        print(f"{'ok' if is_good else 'not ok'} {index} - {meaning}: {equal[check]} networks"
              f" equal, {different[check]} different")
    return 1 if any(different.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
