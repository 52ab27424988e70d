"""What imported images must be, by plain numpy: the formulas of data/image_resize.h and image_fit.h."""

import numpy as np

F = np.float32


def blend(pixels, width, height, from_centres):
    """Both bilinear filters in float32, before the last rounding; [height, width, channels]."""
    def places(old, new):
        scale = F(old) / F(new)
        i = np.arange(new, dtype=F)
        x = (i + F(0.5)) * scale - F(0.5) if from_centres else i * scale
        low = np.floor(x)
        first = np.clip(low.astype(int), 0, old - 1)
        return first, np.clip(low.astype(int) + 1, 0, old - 1), (x - low).astype(F)

    left, right, across = places(pixels.shape[1], width)
    upper, lower, down = places(pixels.shape[0], height)
    values = pixels.astype(F)
    across = across[None, :, None]
    rows = values[:, left] + (values[:, right] - values[:, left]) * across
    return rows[upper] + (rows[lower] - rows[upper]) * down[:, None, None]


def legacy(pixels, width, height):
    return blend(pixels, width, height, False).astype(np.uint8)


def bilinear(pixels, width, height):
    return np.floor(blend(pixels, width, height, True) + F(0.5)).astype(np.uint8)


def by_weights(pixels, width, height, weight):
    """Columns, rounded to integers, then rows; weights from a function of (position, scale, old)."""
    def one_axis(values, old, new):
        table = np.array([weight(i, old / new, old) for i in range(new)])
        table /= table.sum(axis=1, keepdims=True)
        table = np.floor(table * 2**22 + 0.5).astype(np.int64)
        return np.clip(np.tensordot(table, values, 1) + 2**21 >> 22, 0, 255)

    columns = one_axis(pixels.astype(np.int64).transpose(1, 0, 2), pixels.shape[1], width)
    return one_axis(columns.transpose(1, 0, 2), pixels.shape[0], height).astype(np.uint8)


def antialias(pixels, width, height):
    def triangle(i, scale, old):
        support = max(scale, 1)
        return np.maximum(1 - np.abs(np.arange(old) + 0.5 - (i + 0.5) * scale) / support, 0)

    return by_weights(pixels, width, height, triangle)


def area(pixels, width, height):
    def covered(i, scale, old):
        left = np.arange(old)
        return np.clip(np.minimum(left + 1, (i + 1) * scale) - np.maximum(left, i * scale), 0, None)

    return by_weights(pixels, width, height, covered)


FILTERS = {"antialias": antialias, "area": area, "bilinear": bilinear, "legacy": legacy}


def middle(pixels, width, height):
    top = (pixels.shape[0] - height) // 2
    left = (pixels.shape[1] - width) // 2
    return pixels[top:top + height, left:left + width]


def imagenet(pixels, width, height):
    """resize_and_crop as zoo preprocessing is documented."""
    old_height, old_width = pixels.shape[:2]
    shorter = F(round(max(height, width) * 1.143))
    ratio = shorter / F(min(old_height, old_width))
    sides = [int(F(side) * ratio) for side in (old_width, old_height)]
    return middle(legacy(pixels, *sides), width, height)


def crop(pixels, width, height, shorter=0):
    old_height, old_width = pixels.shape[:2]
    if shorter:
        least = min(old_height, old_width)
        sides = old_width * shorter // least, old_height * shorter // least
    elif old_width * height >= width * old_height:
        sides = old_width * height // old_height, height
    else:
        sides = width, old_height * width // old_width
    return middle(antialias(pixels, *sides), width, height)


def center(pixels, width, height):
    old_height, old_width, channels = pixels.shape
    pixels = middle(pixels, min(width, old_width), min(height, old_height))
    result = np.zeros((height, width, channels), np.uint8)
    top, left = (height - pixels.shape[0]) // 2, (width - pixels.shape[1]) // 2
    result[top:top + pixels.shape[0], left:left + pixels.shape[1]] = pixels
    return result
