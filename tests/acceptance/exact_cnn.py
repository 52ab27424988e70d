"""exact_cnn - the levels of a quantized CNN from Keras' formulas, in exact arithmetic.

Sums over integer weights and levels are 64-bit integers. The layers' formula is evaluated forwards,
in fractions, at the potentials 0 and 1; since it is linear in between and beyond, that says where it
passes each limit of the activation. Thresholds are then rounded down and steps matched, by trying
every float32 beside a quotient at which a boundary can move.

An architecture is {"input_scaling": [a, b], "layers": [...]} as in formats/architecture.md, every
layer named, its variables numpy arrays of float32. Maps are [y][x][c].
"""

import dataclasses
import fractions
import functools
import math

import numpy as np

import numpy_engine

NEURAL = {"Conv2D", "SeparableConv2D", "DepthwiseConv2D", "Dense"}
ACTIVATIONS = {"ActivationDiscreteRelu", "QuantizedReLU"}


def exact(value):
    return fractions.Fraction(float(value))


# --- quantizers -----------------------------------------------------------------------------------


def scale_factors(quantizer, kernel, limits):
    """sf per filter, or one, in float32; `limits` of a quantizer that stores them."""
    largest = np.float32(2**(quantizer["bits"] - 1) - 1)
    if quantizer["kind"] in ("fixed", "lsq"):
        limit = limits
    elif quantizer["kind"] == "max_per_axis":
        limit = np.abs(kernel).reshape(-1, kernel.shape[-1]).max(axis=0)
    else:
        limit = np.array([np.abs(kernel).max()])
    with np.errstate(divide="ignore"):
        scales = (largest / limit.astype(np.float32)).astype(np.float32)
    return np.where(np.isfinite(scales), scales, np.float32(1))


def codes_of(layer, stage="kernel"):
    """Integer weights and scale factors of a kernel: "kernel", "depthwise" or "pointwise"."""
    variables = layer["variables"]
    kernel = variables[stage if stage == "kernel" else f"{stage}_kernel"]
    quantizer = layer[f"{stage}_quantizer"]
    scales = scale_factors(quantizer, kernel, variables.get(f"{stage}_limit"))
    largest = 2**(quantizer["bits"] - 1) - 1
    codes = np.clip(np.rint(kernel * scales), -largest, largest)  # rint rounds half to even
    return codes.astype(np.int64), scales


def activation_of(layer):
    """Threshold, step (fractions of the float32 values) and bits."""
    bits = layer["bitwidth"]
    levels = 2**bits - 1
    variables = layer.get("variables", {})
    if "step" in variables:
        return exact(variables["threshold"][0]), exact(variables["step"][0]), bits
    top = layer.get("max_value", min(levels, 6))
    step = np.float32(top) / np.float32(levels)
    return exact(step / np.float32(2)), exact(step), bits


@functools.lru_cache(maxsize=None)
def square_root(value):
    """Of a fraction; exact for squares, else to 150 digits."""
    shifted = value * 2**1000
    root = math.isqrt(shifted.numerator // shifted.denominator)
    return fractions.Fraction(root, 2**500)


# --- blocks ---------------------------------------------------------------------------------------


@dataclasses.dataclass
class Result:
    """What a block computes for one sample."""

    name: str
    potentials: np.ndarray  # with the signs of negative gammas flipped, after pooling
    output: np.ndarray  # levels, or the potentials of a last block without activation
    exact_output: np.ndarray  # the levels of the unrounded boundaries


class Block:
    """A neural layer and what belongs to it, and its filters' boundaries."""

    def __init__(self, layers, shape, input_scale, input_max, padding):
        self.layers = layers
        self.shape = shape  # of the input
        self.unit, self.shift = input_scale  # x = (u - shift) * unit
        self.input_max = input_max
        self.padding = padding
        self.name = layers[0]["name"]
        self.norm = next((x for x in layers if x["type"] == "BatchNormalization"), None)
        self.activation = next((x for x in layers if x["type"] in ACTIVATIONS), None)
        self.neural = [layer for layer in layers if layer["type"] in NEURAL]
        self.read_weights()
        self.cells = 1
        self.shapes = self.walk_shapes()
        self.find_boundaries()

    def read_weights(self):
        first, last = self.neural[0], self.neural[-1]
        self.bias = last["variables"].get("bias")
        if first["type"] in ("SeparableConv2D", "DepthwiseConv2D"):
            self.codes, scales = codes_of(first, "depthwise")
            stage = "pointwise" if first is last else "kernel"
            self.pointwise, more = codes_of(last, stage)
            self.pointwise = self.pointwise.reshape(self.pointwise.shape[-2:])
            filters = self.pointwise.shape[1]
            self.scales = [exact(scales[0]) * exact(more[i % len(more)]) for i in range(filters)]
        else:
            self.codes, scales = codes_of(first)
            if first["type"] == "Dense":
                self.codes = self.codes.reshape(*self.shape, -1)
            self.pointwise = None
            filters = self.codes.shape[-1]
            self.scales = [exact(scales[i % len(scales)]) for i in range(filters)]
        gammas = np.ones(filters) if self.norm is None else self.norm["variables"]["gamma"]
        self.signs = np.where(gammas < 0, -1, 1)

    def walk_shapes(self):
        """Shapes of all layers on an empty map; sets `cells`, the cells of average pooling."""
        empty = np.zeros(self.shape, dtype=np.int64)
        return self.potentials_of(empty).shape

    # Potentials of the CNN's layers in their order; behind the normalization with flipped signs.
    def potentials_of(self, levels):
        value = self.sums(levels)
        for layer in self.layers:
            kind = layer["type"]
            if kind == "BatchNormalization":
                value = value * self.signs
            elif kind in ("MaxPooling2D", "GlobalMaxPooling2D"):
                value = pool(layer, value, np.max)
            elif kind in ("AveragePooling2D", "GlobalAveragePooling2D"):
                is_global = kind.startswith("Global")
                self.cells = math.prod(value.shape[:2] if is_global
                                       else both(layer.get("pool_size", 2)))
                value = pool(layer, value, np.sum)
        return value

    def sums(self, levels):
        first = self.neural[0]
        if first["type"] == "Dense":
            window = {"kernel_size": self.shape[:2]}
        else:
            window = first
        if self.pointwise is None:
            return slide(window, levels, self.padding, lambda cells, y, x: np.tensordot(
                cells, self.codes[:y, :x], axes=3))
        sums = slide(window, levels, self.padding,
                     lambda cells, y, x: (cells * self.codes[:, :, :, 0]).sum(axis=(0, 1)))
        return sums @ self.pointwise

    def value_at(self, i, potential):
        """y of filter i where its potential (of flipped signs, summed over cells) is this."""
        code_sum = 0
        if self.shift != 0:
            code_sum = int(self.codes[..., i].sum())
        total = fractions.Fraction(int(self.signs[i]) * potential, self.cells)
        z = (total - self.shift * code_sum) * self.unit / self.scales[i]
        if self.bias is not None:
            z += exact(self.bias[i])
        if self.norm is None:
            return z
        gamma, beta, mean, variance = (
            exact(self.norm["variables"][name][i])
            for name in ("gamma", "beta", "moving_mean", "moving_variance"))
        sigma = square_root(variance + exact(np.float32(self.norm.get("epsilon", 1e-3))))
        return gamma * (z - mean) / sigma + beta

    # --- boundaries ---

    def ranges(self):
        """Least and largest potential of every filter."""
        def bounds(weights, low, high):
            flat = weights.reshape(-1, weights.shape[-1])
            positive, negative = np.maximum(flat, 0), np.minimum(flat, 0)
            return ((positive * low + negative * high).sum(axis=0),
                    (positive * high + negative * low).sum(axis=0))

        if self.pointwise is None:
            return [x * self.cells for x in bounds(self.codes * self.signs, 0, self.input_max)]
        low, high = bounds(self.codes[:, :, :, 0], 0, self.input_max)
        pointwise = self.pointwise * self.signs
        return [x * self.cells for x in bounds(pointwise, low[:, None], high[:, None])]

    def find_boundaries(self):
        if self.activation is None:
            return
        threshold, step, self.bits = activation_of(self.activation)
        self.level_value = step
        self.boundaries, self.exact_boundaries = [], []
        for i, (low, high) in enumerate(zip(*(side.tolist() for side in self.ranges()))):
            origin = self.value_at(i, 0)
            slope = self.value_at(i, 1) - origin  # above 0: the signs are flipped
            bounds = [math.floor((threshold + n * step - origin) / slope)
                      for n in range(2**self.bits - 1)]
            lowest = min(bounds[0], high)  # above all potentials, thresholds are the same
            stored = matched_step(lowest, bounds, low, high, self.bits, step / slope)
            self.exact_boundaries.append(bounds)
            self.boundaries.append([numpy_engine.boundary(lowest, stored, self.bits, n)
                                    for n in range(2**self.bits - 1)])

    def run(self, levels):
        potentials = self.potentials_of(levels.reshape(self.shape))
        if self.activation is None:
            return Result(self.name, potentials, potentials, potentials)
        return Result(self.name, potentials,
                      numpy_engine.levels_of(potentials, np.array(self.boundaries)),
                      numpy_engine.levels_of(potentials, np.array(self.exact_boundaries)))

    def evaluate(self, potentials):
        """y of a block without activation, as the nearest doubles."""
        offset = [self.value_at(i, 0) for i in range(len(self.scales))]
        slope = [self.value_at(i, 1) - offset[i] for i in range(len(self.scales))]
        flat = [float(offset[i] + slope[i] * int(row[i]))
                for row in potentials.reshape(-1, len(self.scales))
                for i in range(len(self.scales))]
        return np.array(flat).reshape(potentials.shape)


def boundary_steps(steps, threshold, bits, count):
    """[step][n]: boundaries of float32 steps by the engine's rule, in doubles as it says."""
    numbers = np.arange(count)
    return np.floor(float(threshold) +
                    steps.astype(np.float64)[:, None] * 2.0**(4 - bits) * numbers[None, :])


def matched_step(threshold, bounds, low, high, bits, real_step):
    """The float32 nearest to the real step among those with the fewest wrong potentials."""
    target = real_step * fractions.Fraction(2)**(bits - 4)
    nearest = np.float32(min(float(target), float(np.finfo(np.float32).max)))
    # How far boundary n has to rise, or a little more or less; above `high` it need not.
    rises = [(min(bound, high) - threshold, n) for n, bound in enumerate(bounds) if n > 0]
    quotients = [(rise + j, n) for rise, n in rises for j in range(-3, 4) if rise + j > 0]
    beside = np.array([p / q * 2.0**(bits - 4) for p, q in quotients], dtype=np.float32)
    candidates = [np.array([max(nearest, np.float32(1e-45))]), beside]
    for towards in (np.float32(0), np.float32(np.inf)):
        once = np.nextafter(beside, towards)
        candidates += [once, np.nextafter(once, towards)]
    steps = np.unique(np.concatenate(candidates))
    steps = steps[(steps > 0) & np.isfinite(steps)]
    placed = np.clip(boundary_steps(steps, threshold, bits, len(bounds)), low - 1, high)
    wanted = np.array([min(max(bound, low - 1), high) for bound in bounds], dtype=np.float64)
    wrong = np.abs(placed - wanted).sum(axis=1)
    best = steps[wrong == wrong.min()]
    return min(best.tolist(), key=lambda step: (abs(exact(step) - target), step))


# --- windows --------------------------------------------------------------------------------------


def both(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def slide(layer, image, padding, product):
    """product(cells, height, width) of every window of a map."""
    height, width = both(layer["kernel_size"])
    strides = both(layer.get("strides", 1))
    mode = "Same" if layer.get("padding", "valid") == "same" else "Valid"
    rows = numpy_engine.window_starts(mode, image.shape[0], height, strides[0])
    columns = numpy_engine.window_starts(mode, image.shape[1], width, strides[1])
    padded = np.pad(image, ((height, height), (width, width), (0, 0)), constant_values=padding)
    return np.array([[product(padded[top + height:top + 2 * height,
                                     left + width:left + 2 * width], height, width)
                      for left in columns] for top in rows])


def pool(layer, value, reduce):
    if layer["type"].startswith("Global"):
        return reduce(value, axis=(0, 1), keepdims=True)
    height, width = both(layer.get("pool_size", 2))
    strides = both(layer.get("strides", (height, width)))
    mode = "Same" if layer.get("padding", "valid") == "same" else "Valid"
    return np.array([[reduce(value[max(top, 0):top + height, max(left, 0):left + width],
                             axis=(0, 1))
                      for left in numpy_engine.window_starts(mode, value.shape[1], width, strides[1])]
                     for top in numpy_engine.window_starts(mode, value.shape[0], height,
                                                           strides[0])])


# --- networks -------------------------------------------------------------------------------------


class ExactCnn:
    """The blocks of an architecture; `events`: samples have values 0..15 instead of 0..255."""

    def __init__(self, architecture, events=False):
        layers = architecture["layers"]
        a, b = map(exact, architecture.get("input_scaling", [1, 0]))
        unit = 1 / a
        if layers[1]["type"] == "Rescaling":  # x = u * scale + offset
            unit = exact(np.float32(layers[1]["scale"]))
            b = -exact(np.float32(layers[1].get("offset", 0))) / unit
        shape = layers[0]["shape"]
        shape = tuple(shape) if len(shape) == 3 else (1, 1, shape[0])
        scale, padding = (unit, b), min(max(round(b), 0), 255)
        input_max = 15 if events else 255
        self.blocks = []
        for group in self.groups(layers):
            block = Block(group, shape, scale, input_max, padding)
            self.blocks.append(block)
            shape, padding = block.shapes, 0
            if block.activation is not None:
                scale, input_max = (block.level_value, 0), 2**block.bits - 1

    @staticmethod
    def groups(layers):
        """The layers of each block."""
        groups = []
        for layer in layers:
            kind = layer["type"]
            is_pointwise = groups and groups[-1][-1]["type"] == "DepthwiseConv2D"
            if kind in NEURAL and not is_pointwise:
                groups.append([layer])
            elif groups and kind not in ("Dropout", "Flatten", "Reshape", "Softmax", "Activation"):
                groups[-1].append(layer)
        return groups

    def run(self, sample):
        """The Result of every block."""
        results = []
        value = sample.astype(np.int64)
        for block in self.blocks:
            results.append(block.run(value))
            value = results[-1].output
        return results
