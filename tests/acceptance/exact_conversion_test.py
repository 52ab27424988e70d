#!/usr/bin/python3
"""exact_conversion_test - compares converted networks with exact_cnn.py, as TAP.

usage: exact_conversion_test.py BINDIR [COUNT [FIRST]]

Random quantized CNNs and shapes of the zoo with random weights are written as architecture files,
built by akida-build, converted by akida-convert and run by akida-run. Every level of every layer,
and the potentials and values of a last layer without activation, must be those of exact_cnn. With a
COUNT below 100, the zoo is left out. The quantized CNN's own inference must agree as well (--verify).
A difference names the random network by number.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError:
    print("1..0 # SKIP numpy is not installed")
    sys.exit(0)

sys.dont_write_bytecode = True
import exact_cnn  # noqa: E402
import quantized_architectures  # noqa: E402

LARGE = 2000  # weights that go into .npy files


class Difference(Exception):
    """What a tool did that the formulas do not."""


class Case:
    """One network in a folder of its own, and the tools run on it."""

    def __init__(self, bindir, folder, net):
        self.bindir = pathlib.Path(bindir).resolve()
        self.folder = folder
        self.net = net
        self.levels = 0
        self.inexact = 0  # levels that differ from those of the unrounded boundaries

    def tool(self, *command):
        done = subprocess.run([self.bindir / command[0], *map(str, command[1:])], cwd=self.folder,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Difference(f"{' '.join(map(str, command))}: {done.returncode}: {done.stderr}"
                             f"{done.stdout[-300:]}")
        return done.stdout

    def run(self):
        self.write()
        events = self.net.events
        cnn = exact_cnn.ExactCnn(self.net.architecture, events)
        results = [cnn.run(sample) for sample in self.net.samples]
        observers = []
        for block in cnn.blocks:
            if block.activation is not None:
                observers += ["--observe", f"{block.name}:spikes={block.name}.aks"]
        self.tool("akida-run", "forward", "snn.fbz", "data.aks", "--format", "npy", "-o",
                  "out.npy", *observers)
        for index, block in enumerate(cnn.blocks):
            outputs = [result[index].output for result in results]
            if block.activation is None:
                self.compare_values(block, outputs)
                continue
            self.tool("akida-data", "to-npy", f"{block.name}.aks", "-o", f"{block.name}.npy")
            self.compare(block, f"{block.name}.npy", outputs)
            self.levels += sum(output.size for output in outputs)
            self.inexact += sum(np.count_nonzero(result[index].output != result[index].exact_output)
                                for result in results)

    def write(self):
        layers = [self.stored(layer) for layer in self.net.layers]
        (self.folder / "cnn.json").write_text(
            json.dumps({**self.net.architecture, "layers": layers}))
        self.tool("akida-build", "new", "cnn.json", "-o", "cnn.fbz")
        kind = "events" if self.net.events else "image"
        np.save(self.folder / "data.npy", self.net.samples)
        self.tool("akida-data", "import", "npy", "data.npy", "-o", "data.aks")
        self.tool("akida-convert", "--input", kind, "--verify", "data.aks", "cnn.fbz", "-o",
                  "snn.fbz")

    def stored(self, layer):
        """A layer as the architecture file has it."""
        stored = dict(layer)
        if "variables" in layer:
            stored["variables"] = {}
            for name, values in layer["variables"].items():
                if values.size > LARGE:
                    file = f"{layer['name']}-{name}.npy"
                    np.save(self.folder / file, values)
                    stored["variables"][name] = file
                else:
                    stored["variables"][name] = values.tolist()
        return stored

    def compare(self, block, file, expected):
        got = np.load(self.folder / file)
        expected = np.array(expected)
        if got.shape != expected.shape:
            raise Difference(f"{block.name}: {got.shape}, not {expected.shape}")
        different = np.argwhere(got != expected)
        if len(different):
            first = tuple(different[0])
            raise Difference(f"{block.name}: {len(different)} of {got.size} values, the first at "
                             f"{first}: {got[first]}, not {expected[first]}")

    def compare_values(self, block, potentials):
        self.compare(block, "out.npy", potentials)
        self.tool("akida-run", "evaluate", "snn.fbz", "data.aks", "--format", "npy", "-o",
                  "values.npy")
        got = np.load(self.folder / "values.npy")
        expected = np.array([block.evaluate(values) for values in potentials])
        scale = np.abs(expected) + 1
        if got.shape != expected.shape or (np.abs(got - expected) > 1e-6 * scale).any():
            raise Difference(f"{block.name}: values differ by {np.abs(got - expected).max()}")


def compare(bindir, net, name):
    """Runs one network; returns levels and inexact levels, or None after a difference."""
    with tempfile.TemporaryDirectory() as folder:
        case = Case(bindir, pathlib.Path(folder), net)
        try:
            case.run()
        except Difference as difference:
            print(f"# {name}: {difference}", flush=True)
            return None
        return case.levels, case.inexact


def report(number, what, results):
    """One TAP line for several networks."""
    good = [result for result in results if result is not None]
    levels, inexact = (sum(result[i] for result in good) for i in range(2))
    is_good = len(good) == len(results)
    print(f"{'ok' if is_good else 'not ok'} {number} - {what}: {levels} levels of {len(good)} of "
          f"{len(results)} networks equal, {inexact} differ from unrounded boundaries", flush=True)
    return is_good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bindir")
    parser.add_argument("count", type=int, nargs="?", default=1000)
    parser.add_argument("first", type=int, nargs="?", default=0)
    arguments = parser.parse_args()
    zoo = []
    if arguments.count >= 100:
        zoo = [(make, bits) for make in quantized_architectures.ZOO
               for bits in quantized_architectures.ZOO_BITS]
    print(f"1..{1 + len(zoo)}")
    numbers = range(arguments.first, arguments.first + arguments.count)
    results = [compare(arguments.bindir, quantized_architectures.random_architecture(number),
                       f"network {number}") for number in numbers]
    is_good = report(1, "random networks", results)
    for number, (make, bits) in enumerate(zoo, 2):
        name = f"{make.__name__} {'/'.join(map(str, bits))}"
        is_good &= report(number, name, [compare(arguments.bindir, make(*bits), name)])
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
