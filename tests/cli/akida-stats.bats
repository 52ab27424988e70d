# akida-stats: reports, compared with what a person computes from their definitions.
load common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  # A 3x3 kernel of neuron 0 that is 1 in its middle, nothing in neuron 1; then sums of 32 inputs.
  cat > a.yaml << 'END'
layers:
  - {type: InputData, name: in, input_width: 4, input_height: 4, input_channels: 1, input_bits: 1}
  - type: Convolutional
    name: conv
    kernel_width: 3
    kernel_height: 3
    num_neurons: 2
    weights_bits: 2
    variables:
      weights: [[[[0, 0]], [[0, 0]], [[0, 0]]],
                [[[0, 0]], [[1, 0]], [[0, 0]]],
                [[[0, 0]], [[0, 0]], [[0, 0]]]]
  - {type: SeparableConvolutional, name: sep, kernel_width: 3, kernel_height: 3, num_neurons: 5}
  - {type: FullyConnected, name: fc, num_neurons: 10}
END
  akida-build new -o m.fbz a.yaml
  make_stream data.aks 4 4 1 << 'END'
0 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1
1 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
END
}

@test "statistics are those of the definitions" {
  akida-stats statistics --json m.fbz data.aks > report
  [ "$(json report '[o["tool"], o["kind"], o["samples"]]')" = "['akida-stats', 'statistics', 2]" ]
  # 4 events in 2 samples of 16; they reach neuron 0 of conv, whose output has 32 values.
  [ "$(json report '[l["output_sparsity"] for l in o["layers"]]')" = "[0.875, 0.9375, 1.0, 1.0]" ]
  [ "$(json report '[l["input_sparsity"] for l in o["layers"]][1:]')" = "[0.875, 0.9375, 1.0]" ]
  # 4 x 9 x 2 / 2 samples; 4 x 9 x (1 + 5) / 2; 0 x 10.
  [ "$(json report '[l["ops"] for l in o["layers"]]')" = "[0.0, 36.0, 108.0, 0.0]" ]
  [ "$(json report '[l["possible_spikes"] for l in o["layers"]]')" = "[32, 64, 160, 20]" ]
  # conv: 1 of 6 kernel rows has a weight.
  [ "$(json report 'abs(o["layers"][1]["row_sparsity"] - 5 / 6) < 1e-12')" = True ]
}

@test "statistics of no samples are an error" {
  akida-data head -n 0 data.aks -o none.aks
  fails 1 "akida-stats: error: none.aks: there are no samples" akida-stats statistics m.fbz none.aks
}

@test "the text of statistics has the published columns" {
  run akida-stats statistics m.fbz data.aks
  [ "${lines[0]}" = "Layer (type)                  input sparsity      output sparsity     ops                 possible spikes     row sparsity" ]
  [ "${lines[1]}" = "in (InputData)                                    0.88                                    32" ]
  [ "${lines[2]}" = "conv (Convolutional)          0.88                0.94                36                  64                  0.83" ]
  [[ ${lines[3]} == "sep (SeparableConvolutional)  0.94 "* ]]
}

@test "statistics do not depend on threads or CPU features" {
  akida-stats statistics --json -j 1 m.fbz data.aks > expected
  for mask in none avx2 all; do
    akida-stats statistics --json -j 2 --cpu-mask $mask m.fbz - < data.aks | cmp - expected
  done
}

@test "the summary has the published layout, and the learning table once compiled" {
  akida-build compile --num-weights 40 -o c.fbz m.fbz
  run akida-stats summary c.fbz
  local version
  version=$(akida-stats --version)
  [ "$output" = "$(cat << END
                             Model Summary
________________________________________________________________________
Layer (type)                  Output shape  Kernel shape
========================================================================
in (InputData)                [4, 4, 1]     N/A
________________________________________________________________________
conv (Convolutional)          [4, 4, 2]     (3, 3, 1, 2)
________________________________________________________________________
sep (SeparableConvolutional)  [4, 4, 5]     (3, 3, 2, 1), (1, 1, 2, 5)
________________________________________________________________________
fc (FullyConnected)           [1, 1, 10]    (1, 1, 80, 10)
________________________________________________________________________
Input shape: 4, 4, 1
Backend type: Software - ${version#* }

             Learning Summary
__________________________________________
Learning Layer  # Input Conn.  # Weights
==========================================
fc              80             40
__________________________________________
END
)" ]
}

@test "the histogram counts neurons by what they learned" {
  expect 1 akida-stats histogram m.fbz
  akida-build compile --num-weights 40 -o c.fbz m.fbz
  akida-build set -o c.fbz c.fbz 'fc.threshold_learning=[0, 0, 0, 10, 10, 39, 40, 20, 0, 0]'
  akida-stats histogram --json c.fbz > report
  [ "$(json report '[(b["percentage"], b["neurons"]) for b in o["bins"]]')" = \
    "[(0, 5), (25, 2), (50, 1), (97, 1), (100, 1)]" ]
  run akida-stats histogram c.fbz
  [[ $output == *"97"*"1"* ]]
}

@test "layer and variables say what is stored" {
  akida-stats layer --json m.fbz conv > report
  [ "$(json report '[o["type"], o["input_shape"], o["output_shape"], o["inbound_layers"]]')" = \
    "['Convolutional', [4, 4, 1], [4, 4, 2], ['in']]" ]
  [ "$(json report '[o["parameters"][k] for k in ("kernel_width", "convolution_mode", "weights_bits")]')" = \
    "[3, 'Same', 2]" ]
  [ "$(json report '[(v["name"], v["minimum"], v["maximum"], v["nonzeros"]) for v in o["variables"]][0]')" = \
    "('weights', 0.0, 1.0, 1)" ]
  diff <(akida-stats layer m.fbz conv) <(akida-stats layer m.fbz 1)
  run akida-stats variables m.fbz
  [[ $output == *"conv.weights"*"(3, 3, 1, 2)"* ]]
  expect 2 akida-stats layer m.fbz nowhere
  [[ $stderr == *"in, conv, sep, fc"* ]]
}

@test "a CNN has a summary with connections where it branches, variables and layers" {
  akida-build new --seed 1 -o k.fbz - << 'END'
name: branched
layers:
  - {type: Input, name: image, shape: [8, 8, 1]}
  - {type: Conv2D, name: left, filters: 4, kernel_size: 3, padding: same, kernel_regularizer: {l2: 0.5}}
  - {type: Conv2D, name: right, filters: 2, kernel_size: [3, 1], strides: 1, padding: same,
     use_bias: false, inbound_layers: [image]}
  - {type: Concatenate, name: joined, inbound_layers: [left, right]}
  - {type: BatchNormalization, name: normal}
END
  run akida-stats summary k.fbz
  [ "$output" = "$(cat << 'END'
Model: "branched"
_______________________________________________________________________
Layer (type)                 Output Shape       Param #  Connected to
=======================================================================
image (InputLayer)           [(None, 8, 8, 1)]  0
_______________________________________________________________________
left (Conv2D)                (None, 8, 8, 4)    40       image
_______________________________________________________________________
right (Conv2D)               (None, 8, 8, 2)    6        image
_______________________________________________________________________
joined (Concatenate)         (None, 8, 8, 6)    0        left, right
_______________________________________________________________________
normal (BatchNormalization)  (None, 8, 8, 6)    24       joined
=======================================================================
Total params: 70
Trainable params: 58
Non-trainable params: 12
BN-folded params: 70
Multiply-accumulates: 2,688
END
)" ]
  akida-stats layer --json k.fbz 1 > report
  [ "$(json report '[o["name"], o["parameters"]["kernel_size"], o["parameters"]["kernel_regularizer"]]')" = \
    "['left', [3, 3], {'l1': 0.0, 'l2': 0.5}]" ]
  [ "$(json report '[(v["name"], v["shape"], v["nonzeros"]) for v in o["variables"]]')" = \
    "[('kernel', [3, 3, 1, 4], 36), ('bias', [4], 0)]" ]
  run akida-stats variables k.fbz
  [[ $output == *"normal.moving_variance"*"(6)"*"1"*"1"*"6"* ]]
  expect 2 akida-stats layer k.fbz 5
  expect 1 akida-stats histogram k.fbz
  [[ $stderr == *"the model is of kind cnn"* ]]
}

@test "the summary of a quantized CNN has the bits of kernels and activations, and their bytes" {
  akida-build new -o q.fbz - << 'END'
layers:
  - {type: Input, name: image, shape: [8, 8, 3]}
  - {type: Conv2D, name: conv, filters: 3, kernel_size: 3, kernel_quantizer: {kind: max_per_axis, bits: 8}}
  - {type: ActivationDiscreteRelu, name: levels, bitwidth: 4}
  - {type: SeparableConv2D, name: sep, filters: 5, kernel_size: 3, use_bias: false,
     depthwise_quantizer: {kind: max, bits: 4}, pointwise_quantizer: {kind: max_per_axis, bits: 2}}
  - {type: Flatten}
  - {type: Dense, name: top, units: 2, use_bias: false}
END
  akida-stats summary --json q.fbz > report
  [ "$(json report '[l["bits"] for l in o["layers"]]')" = "[[], [8], [4], [4, 2], [], [32]]" ]
  # 81 bytes; 27 weights of 4 bits and 15 of 2; 160 floats.
  [ "$(json report '[l["kernel_bytes"] for l in o["layers"]]')" = "[0, 81, 0, 18, 0, 640]" ]
  run akida-stats summary q.fbz
  [[ $output == *"Layer (type)"*"Param #  Bits"* ]]
  [[ $output == *"sep (SeparableConv2D)"*"42       4, 2"* ]]
  [ "${lines[-1]}" = "Kernels: 739 bytes" ]
  akida-stats layer --json q.fbz conv > report
  [ "$(json report 'o["parameters"]["kernel_quantizer"]["bits"]')" = 8 ]
}

@test "backends name features, kernels and no hardware, and the mask restricts them" {
  akida-stats backends --json > report
  [ "$(json report 'o["hardware"]')" = '[]' ]
  akida-stats backends --json --cpu-mask none > masked
  [ "$(json masked 'o["cpu_features_in_use"]')" = none ]
  [ "$(json masked '{k["in_use"] for k in o["kernels"]}')" = "{'ref'}" ]
  [ "$(json report 'len(o["kernels"]) == len({k["name"] for k in o["kernels"]})')" = True ]
}
