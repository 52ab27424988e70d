"""numpy_engine - an integer spiking network computed from its definition alone.

Windows are enumerated and sums are 64-bit integers; boundaries are exact fractions, rounded where
the definition rounds. Nothing here is fast and nothing comes from the library: the tools are
compared with it.

An architecture is {"layers": [...]} as in formats/architecture.md, every layer named, its variables
numpy arrays. Maps are [y][x][c], weights [kernel x][kernel y][c][neuron].
"""

import dataclasses
import fractions

import numpy as np


@dataclasses.dataclass
class Result:
    """What a layer computed for one sample."""

    input: np.ndarray  # what its inbound layers gave, joined along channels
    potentials: np.ndarray  # after pooling; None for layers without any
    output: np.ndarray  # levels, or the potentials where activations are off


def run(architecture, sample):
    """The Result of every layer, by name, for a sample [y][x][c]."""
    results = {}
    for index, layer in enumerate(architecture["layers"]):
        if index == 0:
            value = sample.astype(np.int64)
        else:
            names = inbound_names(architecture, index)
            value = np.concatenate([results[name].output for name in names], axis=2)
        potentials = potentials_of(layer, value)
        if potentials is None or not layer.get("activations_enabled", True):
            output = value if potentials is None else potentials
        else:
            output = levels_of(potentials, boundaries_of(layer))
        results[layer["name"]] = Result(value, potentials, output)
    return results


def inbound_names(architecture, index):
    layers = architecture["layers"]
    return layers[index].get("inbound_layers", [layers[index - 1]["name"]])


# --- windows --------------------------------------------------------------------------------------


def window_starts(mode, size, window, stride):
    """First cells of all windows along an axis of `size` cells, negative in the padding."""
    if mode == "Valid":
        return [start for start in range(0, size, stride) if start + window <= size]
    if mode == "Full":
        return list(range(1 - window, size, stride))
    starts = list(range(0, size, stride))
    missing = max(starts[-1] + window - size, 0)  # cells to pad, the smaller half before the map
    return [start - missing // 2 for start in starts]


def convolution_starts(layer, width, height):
    mode = layer.get("convolution_mode", "Same")
    return (window_starts(mode, width, layer["kernel_width"], layer.get("stride_x", 1)),
            window_starts(mode, height, layer["kernel_height"], layer.get("stride_y", 1)))


def pooling_axis(layer, size, side, axis):
    """First cells and size of the pooling windows along an axis."""
    window = layer.get("pooling_" + side, -1)
    if window == -1:
        return [0], size
    stride = layer.get("pooling_stride_" + axis, -1)
    is_same = layer.get("convolution_mode", "Same") == "Same"
    starts = window_starts("Same" if is_same else "Valid", size, window,
                           window if stride == -1 else stride)
    return starts, window


# --- potentials -----------------------------------------------------------------------------------


def potentials_of(layer, value):
    """What meets the threshold; None where the layer only passes levels on."""
    kind = layer["type"]
    if kind == "InputData":
        return None
    if kind == "Concat":
        return value if layer["of_potentials"] else None
    variables = layer["variables"]
    if kind == "FullyConnected":
        flat = value.transpose(2, 0, 1).reshape(-1)  # (c * height + y) * width + x
        return (flat @ variables["weights"][0, 0].astype(np.int64)).reshape(1, 1, -1)
    weights = variables["weights"].astype(np.int64)
    if kind == "InputConvolutional":
        sums = convolve(layer, value, weights, layer.get("padding_value", 0))
    elif kind == "Convolutional":
        sums = convolve(layer, value, weights[::-1, ::-1], 0)
    else:
        pointwise = variables["weights_pw"][0, 0].astype(np.int64)
        sums = convolve(layer, value, weights[::-1, ::-1], 0) @ pointwise
    return pool(layer, sums)


def convolve(layer, image, weights, padding):
    """Sums of all windows: over all channels, or for a separable layer channel by channel."""
    height, width, channels = image.shape
    kernel_width, kernel_height = weights.shape[:2]
    kernel = weights.transpose(1, 0, 2, 3)
    is_separable = layer["type"] == "SeparableConvolutional"
    columns, rows = convolution_starts(layer, width, height)
    # A border wider than any window reaches.
    padded = np.full((height + 2 * kernel_height, width + 2 * kernel_width, channels), padding)
    padded[kernel_height:kernel_height + height, kernel_width:kernel_width + width] = image
    neurons = channels if is_separable else weights.shape[3]
    sums = np.zeros((len(rows), len(columns), neurons), dtype=np.int64)
    for y, top in enumerate(rows):
        for x, left in enumerate(columns):
            window = padded[top + kernel_height:top + 2 * kernel_height,
                            left + kernel_width:left + 2 * kernel_width]
            if is_separable:
                sums[y, x] = (window * kernel[:, :, :, 0]).sum(axis=(0, 1))
            else:
                sums[y, x] = np.tensordot(window, kernel, axes=3)
    return sums


def pool(layer, sums):
    kind = layer.get("pooling_type", "NoPooling")
    if kind == "NoPooling":
        return sums
    height, width, neurons = sums.shape
    rows, window_height = pooling_axis(layer, height, "height", "y")
    columns, window_width = pooling_axis(layer, width, "width", "x")
    pooled = np.zeros((len(rows), len(columns), neurons), dtype=np.int64)
    for y, top in enumerate(rows):
        for x, left in enumerate(columns):
            window = sums[max(top, 0):top + window_height, max(left, 0):left + window_width]
            pooled[y, x] = window.max(axis=(0, 1)) if kind == "Max" else window.sum(axis=(0, 1))
    return pooled


# --- levels, values, classes ----------------------------------------------------------------------


def boundary(threshold, step, bits, n):
    """floor(T + n * step * 2^(4 - bits)), the sum rounded once to a double, at most +-2^62."""
    exact = int(threshold) + n * fractions.Fraction(float(step)) * fractions.Fraction(2)**(4 - bits)
    rounded = exact.numerator / exact.denominator  # Python divides integers with one rounding
    return max(-2**62, min(int(np.floor(rounded)), 2**62))


def boundaries_of(layer):
    """[neuron][2^bits - 1]"""
    bits = layer.get("threshold_fire_bits", 1)
    variables = layer["variables"]
    pairs = zip(variables["threshold_fire"], variables["threshold_fire_step"])
    return np.array([[boundary(threshold, step, bits, n) for n in range(2**bits - 1)]
                     for threshold, step in pairs], dtype=np.int64)


def levels_of(potentials, boundaries):
    return (potentials[..., None] > boundaries).sum(axis=-1)


def evaluate(layer, potentials):
    """f32 values of a layer without activations."""
    variables = layer["variables"]
    real = potentials.astype(np.float64) - variables["shift"]
    return (real * variables["scale"]).astype(np.float32)


def predict(layer, output, classes):
    """The class of one sample's output of the last layer."""
    has_levels = layer["type"] == "InputData" or layer.get("activations_enabled", True)
    values = output if has_levels else evaluate(layer, output)
    of_neuron = values.max(axis=(0, 1))
    if has_levels and of_neuron.max() == 0:
        return -1
    return int(np.argmax(of_neuron)) // (len(of_neuron) // classes)


# --- statistics -----------------------------------------------------------------------------------


def row_sparsity(layer):
    """Share of kernel rows, along x, that are all zero."""
    weights = [layer["variables"][name] for name in ("weights", "weights_pw")
               if name in layer.get("variables", {})]
    rows = np.concatenate([(array != 0).any(axis=0).reshape(-1) for array in weights] or [[True]])
    return 1 - np.count_nonzero(rows) / len(rows)


def operations(layer, nonzeros):
    """Operations that non-zero inputs cause."""
    if layer["type"] in ("InputData", "Concat"):
        return 0
    neurons = layer["num_neurons"]
    if layer["type"] == "FullyConnected":
        return nonzeros * neurons
    area = layer["kernel_width"] * layer["kernel_height"]
    return nonzeros * area * (1 + neurons if layer["type"].startswith("Separable") else neurons)


def statistics(layer, results):
    """Of one layer, over its Results for all samples."""
    nonzero_in = sum(np.count_nonzero(result.input) for result in results)
    nonzero_out = sum(np.count_nonzero(result.output) for result in results)
    return {
        "input_sparsity": 1 - nonzero_in / sum(result.input.size for result in results),
        "output_sparsity": 1 - nonzero_out / sum(result.output.size for result in results),
        "ops": operations(layer, nonzero_in) / len(results),
        "possible_spikes": sum(result.output.size for result in results),
        "row_sparsity": row_sparsity(layer),
    }
