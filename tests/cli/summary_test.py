#!/usr/bin/python3
"""The summaries of zoo networks are the published ones, as text and as JSON.

usage: summary_test.py PUBLISHED_TABLES      (tools in PATH)

The tables have one line per layer: name, type, output shape, parameters, those not trainable.
"""

import json
import re
import subprocess
import sys

# Tables and the arguments of `akida-build zoo` that make their networks.
NETWORKS = {
    "mobilenet_imagenet_alpha_0.25": "mobilenet_imagenet --alpha 0.25",
    "mobilenet_imagenet_alpha_0.5_notop": "mobilenet_imagenet --alpha 0.5 --include-top false",
    "ds_cnn_cifar10": "ds_cnn_cifar10",
    "ds_cnn_kws": "ds_cnn_kws",
    "ds_cnn_kws_1.1.9": "ds_cnn_kws --definition 1.1.9",
    "vgg_utk_face": "vgg_utk_face",
    "yolo_base_mobilenet_alpha_0.5_c2_b5": "yolo_base --alpha 0.5 --classes 2",
    "convtiny_cwru_seed": "convtiny_cwru",
    "convtiny_dvs_handy": "convtiny_dvs_handy",
    "pointnet_plus_modelnet40_1.1.9": "pointnet_plus_modelnet40 --definition 1.1.9",
    "gxnor_mnist": "gxnor_mnist",
}


def published(path):
    """Key of a table -> (model name, totals, rows)."""
    tables = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            fields = line.rstrip("\n").split("\t")
            if fields[0] == "model":
                rows = []
                tables[fields[1]] = (fields[2], [int(field) for field in fields[3:7]], rows)
            else:
                rows.append(fields[1:6])
    return tables


def expected_text(name, totals, rows):
    """Title, cells of the table and totals."""
    total, trainable, folded, macs = totals
    lines = [f'Model: "{name}"', ["Layer (type)", "Output Shape", "Param #"]]
    for layer, kind, shape, parameters, _ in rows:
        shape = f"(None, {shape.replace('x', ', ')})"
        lines.append([f"{layer} ({kind})", f"[{shape}]" if kind == "InputLayer" else shape, parameters])
    return lines + [f"Total params: {total:,}", f"Trainable params: {trainable:,}",
                    f"Non-trainable params: {total - trainable:,}", f"BN-folded params: {folded:,}",
                    f"Multiply-accumulates: {macs:,}"]


def cells_of(text):
    """The lines but the rules; those of the table cut at gaps of two blanks or more."""
    lines = [line for line in text.splitlines() if not re.fullmatch(r"[_=]+", line)]
    return [re.split(r"  +", line) if "  " in line else line for line in lines]


def run(command, **options):
    return subprocess.run(command, check=True, capture_output=True, **options).stdout


def main():
    tables = published(sys.argv[1])
    failures = 0
    for key, arguments in NETWORKS.items():
        name, totals, rows = tables[key]
        model = run(["akida-build", "zoo", *arguments.split()])
        text = cells_of(run(["akida-stats", "summary", "-"], input=model).decode())
        report = json.loads(run(["akida-stats", "summary", "--json", "-"], input=model))
        layers = [[layer["name"], layer["type"], "x".join(map(str, layer["output_shape"])),
                   str(layer["parameters"]), str(layer["parameters"] - layer["trainable_parameters"])]
                  for layer in report["layers"]]
        counts = report["parameters"]
        report_totals = [counts["total"], counts["trainable"], counts["bn_folded"],
                         report["multiply_accumulates"]]
        if text != expected_text(name, totals, rows):
            failures += 1
            print(f"{key}: text\n{text}")
        if layers != rows or report_totals != totals:
            failures += 1
            print(f"{key}: report\n{layers}\n{report_totals}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
