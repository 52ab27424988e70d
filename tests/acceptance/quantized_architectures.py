"""quantized_architectures - quantized CNNs for exact_cnn: random ones, and shapes of the zoo.

Equal numbers give equal networks. Every network can be converted; samples are u8 [sample][y][x][c].
"""

import math
import random

import numpy as np

import exact_cnn

KINDS = ["max", "max_per_axis", "max_per_axis", "fixed", "lsq"]


class Architecture:
    """Layers with their variables; `shape` is that of the last one."""

    def __init__(self, number, shape, samples, events=False):
        self.dice = random.Random(number)
        self.random = np.random.default_rng(number)
        self.shape = tuple(shape)
        self.events = events
        self.layers = [{"type": "Input", "name": "input", "shape": list(shape)}]
        self.scaling = [1, 0]
        self.samples = self.random.integers(0, 16 if events else 256, (samples, *shape),
                                            dtype=np.uint8)

    @property
    def architecture(self):
        return {"name": "random", "input_scaling": self.scaling, "layers": self.layers}

    def add(self, kind, variables=None, **arguments):
        layer = {"type": kind, "name": f"layer{len(self.layers)}", **arguments}
        if variables:
            layer["variables"] = variables
        self.layers.append(layer)

    def draw(self, *shape, low=-1.0, high=1.0):
        return self.random.uniform(low, high, shape).astype(np.float32)

    def kernel(self, *shape):
        fan_in = math.prod(shape[:-1])
        return (self.random.standard_normal(shape) / math.sqrt(fan_in)).astype(np.float32)

    def quantizer(self, stage, kernel, bits, kind, variables):
        if kind in ("fixed", "lsq"):
            is_depthwise = stage == "depthwise"
            largest = np.abs(kernel).reshape(-1, 1 if is_depthwise else kernel.shape[-1]).max(axis=0)
            variables[f"{stage}_limit"] = largest * self.draw(len(largest), low=0.4, high=1.1)
        return {"kind": kind, "bits": bits}

    def slide(self, size, strides, padding):
        """The shape behind windows."""
        height, width = (exact_cnn.both(value) for value in (size, strides))
        sides = []
        for side, window, stride in zip(self.shape, height, width):
            sides.append(-(-side // stride) if padding == "same" else (side - window) // stride + 1)
        return tuple(sides)

    def conv(self, filters, size, bits, strides=1, padding="same", bias=False, kind="max_per_axis"):
        kernel = self.kernel(*exact_cnn.both(size), self.shape[2], filters)
        variables = {"kernel": kernel}
        quantizer = self.quantizer("kernel", kernel, bits, kind, variables)
        if bias:
            variables["bias"] = self.draw(filters)
        self.add("Conv2D", variables, filters=filters, kernel_size=size, strides=strides,
                 padding=padding, use_bias=bias, kernel_quantizer=quantizer)
        self.shape = (*self.slide(size, strides, padding), filters)

    def separable(self, filters, size, bits, strides=1, padding="same", bias=False,
                  kind="max_per_axis"):
        depthwise = self.kernel(*exact_cnn.both(size), self.shape[2], 1)
        pointwise = self.kernel(1, 1, self.shape[2], filters)
        variables = {"depthwise_kernel": depthwise, "pointwise_kernel": pointwise}
        first = self.quantizer("depthwise", depthwise, bits,
                               "max" if kind == "max_per_axis" else kind, variables)
        second = self.quantizer("pointwise", pointwise, bits, kind, variables)
        if bias:
            variables["bias"] = self.draw(filters)
        self.add("SeparableConv2D", variables, filters=filters, kernel_size=size, strides=strides,
                 padding=padding, use_bias=bias, depthwise_quantizer=first,
                 pointwise_quantizer=second)
        self.shape = (*self.slide(size, strides, padding), filters)

    def depthwise(self, size, bits, strides, padding):
        kernel = self.kernel(*exact_cnn.both(size), self.shape[2], 1)
        self.add("DepthwiseConv2D", {"depthwise_kernel": kernel}, kernel_size=size,
                 strides=strides, padding=padding, use_bias=False,
                 depthwise_quantizer={"kind": "max", "bits": bits})
        self.shape = (*self.slide(size, strides, padding), self.shape[2])

    def dense(self, units, bits, bias=False, kind="max_per_axis"):
        if len(self.shape) == 3:
            self.add("Flatten")
        kernel = self.kernel(math.prod(self.shape), units)
        variables = {"kernel": kernel}
        quantizer = self.quantizer("kernel", kernel, bits, kind, variables)
        if bias:
            variables["bias"] = self.draw(units)
        self.add("Dense", variables, units=units, use_bias=bias, kernel_quantizer=quantizer)
        self.shape = (units,)

    def norm(self, negative=False, tiny=0.0):
        channels = self.shape[-1]
        gamma = self.draw(channels, low=0.3, high=2.0)
        if negative:
            gamma *= self.random.choice([-1, 1], channels)
        gamma *= np.where(self.random.random(channels) < tiny, 0.01, 1)
        self.add("BatchNormalization",
                 {"gamma": gamma.astype(np.float32), "beta": self.draw(channels, low=-0.5),
                  "moving_mean": self.draw(channels, low=-0.5, high=0.5),
                  "moving_variance": self.draw(channels, low=0.05, high=1.5)})

    def pool(self, kind, size=2, strides=2, padding="same"):
        if kind.startswith("Global"):
            self.add(kind)
            self.shape = self.shape[2:]
            return
        self.add(kind, pool_size=size, strides=strides, padding=padding)
        self.shape = (*self.slide(size, strides, padding), self.shape[2])

    def relu(self, bits, kind="discrete"):
        if kind == "discrete":
            self.add("ActivationDiscreteRelu", bitwidth=bits)
        elif kind == "fixed":
            self.add("QuantizedReLU", bitwidth=bits, max_value=self.dice.choice([1, 2.5, 6]))
        else:
            self.add("QuantizedReLU", {"threshold": self.draw(1, low=-0.1, high=0.4),
                                       "step": self.draw(1, low=0.05, high=0.8)}, bitwidth=bits)


def random_architecture(number):
    """One to four blocks of any kind, in any order of their layers that has an SNN."""
    dice = random.Random(number)
    events = dice.random() < 0.3
    shape = dice.randint(3, 9), dice.randint(3, 9), 2 if events else dice.choice([1, 3])
    net = Architecture(number, shape, samples=3, events=events)
    net.scaling = [dice.choice([1, 15, 127.5, 255]), 0 if events else dice.choice([0, 127.5, 128])]
    if not events and dice.random() < 0.3:
        net.scaling = [1, 0]
        net.add("Rescaling", scale=dice.choice([1 / 127, 0.25]), offset=dice.choice([0.0, -1.0]))
    blocks = dice.randint(1, 4)
    for index in range(blocks):
        add_block(net, dice, index == 0 and not events, with_activation=index < blocks - 1 or
                  dice.random() < 0.5)
    if dice.random() < 0.3:
        net.add("Softmax")
    return net


def add_block(net, dice, must_be_conv, with_activation):
    padding = dice.choice(["same", "valid"])
    has_map = len(net.shape) == 3
    if not has_map and dice.random() < 0.5:
        net.add("Reshape", target_shape=[1, 1, net.shape[0]])
        net.shape = (1, 1, net.shape[0])
        has_map = True
    kind = "conv" if must_be_conv else dice.choice(["conv", "separable", "pair", "dense"])
    if not has_map:
        kind = "dense"
    bits, bias = dice.choice([2, 2, 3, 4, 4, 6, 8]), dice.random() < 0.5
    quantizer = dice.choice(KINDS)
    filters = dice.randint(1, 8)
    if kind == "dense":
        net.dense(filters, bits, bias, quantizer)
    else:
        window = {"size": [dice.randint(1, min(4, side)) for side in net.shape[:2]],
                  "strides": dice.choice([1, 1, [2, 1], 2]), "padding": padding}
        if kind == "conv":
            net.conv(filters, bits=bits, bias=bias, kind=quantizer, **window)
        elif kind == "separable":
            net.separable(filters, bits=bits, bias=bias, kind=quantizer, **window)
        else:
            net.depthwise(bits=bits, **window)
            net.conv(filters, 1, bits, padding="valid", bias=bias, kind=quantizer)
    finish_block(net, dice, padding, with_activation)


def finish_block(net, dice, padding, with_activation):
    """Pooling, normalization and activation."""
    if dice.random() < 0.2:
        net.add("Dropout", rate=0.5)
    order = dice.randint(0, 6) if len(net.shape) == 3 else 0

    def max_pool():
        if dice.random() < 0.2:
            return net.pool("GlobalMaxPooling2D")
        size = [dice.randint(1, min(3, side)) for side in net.shape[:2]]
        return net.pool("MaxPooling2D", size, dice.choice([1, 2]), padding)

    def average_pool():
        if padding == "same" or dice.random() < 0.5:
            return net.pool("GlobalAveragePooling2D")
        size = [dice.randint(1, min(3, side)) for side in net.shape[:2]]
        return net.pool("AveragePooling2D", size, dice.choice([1, 2]), padding)

    if order == 1:
        max_pool()
    elif order == 2:
        average_pool()
    if dice.random() < 0.7:
        net.norm(negative=order != 1, tiny=0.1)
    if order == 3:
        max_pool()
    elif order == 4:
        average_pool()
    if with_activation:
        net.relu(dice.choice([1, 1, 2, 3, 4, 4, 4, 8]), dice.choice(["discrete", "fixed", "free"]))
        if order == 5:
            max_pool()


# --- shapes of the zoo; bits are those of the first layer's weights, other weights, activations ---


def gxnor_mnist(first, weights, levels):
    net = Architecture(1, (28, 28, 1), samples=2)
    net.scaling = [255, 0]
    for filters, bits in ((32, first), (64, weights)):
        net.conv(filters, 5, bits, bias=True)
        net.pool("MaxPooling2D")
        net.norm()
        net.relu(levels)
    net.dense(512, weights, bias=True)
    net.norm(negative=True)
    net.relu(levels)
    net.dense(10, weights, bias=True)
    net.norm(negative=True)
    return net


def vgg_utk_face(first, weights, levels):
    net = Architecture(2, (32, 32, 3), samples=2)
    net.scaling = [127, 127]
    for index, (filters, pooled) in enumerate([(32, False), (32, True), (64, False), (64, True),
                                               (84, False)]):
        net.conv(filters, 3, weights if index else first, padding="same" if index else "valid")
        if pooled:
            net.pool("MaxPooling2D")
        net.norm(negative=not pooled)
        net.relu(levels)
    net.dense(64, weights)
    net.norm(negative=True)
    net.relu(levels)
    net.dense(1, weights, bias=True)
    return net


def ds_cnn_kws(first, weights, levels):
    net = Architecture(3, (49, 10, 1), samples=2)
    net.scaling = [255, 0]
    net.conv(32, 5, first, strides=2)
    net.norm(negative=True)
    net.relu(levels)
    for index in range(5):
        net.separable(64, 3, weights)
        if index == 4:
            net.pool("GlobalAveragePooling2D")
        net.norm(negative=True)
        net.relu(levels)
    net.add("Reshape", target_shape=[1, 1, 64])
    net.shape = (1, 1, 64)
    net.separable(256, 3, weights)
    net.norm(negative=True)
    net.relu(levels)
    net.dense(33, weights, bias=True)
    net.add("Activation", activation="softmax")
    return net


ZOO = [gxnor_mnist, vgg_utk_face, ds_cnn_kws]
ZOO_BITS = [(8, 4, 4), (4, 4, 4), (2, 2, 1)]
