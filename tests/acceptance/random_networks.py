"""random_networks - random architectures of every layer type with all their variables, and samples.

Equal numbers give equal networks. Layers and variables are as numpy_engine wants them.
"""

import math
import random

import numpy as np

import numpy_engine

CHANNELS = [1, 1, 2, 3, 4, 5, 8, 12, 16, 33, 64, 70]
NEURONS = [1, 2, 3, 5, 8, 10, 16, 32, 33, 64, 70, 130]
MAX_WORK = 3e7  # products of one convolution and sample: numpy takes a microsecond for about 500


def largest_weight(bits):
    return 1 if bits == 1 else 2**(bits - 1) - 1


class RandomNetwork:
    """A random architecture; `samples` are u8 [sample][y][x][c]."""

    def __init__(self, number):
        self.dice = random.Random(number)
        self.layers = []
        self.shapes = {}  # of every layer's output: (width, height, channels)
        self.highest = {}  # level of every layer's output; None where it has potentials
        self.add_input()
        for _ in range(self.dice.randint(0, 4)):
            if self.dice.random() < 0.12:
                self.add_joined_branches()
            else:
                self.add_layer()
        last = self.layers[-1]
        if last.get("of_potentials", "num_neurons" in last) and self.dice.random() < 0.4:
            last["activations_enabled"] = False
        self.architecture = {"name": "random", "layers": self.layers}
        self.samples = self.draw_samples()

    # --- layers ---

    def add_input(self):
        dice = self.dice
        side = dice.choice([4, 10, 20])
        shape = dice.randint(1, side), dice.randint(1, side)
        layer = {"name": "input", "input_width": shape[0], "input_height": shape[1]}
        if dice.random() < 0.6:
            layer.update(type="InputData", input_channels=dice.choice(CHANNELS),
                         input_bits=dice.randint(1, 8))
            self.input_max = 2**layer["input_bits"] - 1
            self.append(layer, (*shape, layer["input_channels"]), self.input_max)
            return
        layer.update(type="InputConvolutional", input_channels=dice.choice([1, 3]),
                     padding_value=dice.choice([0, 1, 128, 255, dice.randint(0, 255)]))
        self.input_max = 255
        self.add_neurons(layer, (*shape, layer["input_channels"]), 255)

    def add_layer(self):
        """A layer over the last one, or over it and others of the same size."""
        dice = self.dice
        inbounds = [self.layers[-1]["name"]]
        if dice.random() < 0.3:
            width, height, _ = self.shapes[inbounds[0]]
            partners = [layer["name"] for layer in self.layers[:-1]
                        if self.shapes[layer["name"]][:2] == (width, height)
                        and self.highest[layer["name"]] is not None]
            inbounds += dice.sample(partners, min(len(partners), dice.randint(1, 2)))
            dice.shuffle(inbounds)
        kind = dice.choice(["FullyConnected", "Convolutional", "Convolutional",
                            "SeparableConvolutional", "SeparableConvolutional", "Concat"])
        layer = {"type": kind, "name": f"layer{len(self.layers)}"}
        if inbounds != [self.layers[-1]["name"]] or dice.random() < 0.2:
            layer["inbound_layers"] = inbounds
        shape = self.joined_shape(inbounds)
        highest = max(self.highest[name] for name in inbounds)
        if kind == "Concat":
            layer["of_potentials"] = False
            self.append(layer, shape, highest)
        else:
            self.add_neurons(layer, shape, highest)

    def add_joined_branches(self):
        """Two layers on one input whose potentials a Concat joins and activates."""
        below = self.layers[-1]["name"]
        names = []
        for kind in ("Convolutional", "SeparableConvolutional"):
            layer = {"type": kind, "name": f"branch{len(self.layers)}", "inbound_layers": [below],
                     "activations_enabled": False}
            self.add_neurons(layer, self.shapes[below], self.highest[below], keep_size=True)
            names.append(layer["name"])
        layer = {"type": "Concat", "name": f"join{len(self.layers)}", "inbound_layers": names,
                 "of_potentials": True, "variables": {}}
        shape = self.joined_shape(names)
        highest = self.add_activation(layer, shape[2], 20.0 * self.highest[below], 1)
        self.append(layer, shape, highest)

    def joined_shape(self, names):
        return (*self.shapes[names[0]][:2], sum(self.shapes[name][2] for name in names))

    def append(self, layer, shape, highest):
        self.layers.append(layer)
        self.shapes[layer["name"]] = shape
        self.highest[layer["name"]] = highest if layer.get("activations_enabled", True) else None

    def add_neurons(self, layer, shape, highest, keep_size=False):
        """Appends a layer with weights over an input of `shape` and levels up to `highest`."""
        width, height, channels = shape
        is_separable = layer["type"] == "SeparableConvolutional"
        neurons = layer["num_neurons"] = self.dice.choice(NEURONS)
        if layer["type"] == "FullyConnected":
            kernel = 1, 1, width * height * channels
            output = 1, 1
            cells = 1
        else:
            self.add_window(layer, shape, keep_size)
            neurons = layer["num_neurons"]
            kernel = layer["kernel_width"], layer["kernel_height"], channels
            output = [len(starts) for starts in self.output_starts(layer, shape)]
            cells = self.summed_cells(layer, shape)
        bits = self.dice.randint(2 if is_separable else 1, 8)
        weight = largest_weight(bits)
        while math.prod((*kernel, weight, highest, cells, weight if is_separable else 1)) >= 2**31:
            bits -= 1  # potentials have to fit int32
            weight = largest_weight(bits)
        layer["weights_bits"] = bits
        depth = 1 if is_separable else neurons
        layer["variables"] = {"weights": self.draw_weights((*kernel, depth), bits)}
        spread = 0.3 * math.sqrt(math.prod(kernel)) * weight * highest
        if is_separable:
            pointwise = self.draw_weights((1, 1, channels, neurons), bits)
            layer["variables"]["weights_pw"] = pointwise
            spread *= 0.5 * weight
        highest = self.add_activation(layer, neurons, spread, cells)
        self.append(layer, (*output, neurons), highest)

    @staticmethod
    def summed_cells(layer, shape):
        """Cells of the largest window of an average pooling."""
        if layer.get("pooling_type") != "Average":
            return 1
        columns, rows = numpy_engine.convolution_starts(layer, *shape[:2])
        return (numpy_engine.pooling_axis(layer, len(columns), "width", "x")[1] *
                numpy_engine.pooling_axis(layer, len(rows), "height", "y")[1])

    def add_window(self, layer, shape, keep_size):
        """Kernel, mode, strides and perhaps a pooling that fit an input of `shape`."""
        dice = self.dice
        width, height, channels = shape
        mode = layer["convolution_mode"] = "Same" if keep_size else dice.choice(
            ["Same", "Valid", "Full"])
        largest = dice.choice([1, 3, 5, 7])
        is_valid = mode == "Valid"
        layer["kernel_width"] = dice.randint(1, min(largest, width) if is_valid else largest)
        layer["kernel_height"] = dice.randint(1, min(largest, height) if is_valid else largest)
        if not keep_size:
            layer["stride_x"] = dice.choice([1, 1, 1, 2, 3, 4])
            layer["stride_y"] = layer["stride_x"] if dice.random() < 0.7 else dice.randint(1, 4)
        while math.prod((*shape, layer["kernel_width"], layer["kernel_height"],
                         layer["num_neurons"])) > MAX_WORK:
            layer["num_neurons"] = (layer["num_neurons"] + 1) // 2
        if not keep_size and dice.random() < 0.5:
            self.add_pooling(layer, shape)

    def add_pooling(self, layer, shape):
        dice = self.dice
        pooling = {"pooling_type": dice.choice(["Max", "Average"])}
        for side, axis in (("width", "x"), ("height", "y")):
            if dice.random() < 0.8:  # else global
                pooling["pooling_" + side] = dice.randint(1, 4)
            if dice.random() < 0.5:
                pooling["pooling_stride_" + axis] = dice.randint(1, 4)
        if all(self.output_starts({**layer, **pooling}, shape)):
            layer.update(pooling)

    @staticmethod
    def output_starts(layer, shape):
        """First cells of the last windows, convolution's or pooling's, along x and y."""
        columns, rows = numpy_engine.convolution_starts(layer, *shape[:2])
        if layer.get("pooling_type", "NoPooling") == "NoPooling":
            return columns, rows
        return (numpy_engine.pooling_axis(layer, len(columns), "width", "x")[0],
                numpy_engine.pooling_axis(layer, len(rows), "height", "y")[0])

    # --- values ---

    def draw_weights(self, shape, bits):
        generator = np.random.default_rng(self.dice.getrandbits(32))
        high = largest_weight(bits)
        low = 0 if bits == 1 else -high
        weights = generator.integers(low, high, shape, endpoint=True)
        if self.dice.random() < 0.1:  # extremes only: saturation would show
            weights = np.where(weights * 2 > low + high, high, low)
        zeros = self.dice.choice([0, 0, 0.3, 0.9])
        return np.where(generator.random(shape) < zeros, 0, weights).astype(np.int8)

    def add_activation(self, layer, neurons, spread, cells):
        """Thresholds and steps that suit potentials of about `spread`; returns the highest level.

        Hardly any step is exact in binary; some neurons are out of reach or always on. Some layers
        have parameters for all neurons instead of these variables, which numpy_engine still gets:
        shift 0 and scale 1 / `cells`, what the average of a window is.
        """
        dice = self.dice
        bits = layer["threshold_fire_bits"] = dice.choice([1, 2, 3, 4, 4, 4, 5, 6, 7, 8])
        spread = min(spread, 2.0**29)
        if dice.random() < 0.2:
            layer["threshold_fire"] = int(spread * dice.uniform(-0.8, 0.8))
            layer["threshold_fire_step"] = float(np.float32(spread * dice.uniform(0.02, 0.5) + 0.1))
            layer["variables"].update({
                "threshold_fire": np.full(neurons, layer["threshold_fire"]),
                "threshold_fire_step": np.full(neurons, layer["threshold_fire_step"]),
                "shift": np.zeros(neurons), "scale": np.full(neurons, 1 / cells)})
            return 2**bits - 1
        thresholds = [int(spread * dice.uniform(-0.8, 0.8)) for _ in range(neurons)]
        scale = spread * 2**dice.uniform(-6, -1) + 1e-3
        steps = [scale * dice.uniform(0.5, 2) for _ in range(neurons)]
        for neuron in range(neurons):
            if dice.random() < 0.01:
                thresholds[neuron] = dice.choice([2**31 - 1, -2**31])
            if dice.random() < 0.01:
                steps[neuron] = dice.choice([1e-30, 3e30])
        variables = layer["variables"]
        variables["threshold_fire"] = np.array(thresholds, dtype=np.int32)
        variables["threshold_fire_step"] = np.array(steps, dtype=np.float32)
        variables["shift"] = np.array([dice.uniform(-spread, spread) for _ in range(neurons)])
        # Some layers have one scale for all neurons, so that values can be equal.
        scales = [dice.uniform(-1, 1) / 3 for _ in range(neurons)]
        if dice.random() < 0.5:
            scales = [0.1] * neurons
            variables["shift"] = np.zeros(neurons)
        variables["scale"] = np.array(scales)
        return 2**bits - 1

    def draw_samples(self):
        generator = np.random.default_rng(self.dice.getrandbits(32))
        first = self.layers[0]
        shape = (self.dice.randint(1, 3), first["input_height"], first["input_width"],
                 first["input_channels"])
        zeros = self.dice.choice([0.0, 0.5, 0.8, 0.95, 1.0])
        values = generator.integers(0, self.input_max, shape, endpoint=True)
        if self.dice.random() < 0.1:
            values = np.full(shape, self.input_max)
        return np.where(generator.random(shape) < zeros, 0, values).astype(np.uint8)
