"""numpy_training - networks of Keras layers trained from their definitions alone, in float64.

Every layer is a pair of functions, forward and backward, written with plain windows; nothing here is
fast and nothing comes from the library: akida-train is compared with it.

An architecture is {"layers": [...]} as in formats/architecture.md; maps are [sample, y, x, channel].
Variables are kept by layer and name: {"conv": {"kernel": array, ...}}. Each training step sees all
samples, so that their order does not matter.
"""

import numpy as np


def window_places(size, kernel, stride, padding):
    """First row of every window along an axis, and the padding in front."""
    if padding == "same":
        count = -(-size // stride)
        before = max((count - 1) * stride + kernel - size, 0) // 2
    else:
        count, before = (size - kernel) // stride + 1, 0
    return [i * stride for i in range(count)], before


def windows(layer, x, fill):
    """All windows of padded maps, [sample, out y, out x, kernel y, kernel x, channel], and a function
    that adds windows of the same shape back onto maps like x."""
    size = layer.get("kernel_size", layer.get("pool_size", [2, 2]))
    default = size if "kernel_size" not in layer else [1, 1]
    stride, padding = layer.get("strides", default), layer.get("padding", "valid")
    rows, top = window_places(x.shape[1], size[0], stride[0], padding)
    columns, left = window_places(x.shape[2], size[1], stride[1], padding)
    height = max(rows[-1] + size[0], top + x.shape[1])
    width = max(columns[-1] + size[1], left + x.shape[2])

    def padded(value):
        return np.full((x.shape[0], height, width, x.shape[3]), value)

    whole = padded(fill)
    inside = np.s_[:, top:top + x.shape[1], left:left + x.shape[2]]
    whole[inside] = x
    parts = np.stack([np.stack([whole[:, r:r + size[0], c:c + size[1]] for c in columns], 1)
                      for r in rows], 1)

    def add_back(gradients):
        total = padded(0.0)
        for i, r in enumerate(rows):
            for j, c in enumerate(columns):
                total[:, r:r + size[0], c:c + size[1]] += gradients[:, i, j]
        return total[inside]

    return parts, add_back


# --- layers: forward(layer, variables, x) -> (y, backward); backward(dy) -> (dx, gradients) --------


def linear(formula, x, kernel, kernel_name, add_back=lambda d: d):
    """y = einsum(formula, x, kernel): its slopes by exchanging the operands."""
    operands, result = formula.split("->")
    a, b = operands.split(",")

    def backward(dy):
        dx = np.einsum(f"{result},{b}->{a}", dy, kernel)
        return add_back(dx), {kernel_name: np.einsum(f"{result},{a}->{b}", dy, x)}

    return np.einsum(formula, x, kernel), backward


def with_bias(step, variables):
    y, backward = step
    if "bias" not in variables:
        return step

    def backward_with_bias(dy):
        dx, gradients = backward(dy)
        gradients["bias"] = dy.reshape(-1, dy.shape[-1]).sum(0)
        return dx, gradients

    return y + variables["bias"], backward_with_bias


def conv2d(layer, variables, x):
    parts, add_back = windows(layer, x, 0.0)
    return with_bias(linear("nijhwc,hwcf->nijf", parts, variables["kernel"], "kernel", add_back),
                     variables)


def separable_conv2d(layer, variables, x):
    parts, add_back = windows(layer, x, 0.0)
    depthwise = variables["depthwise_kernel"][..., 0]
    middle, backward_depthwise = linear("nijhwc,hwc->nijc", parts, depthwise, "depthwise_kernel",
                                        add_back)
    y, backward_pointwise = with_bias(
        linear("nijc,cf->nijf", middle, variables["pointwise_kernel"][0, 0], "pointwise_kernel"),
        variables)

    def backward(dy):
        dmiddle, gradients = backward_pointwise(dy)
        dx, more = backward_depthwise(dmiddle)
        gradients["pointwise_kernel"] = gradients["pointwise_kernel"][None, None]
        gradients["depthwise_kernel"] = more["depthwise_kernel"][..., None]
        return dx, gradients

    return y, backward


def dense(layer, variables, x):
    return with_bias(linear("ni,iu->nu", x, variables["kernel"], "kernel"), variables)


def max_pooling2d(layer, variables, x):
    parts, add_back = windows(layer, x, -np.inf)
    flat = parts.reshape(parts.shape[:3] + (-1, parts.shape[-1]))
    chosen = np.zeros_like(flat)
    np.put_along_axis(chosen, flat.argmax(3)[:, :, :, None], 1.0, 3)
    return flat.max(3), lambda dy: (add_back((chosen * dy[:, :, :, None]).reshape(parts.shape)), {})


def average_pooling2d(layer, variables, x):
    parts, add_back = windows(layer, x, 0.0)
    inside, _ = windows(layer, np.ones_like(x), 0.0)
    share = inside / inside.sum((3, 4), keepdims=True)
    return (parts * share).sum((3, 4)), lambda dy: (add_back(share * dy[:, :, :, None, None]), {})


def batch_normalization(layer, variables, x):
    """By the batch's own mean and variance; the moving ones follow as in Keras, where maps use the
    unbiased variance."""
    axes = tuple(range(x.ndim - 1))
    count = x.size // x.shape[-1]
    mean, variance = x.mean(axes), x.var(axes)
    momentum, epsilon = layer.get("momentum", 0.99), layer.get("epsilon", 1e-3)
    unbiased = variance * count / (count - 1) if x.ndim == 4 else variance
    for name, value in (("moving_mean", mean), ("moving_variance", unbiased)):
        variables[name] = momentum * variables[name] + (1 - momentum) * value
    root = np.sqrt(variance + epsilon)
    normal = (x - mean) / root

    def backward(dy):
        gradients = {"gamma": (dy * normal).sum(axes), "beta": dy.sum(axes)}
        dnormal = dy * variables["gamma"]
        dx = (dnormal - dnormal.mean(axes) - normal * (dnormal * normal).mean(axes)) / root
        return dx, gradients

    return variables["gamma"] * normal + variables["beta"], backward


def relu(layer, variables, x):
    highest = layer.get("max_value", np.inf)
    return np.clip(x, 0, highest), lambda dy: (dy * ((x > 0) & (x < highest)), {})


def flatten(layer, variables, x):
    return x.reshape(len(x), -1), lambda dy: (dy.reshape(x.shape), {})


def global_average_pooling2d(layer, variables, x):
    area = x.shape[1] * x.shape[2]
    return x.mean((1, 2)), lambda dy: (np.broadcast_to(dy[:, None, None] / area, x.shape), {})


LAYERS = {
    "Conv2D": conv2d,
    "SeparableConv2D": separable_conv2d,
    "Dense": dense,
    "MaxPooling2D": max_pooling2d,
    "AveragePooling2D": average_pooling2d,
    "GlobalAveragePooling2D": global_average_pooling2d,
    "BatchNormalization": batch_normalization,
    "ReLU": relu,
    "Flatten": flatten,
}


# --- losses: loss(outputs, classes) -> (mean loss, gradient of the mean) ---------------------------


def crossentropy(logits, classes):
    shifted = logits - logits.max(1, keepdims=True)
    log_softmax = shifted - np.log(np.exp(shifted).sum(1, keepdims=True))
    hot = np.eye(logits.shape[1])[classes]
    return -(hot * log_softmax).sum(1).mean(), (np.exp(log_softmax) - hot) / len(logits)


def squared_hinge(outputs, classes):
    signs = 2 * np.eye(outputs.shape[1])[classes] - 1
    margin = np.maximum(1 - signs * outputs, 0)
    return (margin ** 2).mean(), -2 * signs * margin / outputs.size


LOSSES = {"sparse-categorical-crossentropy": crossentropy, "squared-hinge": squared_hinge}

# --- steps -----------------------------------------------------------------------------------------

PENALTIES = {"kernel": "kernel_regularizer", "depthwise_kernel": "depthwise_regularizer",
             "pointwise_kernel": "pointwise_regularizer"}


class Adam:
    def __init__(self, rate):
        self.rate, self.step, self.moments = rate, 0, {}

    def change(self, key, gradient):
        m, v = self.moments.get(key, (0.0, 0.0))
        m, v = 0.9 * m + 0.1 * gradient, 0.999 * v + 0.001 * gradient ** 2
        self.moments[key] = m, v
        rate = self.rate * np.sqrt(1 - 0.999 ** self.step) / (1 - 0.9 ** self.step)
        return -rate * m / (np.sqrt(v) + 1e-7)


class Sgd:
    def __init__(self, rate):
        self.rate, self.step, self.velocity = rate, 0, {}

    def change(self, key, gradient):
        self.velocity[key] = 0.9 * self.velocity.get(key, 0.0) - self.rate * gradient
        return self.velocity[key]


def train(architecture, variables, samples, classes, loss, optimizer, steps):
    """Changes `variables`; returns the loss, penalties included, before every step."""
    losses = []
    for _ in range(steps):
        x, backwards = samples, []
        for layer in architecture["layers"]:
            if layer["type"] in ("Input", "Softmax"):
                continue
            x, backward = LAYERS[layer["type"]](layer, variables.get(layer["name"], {}), x)
            backwards.append((layer, backward))
        value, dy = LOSSES[loss](x, classes)
        gradients = {}
        for layer, backward in reversed(backwards):
            dy, own = backward(dy)
            for name, gradient in own.items():
                weights = variables[layer["name"]][name]
                penalty = layer.get(PENALTIES.get(name), {})
                l1, l2 = penalty.get("l1", 0.0), penalty.get("l2", 0.0)
                value += l1 * abs(weights).sum() + l2 * (weights ** 2).sum()
                gradients[layer["name"], name] = gradient + l1 * np.sign(weights) + 2 * l2 * weights
        optimizer.step += 1
        for (layer, name), gradient in gradients.items():
            variables[layer][name] = (variables[layer][name] +
                                      optimizer.change((layer, name), gradient))
        losses.append(value)
    return losses
