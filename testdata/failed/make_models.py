#!/usr/bin/python3
"""make_models - writes the model and architecture files of testdata/failed and testdata/models.

Models are JSON that flatc turns into buffers by formats/model.fbs, so they are independent of the library.
Needs flatc and zstd. Run it in this folder; it replaces the files and their tables in README.md.
"""

import copy
import json
import pathlib
import struct
import subprocess
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
SCHEMA = HERE.parents[1] / "formats" / "model.fbs"


def vector(name, dtype, code, *values):
    return {"name": name, "dtype": dtype, "bits": 8 * struct.calcsize(code), "shape": [len(values)],
            "bytes": list(struct.pack(f"<{len(values)}{code}", *values))}


def weights(bits, shape, packed):
    return {"name": "weights", "dtype": "I8", "bits": bits, "shape": shape, "bytes": packed}


def neuron_vectors(thresholds):
    count = len(thresholds)
    return [vector("threshold_fire", "I32", "i", *thresholds),
            vector("threshold_fire_step", "F32", "f", *[1.0] * count),
            vector("shift", "F64", "d", *[0.0] * count), vector("scale", "F64", "d", *[1.0] * count)]


def full(name, neurons, bits, variables, **more):
    return {"name": name, "inbounds": [0], "parameters_type": "FullyConnected",
            "parameters": {"num_neurons": neurons, "weights_bits": bits, "activation": {}},
            "variables": variables, **more}


def xor():
    """The network of testdata/arch/xor.yaml; 1 -1 in 2 bits is 0b1101."""
    return {
        "format_version": 1, "kind": "Snn", "producer": "make_models", "name": "xor",
        "metadata": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}],
        "input": {"source": "Events", "bits": 1, "class_names": ["one"]},
        "layers": [
            {"name": "input", "parameters_type": "InputData",
             "parameters": {"width": 1, "height": 1, "channels": 2, "bits": 1}},
            full("or_and", 2, 1, [weights(1, [1, 1, 2, 2], [0x0F])] + neuron_vectors([0, 1])),
            {**full("xor", 1, 2, [weights(2, [1, 1, 2, 1], [0x0D])] + neuron_vectors([0])),
             "inbounds": [1]},
        ],
    }


def learner():
    """Two binary inputs, two neurons that learn."""
    state = {"rule": "Plain", "seed": 7, "num_weights": 1, "num_classes": 2, "initial_plasticity": 1.0,
             "min_plasticity": 0.1, "plasticity_decay": 0.25, "plasticity": [1.0, 0.75],
             "threshold_learning": [0, 1], "learning_events": [0, 2], "learning_count": [0, 1]}
    model = xor()
    model["layers"] = [model["layers"][0],
                       full("classes", 2, 1, [weights(1, [1, 1, 2, 2], [0x09])] + neuron_vectors([0, 0]),
                            learning=state)]
    return model


def convolutional():
    model = xor()
    layer = full("conv", 1, 4, [weights(4, [1, 1, 2, 1], [0x97])] + neuron_vectors([0]))
    layer["parameters_type"] = "Convolutional"
    layer["parameters"].update(convolution={}, pooling={})
    model["layers"][1:] = [layer]
    return model


def cnn():
    """Two channels in, a convolution of two filters, batch normalization, ReLU and a classifier."""
    def layer(name, kind, parameters, *variables):
        return {"name": name, "cnn_parameters_type": kind, "cnn_parameters": parameters,
                "variables": list(variables)}

    def floats(name, shape, *values):
        return {**vector(name, "F32", "f", *values), "shape": shape}

    layers = [
        layer("input_1", "Input", {"shape": [2, 2, 2]}),
        layer("conv", "Conv2D", {"filters": 2, "kernel_size": {"height": 1, "width": 1},
                                 "strides": {"height": 1, "width": 1}, "padding": "Same",
                                 "kernel_regularizer": {"l1": 0, "l2": 0.5}},
              floats("kernel", [1, 1, 2, 2], 1, 2, 3, 4), floats("bias", [2], 0.5, -0.5)),
        layer("conv_BN", "BatchNormalization", {"min_gamma": 0.25},
              floats("gamma", [2], 1, 2), floats("beta", [2], 0, 1),
              floats("moving_mean", [2], 0, 0), floats("moving_variance", [2], 1, 1)),
        layer("conv_relu", "ReLU", {"max_value": 6}),
        layer("flatten", "Flatten", {}),
        layer("classes", "Dense", {"units": 1, "use_bias": False},
              floats("kernel", [8, 1], *range(8))),
    ]
    for index, entry in enumerate(layers[1:]):
        entry["inbounds"] = [index]
    return {"format_version": 1, "kind": "Cnn", "producer": "make_models", "name": "cnn",
            "input": {"scaling_a": 255}, "layers": layers}


def flatbuffer(model):
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "model.json"
        source.write_text(json.dumps(model))
        subprocess.run(["flatc", "--binary", "-o", folder, SCHEMA, source], check=True)
        return (pathlib.Path(folder) / "model.fb").read_bytes()


def changed(path, value, base=xor):
    """`base` with the entry at `path` replaced; None removes it."""
    model = base()
    *parents, last = path
    place = model
    for step in parents:
        place = place[step]
    if value is None:
        del place[last]
    else:
        place[last] = copy.deepcopy(value)
    return model


def frame(content, *options):
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "model.fb"
        source.write_bytes(content)
        return subprocess.run(["zstd", "-q", "-c", *options, source], check=True,
                              capture_output=True).stdout


def field_at(content, table, index):
    """Position of field `index` of the table at `table`."""
    vtable = table - struct.unpack_from("<i", content, table)[0]
    return table + struct.unpack_from("<H", content, vtable + 4 + 2 * index)[0]


def follow(content, position):
    return position + struct.unpack_from("<I", content, position)[0]


def with_layer_type(model, field, kind):
    """The second layer's union, whose type is in `field`, has another type."""
    content = bytearray(flatbuffer(model))
    layers = follow(content, field_at(content, follow(content, 0), 7))
    content[field_at(content, follow(content, layers + 8), field)] = kind
    return bytes(content)


def shared_names():
    """21 class names whose offsets all point at the one long name."""
    content = bytearray(flatbuffer(changed(["input", "class_names"],
                                           ["n" * 4000] + [f"name{i}" for i in range(20)])))
    inputs = follow(content, field_at(content, follow(content, 0), 6))
    names = follow(content, field_at(content, inputs, 4))
    first = follow(content, names + 4)
    for entry in range(names + 4, names + 4 + 4 * 21, 4):
        struct.pack_into("<I", content, entry, first - entry)
    return bytes(content)


FC = ["layers", 1]
WEIGHTS = FC + ["variables", 0]
STEP = FC + ["variables", 2, "bytes"]
LEARNING = FC + ["learning"]
AT = "layer 1 'or_and': "
VARIABLE = AT + "variable 'weights': "


def header_cases():
    """(file, model as JSON or bytes, message)."""
    good = flatbuffer(xor())
    yield "empty", b"", ("no model: the 0 bytes begin with '', neither a zstd frame nor a FlatBuffer with "
                         "identifier AKMD at offset 4")
    yield "identifier", good[:4] + b"AKMX" + good[8:], (
        f"no model: the {len(good)} bytes begin with '{good[:4].hex(' ')} 41 4b 4d 58', neither a zstd frame nor a "
        "FlatBuffer with identifier AKMD at offset 4")
    yield "root", b"\xff\xff\xff\x7f" + good[4:], (
        f"offset 0: root offset 2147483647 is outside the {len(good)} bytes")
    half = good[: len(good) // 2]
    yield "truncated", half, (
        f"the FlatBuffer of {len(half)} bytes is damaged: an offset, a length or the alignment is wrong, or it has "
        "more than 1000000 tables or 8 levels")
    yield "version", changed(["format_version"], 3), "format version 3 is newer than 2, the newest known here"
    yield "version_zero", changed(["format_version"], 0), "format version 0 does not exist"
    yield "kind", changed(["kind"], 9), "kind 9 is unknown: 1 is snn, 2 is cnn"
    yield "layers", changed(["layers"], []), "layer count 0 is outside 1..4096"
    yield "input_missing", changed(["input"], None), "input is missing"
    yield "input_source", changed(["input", "source"], "Image"), (
        "input source 2 contradicts layer 'input', which takes 1 (events)")
    yield "input_bits", changed(["input", "bits"], 4), "input bits 4 contradict layer 'input', which takes 1"
    yield "scaling", changed(["input", "scaling_a"], 0), "scaling_a 0 is not above 0"
    yield "anchors", changed(["input", "anchors"], [1, 2, 3]), "anchors: 3 numbers are no (width, height) pairs"
    yield "class_empty", changed(["input", "class_names"], [""]), "class_names: a name is empty"
    yield "class_control", changed(["input", "class_names"], ["a\tb"]), (
        "class_names: byte 1: control character 0x09")
    yield "producer_control", changed(["producer"], "tool\n1"), "producer: byte 4: control character 0x0a"
    yield "history_control", changed(["history"], [{"tool": "t", "options": "\u001b[2J"}]), (
        "history: options: byte 0: control character 0x1b")
    yield "metadata_control", changed(["metadata", 0, "value"], "a\u007fb"), (
        "metadata: value: byte 1: control character 0x7f")
    yield "name_length", changed(["name"], "n" * 4097), "name: 4097 bytes exceed limit 4096"
    yield "text_length", changed(["metadata", 1, "value"], "v" * 65537), (
        "metadata: value: 65537 bytes exceed limit 65536")
    yield "metadata_order", changed(["metadata", 0, "key"], "c"), (
        "metadata: key 'b' does not follow 'c' in ascending order")
    yield "metadata_twice", changed(["metadata", 0, "key"], "b"), (
        "metadata: key 'b' does not follow 'b' in ascending order")
    content = shared_names()
    yield "shared_names", content, f"class_names: more content than the {len(content)} bytes of the buffer"


def layer_cases():
    bare = xor()
    del bare["layers"][1]["parameters"], bare["layers"][1]["parameters_type"]
    yield "parameters_missing", bare, AT + "parameters are missing"
    yield "layer_type", with_layer_type(xor(), 2, 7), AT + "layer type 7 is unknown, the last is 6"
    yield "activation_missing", changed(FC + ["parameters", "activation"], None), AT + "activation is missing"
    yield "convolution_missing", changed(FC + ["parameters", "convolution"], None, convolutional), (
        "layer 1 'conv': convolution is missing")
    yield "convolution_mode", changed(FC + ["parameters", "convolution", "mode"], 7, convolutional), (
        "layer 1 'conv': convolution mode 7 is unknown, the last is 2")
    yield "pooling_type", changed(FC + ["parameters", "pooling", "type"], 3, convolutional), (
        "layer 1 'conv': pooling type 3 is unknown, the last is 2")
    yield "neurons", changed(FC + ["parameters", "num_neurons"], 0), (
        "layer 'or_and': num_neurons 0 is outside 1..65536")
    yield "step", changed(STEP, list(struct.pack("<2f", 1.0, float("nan")))), (
        "layer 'or_and': threshold_fire_step nan is not finite and above 0")
    yield "inbound", changed(FC + ["inbounds"], [1]), "layer 'or_and': inbound layer 1 is not before layer 1"
    yield "name_twice", changed(["layers", 2, "name"], "or_and"), (
        "layer 'or_and': layer name 'or_and' is taken by layer 1")
    yield "name_digits", changed(FC + ["name"], "12"), "layer '12': layer name '12' is only digits"
    yield "input_second", changed(FC, {**xor()["layers"][0], "name": "in2"}), (
        "layer 'in2': an input layer must be the first, not layer 1")
    yield "input_size", changed(["layers", 0, "parameters", "width"], 65537), (
        "layer 'input': input_width 65537 is outside 1..65536")


def variable_cases():
    yield "variables_missing", changed(FC + ["variables"], None), AT + "0 variables, but FullyConnected has 5"
    yield "variable_name", changed(WEIGHTS + ["name"], "weight"), AT + "variable 0 is 'weight', not 'weights'"
    yield "variable_type", changed(WEIGHTS + ["dtype"], "U8"), VARIABLE + "type 1 is not 2 (I8)"
    yield "variable_bits", changed(WEIGHTS + ["bits"], 2), VARIABLE + "2 bits per element, not 1"
    yield "variable_dimensions", changed(WEIGHTS + ["shape"], [4]), VARIABLE + "1 dimensions, not 4"
    yield "variable_dimension", changed(WEIGHTS + ["shape"], [1, 1, 0, 2]), (
        VARIABLE + "dimension 0 is outside 1..268435456")
    yield "variable_overflow", changed(WEIGHTS + ["shape"], [1 << 28] * 4), (
        VARIABLE + "elements: 72057594037927936 x 268435456 overflows 64 bits")
    yield "variable_bytes", changed(WEIGHTS + ["bytes"], [15, 0]), (
        VARIABLE + "2 bytes do not hold 4 elements of 1 bits")
    yield "variable_padding", changed(WEIGHTS + ["bytes"], [0x1F]), (
        VARIABLE + "byte 0: bits behind the last element are 0x1f, not zero")
    yield "weights_shape", changed(WEIGHTS + ["shape"], [1, 1, 1, 4]), (
        "layer 'or_and': weights is i8 (1, 1, 1, 4), not i8 (1, 1, 2, 2)")
    yield "weights_range", changed(["layers", 2, "variables", 0, "bytes"], [0x0E]), (
        "layer 'xor': weights: element 0: value -2 is outside -1..1 (2 bits)")
    yield "thresholds", changed(FC + ["variables", 1], vector("threshold_fire", "I32", "i", 0)), (
        "layer 'or_and': threshold_fire has 1 values for 2 neurons")
    yield "scale", changed(FC + ["variables", 4], vector("scale", "F64", "d", 1.0, float("inf"))), (
        "layer 'or_and': scale: element 1: value inf is not finite")
    learning = [
        ("rule", ["rule"], 5, "layer 1 'classes': learning rule 5 is unknown, the last is 1"),
        ("count", ["learning_count"], [1], "layer 'classes': learning_count has 1 values for 2 neurons"),
        ("ones", ["num_weights"], 2, "layer 'classes': neuron 0 has 1 ones, not num_weights 2"),
        ("plasticity", ["plasticity"], [1.0, 1.5], "layer 'classes': plasticity 1.5 is outside 0..1"),
        ("classes", ["num_classes"], 3, "layer 'classes': num_classes 3 is outside 1..2"),
    ]
    for name, path, value, message in learning:
        yield "learning_" + name, changed(LEARNING + path, value, learner), message
    model = learner()
    model["layers"].append({**xor()["layers"][2], "inbounds": [1]})
    yield "learning_not_last", model, "layer 'classes' is compiled for learning and must stay the last"


def cnn_cases():
    conv = ["layers", 1]
    at = "layer 1 'conv': "
    kernel = at + "variable 'kernel': "

    def of(path, value):
        return changed(path, value, cnn)

    bare = cnn()
    del bare["layers"][1]["cnn_parameters"], bare["layers"][1]["cnn_parameters_type"]
    yield "parameters", bare, at + "cnn_parameters are missing"
    yield "native_layers", changed(["kind"], "Cnn", learner), "input source 1 and bits 1 of a cnn are not 0"
    yield "layers", of(["layers"], []), "layer count 0 is outside 1..4096"
    yield "layer_type", with_layer_type(cnn(), 6, 21), at + "layer type 21 is unknown, the last is 20"
    yield "name", of(conv + ["name"], ""), "layer 1 '': name is missing"
    yield "kernel_size", of(conv + ["cnn_parameters", "kernel_size"], None), at + "argument kernel_size is missing"
    yield "strides", of(conv + ["cnn_parameters", "strides"], None), at + "argument strides is missing"
    yield "padding", of(conv + ["cnn_parameters", "padding"], 2), at + "padding 2 is unknown, the last is 1"
    yield "filters", of(conv + ["cnn_parameters", "filters"], 0), (
        "layer 'conv': filters 0 is outside 1..16777216")
    yield "regularizer", of(conv + ["cnn_parameters", "kernel_regularizer", "l2"], -1), (
        "layer 'conv': kernel_regularizer -1 is not finite and at least 0")
    yield "max_value", of(["layers", 3, "cnn_parameters", "max_value"], 0), (
        "layer 'conv_relu': max_value 0 is not finite and above 0")
    yield "function", of(["layers", 3], {"name": "act", "cnn_parameters_type": "Activation",
                                         "cnn_parameters": {"function": 3}}), (
        "layer 3 'act': activation function 3 is unknown, the last is 2")
    yield "shape", of(["layers", 0, "cnn_parameters", "shape"], [1] * 5), (
        "layer 0 'input_1': shape: 5 entries exceed limit 4")
    yield "shape_missing", of(["layers", 0, "cnn_parameters", "shape"], None), (
        "layer 'input_1': shape () has 0 dimensions, not 1 or 3")
    yield "inbound", of(conv + ["inbounds"], [1]), "layer 'conv': inbound layer 1 is not before layer 1"
    yield "variables", of(conv + ["variables"], []), at + "variables are missing"
    yield "variable_count", of(conv + ["variables"], cnn()["layers"][1]["variables"] * 3), (
        at + "6 variables exceed limit 5")
    yield "variable_name", of(conv + ["variables", 0, "name"], "weights"), (
        "layer 'conv': variable 'weights' is f32 (1, 1, 2, 2), not 'kernel' f32 (1, 1, 2, 2)")
    yield "variable_type", of(conv + ["variables", 0, "dtype"], "F64"), kernel + "type 5 is not 4 (F32)"
    yield "variable_bits", of(conv + ["variables", 0, "bits"], 8), kernel + "8 bits per element, not 32"
    yield "variable_shape", of(conv + ["variables", 0, "shape"], [1, 1, 4, 1]), (
        "layer 'conv': variable 'kernel' is f32 (1, 1, 4, 1), not 'kernel' f32 (1, 1, 2, 2)")
    yield "variable_dimensions", of(conv + ["variables", 0, "shape"], None), kernel + "0 dimensions, not 1..4"
    yield "variable_bytes", of(conv + ["variables", 0, "shape"], [1, 1, 2, 3]), (
        kernel + "16 bytes do not hold 6 elements of 32 bits")
    yield "variable_value", of(conv + ["variables", 1], vector("bias", "F32", "f", 0, float("nan"))), (
        "layer 'conv': bias: element 1: value nan is not finite")
    yield "elements", of(["layers", 0, "cnn_parameters", "shape"], [1 << 24, 1 << 24, 1 << 24]), (
        "layer 'input_1': shape (16777216, 16777216, 16777216) exceeds 2147483648 elements")


def quantized_cnn():
    """The same network with 4-bit weights of frozen limits, and an activation whose step is trained."""
    model = cnn()
    model["format_version"] = 2
    conv, relu = model["layers"][1], model["layers"][3]
    conv["cnn_parameters"]["kernel_quantizer"] = {"kind": "Fixed", "bits": 4}
    conv["variables"].append(vector("kernel_limit", "F32", "f", 3.5, 4))
    relu.update(cnn_parameters_type="QuantizedReLU", cnn_parameters={"bitwidth": 4},
                variables=[vector("threshold", "F32", "f", 0.25), vector("step", "F32", "f", 0.5)])
    return model


def quantized_cnn_cases():
    quantizer = ["layers", 1, "cnn_parameters", "kernel_quantizer"]
    limits = ["layers", 1, "variables", 2]

    def of(path, value):
        return changed(path, value, quantized_cnn)

    yield "version", of(["format_version"], 1), "quantized layers need format version 2, not 1"
    yield "kind", of(quantizer + ["kind"], 7), "layer 1 'conv': quantizer kind 7 is unknown, the last is 6"
    yield "bits", of(quantizer + ["bits"], 1), "layer 'conv': kernel_quantizer: bits 1 is outside 2..8"
    yield "threshold", of(quantizer + ["threshold"], 2), (
        "layer 'conv': kernel_quantizer: kind fixed has no threshold, but it is 2")
    yield "std_threshold", of(quantizer, {"kind": "Std", "bits": 4, "threshold": 0}), (
        "layer 'conv': kernel_quantizer: threshold 0 is not finite and above 0")
    yield "limit_missing", of(quantizer, {"kind": "MaxPerAxis", "bits": 4}), "layer 'conv': 3 variables, not 2"
    yield "limit", of(limits, vector("kernel_limit", "F32", "f", 3.5, 0)), (
        "layer 'conv': kernel_limit: element 1: value 0 is not above 0")
    yield "depthwise", of(["layers", 2], {
        "name": "depthwise", "inbounds": [1], "cnn_parameters_type": "DepthwiseConv2D",
        "cnn_parameters": {"kernel_size": {"height": 1, "width": 1}, "strides": {"height": 1, "width": 1},
                           "depthwise_quantizer": {"kind": "StdPerAxis"}, "use_bias": False},
        "variables": [{**vector("depthwise_kernel", "F32", "f", 1, 2), "shape": [1, 1, 2, 1]}]}), (
        "layer 'depthwise': depthwise_quantizer: kind std_per_axis has one scale per filter, but a depthwise kernel has "
        "one for all: it is one of max, std, trainable_std, fixed, lsq")
    yield "bitwidth", of(["layers", 3, "cnn_parameters", "bitwidth"], 9), (
        "layer 'conv_relu': bitwidth 9 is outside 1..8")
    yield "step", of(["layers", 3, "variables", 1], vector("step", "F32", "f", -0.5)), (
        "layer 'conv_relu': step: element 0: value -0.5 is not above 0")


def frame_cases():
    good = flatbuffer(xor())
    framed = frame(good, "--check")
    yield "checksum_missing", frame(good, "--no-check"), "zstd: frame has no content checksum"
    yield "truncated", framed[:-1], f"zstd: frame is truncated after {len(framed) - 1} bytes"
    yield "tail", framed + b"\n", "zstd: 1 bytes follow the frame"
    yield "two_frames", framed + framed, f"zstd: {len(framed)} bytes follow the frame"
    yield "damaged", framed[:-4] + bytes([framed[-4] ^ 1]) + framed[-3:], (
        f"zstd: frame of {len(framed)} bytes is damaged: Restored data doesn't match checksum")
    yield "size", bytes.fromhex("28b52ffd a4 01000040"), "zstd: content of 1073741825 bytes exceeds limit 1073741824"
    yield "content", frame(b"no model inside", "--check"), (
        "no model: the 15 bytes begin with '6e 6f 20 6d 6f 64 65 6c', not a FlatBuffer with identifier AKMD at offset 4")


ARCHITECTURES = [
    ("empty", "", "the document is empty"),
    ("list", "[]\n", "line 1, column 1: the document is a list, not a mapping"),
    ("no_layers", "name: x\n", "line 1, column 1: the document has no 'layers'"),
    ("key", "layer: []\n", "line 1, column 1: unknown key 'layer' of the document; the nearest is 'layers'"),
    ("syntax", "layers: [\n", "line 2, column 1: end of sequence flow not found"),
    ("two_documents", "layers: []\n---\nlayers: []\n", "line 3, column 1: a second document"),
    ("alias", "name: &n x\nlayers: *n\n", "line 1, column 7: anchors are not allowed"),
    ("tag", "name: !!int 7\n", "line 1, column 7: tag 'tag:yaml.org,2002:int' is not allowed"),
    ("twice", "name: a\nname: b\n", "line 2, column 1: key 'name' was already given in line 1"),
    ("key_list", "[a]: b\n", "line 1, column 1: a key must be a plain word"),
    ("control", "name: \"a\x07\"\n", "line 1, column 9: control character 0x07"),
    ("depth", "[" * 40 + "]" * 40 + "\n", "line 1, column 33: more than 32 collections inside each other"),
    ("type_unknown", "layers: [{type: Danse}]\n",
     "line 1, column 17: layer type 'Danse' is none of InputData, InputConvolutional, FullyConnected, Convolutional, "
     "SeparableConvolutional, Concat, Input, Rescaling, Conv2D, SeparableConv2D, DepthwiseConv2D, Dense, "
     "BatchNormalization, ReLU, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, GlobalMaxPooling2D, Flatten, "
     "Reshape, Dropout, Activation, Softmax, Concatenate, ActivationDiscreteRelu, QuantizedReLU, conv_block, "
     "separable_conv_block, dense_block; the nearest is 'Dense'"),
    ("cnn_weights", "layers:\n- {type: Input, shape: [16777216]}\n- {type: Dense, units: 17}\n",
     "line 3, column 3: layer 'dense': kernel: shape (16777216, 17) exceeds 268435456 elements"),
    ("name_control", "name: \"a\\tb\"\nlayers: []\n", "line 1, column 1: name: byte 1: control character 0x09"),
]

HEAD = "layers:\n- {type: InputData, name: in, input_width: 2, input_height: 1, input_channels: 1}\n"

LAYERS = [
    ("type_missing", "- {num_neurons: 1}", "line 3, column 3: a layer has no 'type'"),
    ("type", "- {type: Danse}",
     "line 3, column 10: layer type 'Danse' is none of InputData, InputConvolutional, FullyConnected, Convolutional, "
     "SeparableConvolutional, Concat"),
    ("kinds", "- {type: Dense, units: 1}",
     "line 3, column 10: layer type 'Dense' is of Keras, but the other layers are native; a network has layers of one "
     "kind"),
    ("required", "- {type: FullyConnected}", "line 3, column 3: FullyConnected has no 'num_neurons'"),
    ("parameter", "- {type: FullyConnected, num_neuron: 1}",
     "line 3, column 26: unknown key 'num_neuron' of FullyConnected; the nearest is 'num_neurons'"),
    ("parameter_type", "- {type: FullyConnected, num_neurons: many}",
     "line 3, column 39: 'num_neurons' is 'many', not an integer of 32 bits"),
    ("parameter_range", "- {type: FullyConnected, num_neurons: 1, weights_bits: 9}",
     "line 3, column 3: layer 'fully_connected_1': weights_bits 9 is outside 1..8"),
    ("choice", "- {type: Convolutional, kernel_width: 1, kernel_height: 1, num_neurons: 1, convolution_mode: same}",
     "line 3, column 94: convolution_mode 'same' is none of Valid, Same, Full; the nearest is 'Same'"),
    ("inbound", "- {type: Concat, inbound_layers: [inn]}",
     "line 3, column 35: no earlier layer is called 'inn'; the nearest is 'in'"),
    ("variable", "- {type: FullyConnected, num_neurons: 1, variables: {weight: 1}}",
     "line 3, column 54: unknown key 'weight' of layer 'fully_connected_1'; the nearest is 'weights'"),
    ("ragged", "- {type: FullyConnected, num_neurons: 1, variables: {weights: [[[[1], 1]]]}}",
     "line 3, column 71: 'weights': a list of 1 was expected here, as in the first place"),
    ("variable_shape", "- {type: FullyConnected, num_neurons: 1, variables: {weights: [[[[1]]]]}}",
     "line 3, column 63: layer 'fully_connected_1': weights: shape (1, 1, 1, 1) is not (1, 1, 2, 1)"),
    ("variable_range", "- {type: FullyConnected, num_neurons: 1, variables: {weights: [[[[1], [2]]]]}}",
     "line 3, column 63: layer 'fully_connected_1': weights: element 1: value 2 is outside 0..1 (1 bits)"),
    ("variable_path", "- {type: FullyConnected, num_neurons: 1, variables: {weights: /etc/w.npy}}",
     "line 3, column 63: 'weights' is '/etc/w.npy', not numbers or the name of a .npy file beside this one"),
]

CNN_HEAD = "layers:\n- {type: Input, name: in, shape: [4, 4, 1]}\n"

CNN_LAYERS = [
    ("kinds", "- {type: FullyConnected, num_neurons: 1}",
     "line 3, column 10: layer type 'FullyConnected' is native, but the other layers are of Keras; a network has "
     "layers of one kind"),
    ("required", "- {type: Conv2D, filters: 1}", "line 3, column 3: Conv2D has no 'kernel_size'"),
    ("argument", "- {type: Dense, unit: 1}", "line 3, column 17: unknown key 'unit' of Dense; the nearest is 'units'"),
    ("extent", "- {type: MaxPooling2D, pool_size: [2]}",
     "line 3, column 35: 'pool_size' has 1 numbers, not [height, width]"),
    ("regularizer", "- {type: Dense, units: 1, kernel_regularizer: {l2: -1}}",
     "line 3, column 3: layer 'dense': kernel_regularizer -1 is not finite and at least 0"),
    ("shape", "- {type: Reshape, target_shape: [3]}",
     "line 3, column 3: layer 'reshape': target_shape (3,) does not hold the 16 values of (4, 4, 1)"),
    ("quantizer_kind", "- {type: Dense, units: 1, kernel_quantizer: {kind: maximum, bits: 4}}",
     "line 3, column 52: quantizer kind 'maximum' is none of max, max_per_axis, std, std_per_axis, trainable_std, fixed, "
     "lsq"),
    ("quantizer_bits", "- {type: Dense, units: 1, kernel_quantizer: {kind: max}}",
     "line 3, column 45: kernel_quantizer has no 'bits'"),
    ("quantizer_key", "- {type: Dense, units: 1, kernel_quantizer: {kind: max, bit: 4}}",
     "line 3, column 57: unknown key 'bit' of kernel_quantizer; the nearest is 'bits'"),
    ("bitwidth", "- {type: QuantizedReLU, bitwidth: 0}",
     "line 3, column 3: layer 'quantized_relu': bitwidth 0 is outside 1..8"),
    ("block", "- {type: conv_block, filters: 1, kernel_size: 1, pooling: mean}",
     "line 3, column 59: pooling 'mean' is none of none, max, avg, global_max, global_avg; the nearest is 'max'"),
    ("variable_shape", "- {type: Dense, units: 1, variables: {kernel: [1]}}",
     "line 3, column 47: layer 'dense': kernel: shape (1) is not (1, 1)"),
]


def write_table(kind, rows):
    readme = HERE / "README.md"
    begin, end = f"<!-- {kind} -->\n", f"<!-- end of {kind} -->\n"
    before, _, rest = readme.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    table = "| file | message ends with |\n| --- | --- |\n"
    table += "".join(f"| {name} | {message} |\n" for name, message in rows)
    readme.write_text(before + begin + table + end + after, encoding="utf-8")


def main():
    (HERE.parent / "models" / "xor.fb").write_bytes(flatbuffer(xor()))
    (HERE.parent / "models" / "learner.fb").write_bytes(flatbuffer(learner()))
    (HERE.parent / "models" / "cnn.fb").write_bytes(flatbuffer(cnn()))
    (HERE.parent / "models" / "quantized_cnn.fb").write_bytes(flatbuffer(quantized_cnn()))
    rows = []
    for cases in (header_cases, layer_cases, variable_cases):
        for name, model, message in cases():
            content = model if isinstance(model, bytes) else flatbuffer(model)
            (HERE / f"model_{name}.fb").write_bytes(content)
            rows.append((f"model_{name}.fb", message))
    for name, model, message in cnn_cases():
        (HERE / f"model_cnn_{name}.fb").write_bytes(model if isinstance(model, bytes) else flatbuffer(model))
        rows.append((f"model_cnn_{name}.fb", message))
    for name, model, message in quantized_cnn_cases():
        (HERE / f"model_quantizer_{name}.fb").write_bytes(flatbuffer(model))
        rows.append((f"model_quantizer_{name}.fb", message))
    for name, content, message in frame_cases():
        (HERE / f"model_{name}.fbz").write_bytes(content)
        rows.append((f"model_{name}.fbz", message))
    write_table("models", rows)
    rows = []
    cases = ARCHITECTURES + [(name, HEAD + text + "\n", message) for name, text, message in LAYERS]
    cases += [("cnn_" + name, CNN_HEAD + text + "\n", message) for name, text, message in CNN_LAYERS]
    for name, text, message in cases:
        (HERE / f"arch_{name}.yaml").write_text(text, encoding="utf-8")
        rows.append((f"arch_{name}.yaml", message))
    write_table("architectures", rows)


if __name__ == "__main__":
    main()
