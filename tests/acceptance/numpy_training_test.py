#!/usr/bin/python3
"""numpy_training_test - compares akida-train with numpy_training.py, as TAP.

usage: numpy_training_test.py BINDIR SCHEMA

Small networks with random weights are written as architecture files and trained on random samples,
all of them in every batch. Losses and every variable must be those of numpy, which computes in
float64, within what float32 rounds. SCHEMA is formats/model.fbs, with which flatc reads the models.
"""

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
import numpy_training  # noqa: E402

SAMPLES, CLASSES = 12, 4
STEPS = 5
TOLERANCE = 2e-4  # of values around 1, after several steps of float32

SAME = {"padding": "same"}
# Layers in front of a batch normalization have no bias: its gradient is 0 but for rounding, which
# Adam would enlarge. What follows has some.
POOLED = [
    {"type": "Input", "shape": [7, 6, 2]},
    {"type": "Conv2D", "filters": 5, "kernel_size": [3, 3], **SAME, "use_bias": False,
     "kernel_regularizer": {"l2": 0.02}},
    {"type": "MaxPooling2D", "pool_size": [2, 2], **SAME},
    {"type": "BatchNormalization"},
    {"type": "ReLU", "max_value": 6},
    {"type": "Conv2D", "filters": 3, "kernel_size": [2, 3], "strides": [2, 1]},
    {"type": "Flatten"},
    {"type": "Dense", "units": 6, "use_bias": False, "kernel_regularizer": {"l1": 0.01, "l2": 0.003}},
    {"type": "BatchNormalization", "momentum": 0.9, "epsilon": 0.01},
    {"type": "ReLU"},
    {"type": "Dense", "units": CLASSES},
    {"type": "Softmax"},
]
SEPARABLE = [
    {"type": "Input", "shape": [8, 5, 3]},
    {"type": "SeparableConv2D", "filters": 6, "kernel_size": [3, 3], "strides": [1, 2], **SAME,
     "use_bias": False, "pointwise_regularizer": {"l2": 0.01}},
    {"type": "BatchNormalization"},
    {"type": "ReLU", "max_value": 1},
    {"type": "AveragePooling2D", "pool_size": [3, 2], "strides": [2, 1], **SAME},
    {"type": "SeparableConv2D", "filters": CLASSES, "kernel_size": [3, 2]},
    {"type": "GlobalAveragePooling2D"},
]
CASES = [
    (POOLED, "sparse-categorical-crossentropy", "adam", 0.01),
    (POOLED, "sparse-categorical-crossentropy", "sgd", 0.05),
    (SEPARABLE, "squared-hinge", "adam", 0.01),
    (SEPARABLE, "sparse-categorical-crossentropy", "sgd", 0.1),
]
OPTIMIZERS = {"adam": numpy_training.Adam, "sgd": numpy_training.Sgd}


def tool(bindir, *command):
    result = subprocess.run([str(bindir / command[0]), *map(str, command[1:])], text=True,
                            capture_output=True, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}: {result.stderr}")


def read_variables(path, schema):
    """Variables by layer and name, from a .fb file by its schema."""
    subprocess.run(["flatc", "--json", "--raw-binary", "--strict-json", "-o", path.parent, schema,
                    "--", path], check=True, capture_output=True)
    model = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    variables = {}
    for layer in model["layers"]:
        variables[layer["name"]] = {
            v["name"]: np.frombuffer(bytes(v["bytes"]), "<f4").reshape(v["shape"]).astype(float)
            for v in layer.get("variables", [])
        }
    return variables


def set_random_variables(folder, bindir, schema, layers, dice):
    """Builds the network once for the shapes, then again with random weights."""
    document = folder / "network.json"
    document.write_text(json.dumps({"layers": layers}), encoding="utf-8")
    tool(bindir, "akida-build", "new", "-o", folder / "plain.fb", document)
    for layer, (name, variables) in zip(layers, read_variables(folder / "plain.fb", schema).items()):
        layer["name"] = name
        values = {}
        for variable, old in variables.items():
            new = dice.normal(0, 0.4, old.shape)
            if variable in ("gamma", "moving_variance"):
                new = 0.5 + abs(new)
            values[variable] = new.astype(np.float32).astype(float).tolist()
        if values:
            layer["variables"] = values
    document.write_text(json.dumps({"layers": layers}), encoding="utf-8")
    tool(bindir, "akida-build", "new", "-o", folder / "network.fb", document)
    return read_variables(folder / "network.fb", schema)


def difference(got, want, what):
    """The largest difference beyond the tolerance, or None."""
    worst = float(np.max(abs(got - want) / (1 + abs(want))))
    return f"{what} differs by {worst:.2e}" if not worst <= TOLERANCE else None


def check(bindir, schema, case):
    """What differs, one line per loss and variable."""
    layers, loss, optimizer, rate = case
    layers = [dict(layer) for layer in layers]
    dice = np.random.default_rng(5)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        variables = set_random_variables(folder, bindir, schema, layers, dice)
        samples = dice.normal(0, 1, [SAMPLES, *layers[0]["shape"]]).astype(np.float32)
        classes = dice.integers(0, CLASSES, SAMPLES).astype(np.int32)
        np.save(folder / "samples.npy", samples)
        np.save(folder / "labels.npy", classes)
        tool(bindir, "akida-data", "import", "npy", "-o", folder / "train.aks",
             folder / "samples.npy", folder / "labels.npy")
        tool(bindir, "akida-train", "-o", folder / "trained.fb", "--log", folder / "log",
             "--epochs", STEPS, "--batch", SAMPLES, "--loss", loss, "--optimizer", optimizer,
             "--learning-rate", rate, folder / "network.fb", folder / "train.aks")
        trained = read_variables(folder / "trained.fb", schema)
        lines = (folder / "log").read_text(encoding="utf-8").splitlines()
    losses = np.array([json.loads(line)["loss"] for line in lines])
    want = numpy_training.train({"layers": layers}, variables, samples.astype(float), classes, loss,
                                OPTIMIZERS[optimizer](rate), STEPS)
    faults = [difference(losses, np.array(want), "loss")]
    for layer, values in variables.items():
        for variable, value in values.items():
            faults.append(difference(trained[layer][variable], value, f"{layer}.{variable}"))
    return [fault for fault in faults if fault]


def main():
    if len(sys.argv) != 3:
        print("usage: numpy_training_test.py BINDIR SCHEMA", file=sys.stderr)
        return 2
    bindir, schema = (pathlib.Path(path).resolve() for path in sys.argv[1:])
    print(f"1..{len(CASES)}")
    failed = False
    for number, case in enumerate(CASES, 1):
        faults = check(bindir, schema, case)
        failed = failed or bool(faults)
        verdict = "not ok" if faults else "ok"
        print(f"{verdict} {number} - {STEPS} steps of {case[2]} with {case[1]} are numpy's")
        for fault in faults:
            print(f"# {fault}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
