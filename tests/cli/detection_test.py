#!/usr/bin/python3
"""detection_test - akida-score yolo and map against the documented steps written down in numpy.

usage: detection_test.py ROUNDS   (akida-score in PATH)

Random maps are decoded box by box, as the documented toolkit does; random boxes are matched and
averaged over one list of all images, as the tools of VOC and COCO do, with exact fractions.
"""

import fractions
import json
import subprocess
import sys

try:
    import numpy as np
except ImportError:
    print("skipped: no numpy")
    sys.exit(77)

OBJECT, OVERLAP = 0.3, 0.4  # thresholds


def run(*arguments, text):
    return subprocess.run(["akida-score", *arguments], input=text, capture_output=True, text=True,
                          check=True).stdout


def iou(a, b, extra=0):
    width = min(a[2], b[2]) - max(a[0], b[0]) + extra
    height = min(a[3], b[3]) - max(a[1], b[1]) + extra
    both = max(width, 0) * max(height, 0)
    area = lambda c: (c[2] - c[0] + extra) * (c[3] - c[1] + extra)
    either = area(a) + area(b) - both
    return both / either if either > 0 else 0


def decode(output, anchors):
    """The documented steps: a list of (box in shares of the image, objectness, class)."""
    rows, columns, count, _ = output.shape
    output = output.copy()
    output[..., 4] = 1 / (1 + np.exp(-output[..., 4]))
    logits = output[..., 5:] - output[..., 5:].max()
    if logits.min() < -100:
        logits = logits / logits.min() * -100
    classes = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    classes = output[..., 4:5] * classes
    classes = classes * (classes > OBJECT)
    boxes = []
    for row, column, b in np.ndindex(rows, columns, count):
        scores = classes[row, column, b]
        if scores.sum() == 0:
            continue
        tx, ty, tw, th, objectness = output[row, column, b, :5]
        x, y = (column + 1 / (1 + np.exp(-tx))) / columns, (row + 1 / (1 + np.exp(-ty))) / rows
        w, h = anchors[b][0] * np.exp(tw) / columns, anchors[b][1] * np.exp(th) / rows
        box = [max(x - w / 2, 0), max(y - h / 2, 0), min(x + w / 2, columns), min(y + h / 2, rows)]
        boxes.append([box, objectness, scores, int(scores.argmax())])
    for c in range(output.shape[-1] - 5):
        order = sorted(range(len(boxes)), key=lambda i: boxes[i][2][c], reverse=True)
        for i, better in enumerate(order):
            if boxes[better][2][c] == 0:
                continue
            for worse in order[i + 1:]:
                same = boxes[better][3] == c == boxes[worse][3]
                if same and iou(boxes[better][0], boxes[worse][0]) >= OVERLAP:
                    boxes[worse][1] = 0
    return sorted(((box, float(score), c) for box, score, _, c in boxes if score > OBJECT),
                  key=lambda entry: -entry[1])


def check_decoding(rng):
    rows, columns, count, classes = (int(n) for n in rng.integers(1, 6, 4))
    anchors = np.round(rng.uniform(0.3, 3, (count, 2)), 2)
    scale = 60 if rng.random() < 0.2 else 2  # logits far apart
    output = rng.normal(0, 1, (rows, columns, count, 5 + classes)).astype(np.float32)
    output[..., 5:] *= scale
    line = {"id": "a", "values": output.reshape(rows, columns, -1).tolist()}
    text = run("yolo", "--anchors", ",".join(str(side) for side in anchors.ravel()), "--size", "1,1",
               "--obj-threshold", str(OBJECT), "--nms-threshold", str(OVERLAP), text=json.dumps(line))
    got = [(b["box"], b["score"], b["class"]) for b in json.loads(text)["boxes"]]
    want = decode(output.astype(np.float64), anchors.astype(np.float32).astype(np.float64))
    assert len(got) == len(want), (got, want)
    for (box, score, c), (box2, score2, c2) in zip(got, want):
        assert np.allclose(box, box2, rtol=1e-5, atol=1e-6) and abs(score - score2) < 1e-6, (got, want)
        assert c == c2, (got, want)


def random_box(rng):
    x, y = (int(n) for n in rng.integers(0, 12, 2))
    w, h = (int(n) for n in rng.integers(1, 8, 2))
    return [x, y, x + w, y + h]


def random_images(rng):
    images = []
    for number in range(int(rng.integers(1, 6))):
        scores = rng.permutation(1000)[:8] / 1000  # no two equal
        images.append({"id": str(number),
                       "boxes": [{"box": random_box(rng), "class": int(rng.integers(2)),
                                  "score": float(score) + number / 1e6} for score in scores],
                       "label": [{"box": random_box(rng), "class": int(rng.integers(2)),
                                  "difficult": bool(rng.random() < 0.2)}
                                 for _ in range(int(rng.integers(0, 6)))]})
    return images


def average(images, c, threshold, points, extra):
    """Average precision of class c: all detections in one list, VOC's matching."""
    truths = sum(not t["difficult"] for image in images for t in image["label"] if t["class"] == c)
    if truths == 0:
        return None
    found = sorted(((d["score"], d["box"], image) for image in images for d in image["boxes"]
                    if d["class"] == c), key=lambda entry: -entry[0])
    taken, hits, total, curve = set(), 0, 0, []
    for _, box, image in found:
        overlaps = [(iou(box, t["box"], extra), -i) for i, t in enumerate(image["label"])
                    if t["class"] == c]
        best, index = max(overlaps, default=(0, 0))
        if best >= threshold and image["label"][-index]["difficult"]:
            continue
        total += 1
        if best >= threshold and (image["id"], index) not in taken:
            taken.add((image["id"], index))
            hits += 1
        curve.append((fractions.Fraction(hits, truths), fractions.Fraction(hits, total)))
    precision = lambda recall: max((p for r, p in curve if r >= recall), default=0)
    if points:
        recalls = [fractions.Fraction(k, points - 1) for k in range(points)]
        return float(sum(precision(recall) for recall in recalls) / points)
    steps = [fractions.Fraction(k, truths) for k in range(1, truths + 1)]
    return float(sum(precision(step) for step in steps) / truths)


def check_precision(rng):
    images = random_images(rng)
    if all(box["difficult"] for image in images for box in image["label"]):
        return  # nothing to score, an error
    text = "".join(json.dumps(image) + "\n" for image in images)
    for name, points in (("all-point", 0), ("11-point", 11)):
        for kind, extra in (("continuous", 0), ("pixel", 1)):
            report = json.loads(run("map", "--json", "--precision", name, "--iou", kind, text=text))
            for entry in report["classes"]:
                want = average(images, entry["class"], 0.5, points, extra)
                assert (entry["ap"] is None) == (want is None), entry
                assert want is None or abs(entry["ap"] - want) < 1e-12, (entry, want)


def main():
    for seed in range(int(sys.argv[1])):
        rng = np.random.default_rng(seed)
        check_decoding(rng)
        check_precision(rng)


if __name__ == "__main__":
    main()
