#!/usr/bin/python3
"""torch_training_test - compares akida-train with PyTorch on a network of the zoo, as TAP.

usage: torch_training_test.py BINDIR SCHEMA IMAGES LABELS

gxnor_mnist, as akida-build makes it, takes a few steps of gradient descent with momentum on real
images (IDX files), all of them in every batch. PyTorch takes the same steps from the same weights,
in float64. SCHEMA is formats/model.fbs.
"""

import json
import pathlib
import sys
import tempfile

try:
    import numpy as np
    import torch
except ImportError:
    print("1..0 # SKIP numpy and PyTorch are not installed")
    sys.exit(0)

sys.dont_write_bytecode = True
from numpy_training_test import difference, read_variables, tool  # noqa: E402

SAMPLES, STEPS, RATE = 128, 5, 0.01


class Gxnor(torch.nn.Module):
    """The layers of gxnor_mnist with the given variables, by layer and name."""

    def __init__(self, variables):
        super().__init__()
        self.own = {}  # (layer, variable): tensor in PyTorch's order
        for layer, values in variables.items():
            for name, value in values.items():
                order = {4: (3, 2, 0, 1), 2: (1, 0), 1: (0,)}[value.ndim]
                tensor = torch.tensor(value.transpose(order).copy())
                trained = not name.startswith("moving")
                self.own[layer, name] = torch.nn.Parameter(tensor) if trained else tensor
        self.trained = [value for value in self.own.values() if isinstance(value, torch.nn.Parameter)]

    def normalized(self, layer, x):
        own = {name: self.own[layer, name] for name in ("gamma", "beta", "moving_mean",
                                                        "moving_variance")}
        return torch.nn.functional.batch_norm(x, own["moving_mean"], own["moving_variance"],
                                              own["gamma"], own["beta"], training=True,
                                              momentum=0.01, eps=1e-3)

    def forward(self, x):
        functional = torch.nn.functional
        for layer in ("block1_conv1", "block2_conv1"):
            x = functional.conv2d(x, self.own[layer, "kernel"], self.own[layer, "bias"], padding=2)
            x = functional.relu6(self.normalized(layer + "_BN", functional.max_pool2d(x, 2)))
        x = x.permute(0, 2, 3, 1).flatten(1)  # as Keras flattens
        x = functional.linear(x, self.own["fc1", "kernel"], self.own["fc1", "bias"])
        x = functional.relu6(self.normalized("fc1_BN", x))
        x = functional.linear(x, self.own["predictions", "kernel"], self.own["predictions", "bias"])
        return self.normalized("predictions_BN", x)

    def variable(self, layer, name):
        value = self.own[layer, name].detach().numpy()
        return value.transpose({4: (2, 3, 1, 0), 2: (1, 0), 1: (0,)}[value.ndim])


def train_with_torch(variables, images, classes):
    network = Gxnor(variables)
    optimizer = torch.optim.SGD(network.trained, lr=RATE, momentum=0.9)
    samples = torch.tensor(images.transpose(0, 3, 1, 2) / 255)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(samples), torch.tensor(classes))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return network, losses


def check(bindir, schema, images, labels):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tool(bindir, "akida-build", "zoo", "gxnor_mnist", "-o", folder / "network.fb")
        tool(bindir, "akida-data", "import", "idx", "-o", folder / "all.aks", images, labels)
        tool(bindir, "akida-data", "head", "-n", SAMPLES, "-o", folder / "train.aks",
             folder / "all.aks")
        tool(bindir, "akida-data", "to-npy", "--labels", folder / "classes.npy", "-o",
             folder / "images.npy", folder / "train.aks")
        tool(bindir, "akida-train", "-o", folder / "trained.fb", "--log", folder / "log",
             "--epochs", STEPS, "--batch", SAMPLES, "--optimizer", "sgd", "--learning-rate", RATE,
             folder / "network.fb", folder / "train.aks")
        before = read_variables(folder / "network.fb", schema)
        trained = read_variables(folder / "trained.fb", schema)
        pixels = np.load(folder / "images.npy").astype(float)
        classes = np.load(folder / "classes.npy").astype(np.int64)
        lines = (folder / "log").read_text(encoding="utf-8").splitlines()
    network, losses = train_with_torch(before, pixels, classes)
    faults = [difference(np.array([json.loads(line)["loss"] for line in lines]), np.array(losses),
                         "loss")]
    for layer, values in trained.items():
        for variable, value in values.items():
            # Of vectors, Keras' moving variance follows the batch's own variance, PyTorch's the
            # unbiased one.
            if variable == "moving_variance" and layer in ("fc1_BN", "predictions_BN"):
                continue
            faults.append(difference(value, network.variable(layer, variable),
                                     f"{layer}.{variable}"))
    return [fault for fault in faults if fault]


def main():
    if len(sys.argv) != 5:
        print("usage: torch_training_test.py BINDIR SCHEMA IMAGES LABELS", file=sys.stderr)
        return 2
    print("1..1")
    faults = check(*(pathlib.Path(path).resolve() for path in sys.argv[1:]))
    print(f"{'not ok' if faults else 'ok'} 1 - {STEPS} steps of gxnor_mnist are PyTorch's")
    for fault in faults:
        print(f"# {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
