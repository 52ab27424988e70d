# akida-quantize: bits, ranges, calibration, reports, warnings and refusals.
load common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  # Weights whose codes are known: a filter of 0.75 and -1, and one of zeros.
  cat > cnn.yaml << 'END'
name: example
input_scaling: [255, 0]
layers:
  - {type: Input, name: in, shape: [1, 1, 3]}
  - {type: Conv2D, name: conv, filters: 2, kernel_size: 1, use_bias: false,
     variables: {kernel: [[[[0.75, 0], [-1, 0], [0.5, 0]]]]}}
  - {type: BatchNormalization, name: norm, variables: {gamma: [2, -0.5]}}
  - {type: ReLU, name: relu, max_value: 6}
  - {type: Flatten, name: flat}
  - {type: Dense, name: classes, units: 2, variables: {kernel: [[1, -0.5], [0.25, 1]]}}
END
  akida-build new -o cnn.fbz cnn.yaml
}

# layer FILE NAME EXPRESSION: a Python expression over the report `o` of a layer.
layer() {
  akida-stats layer --json "$1" "$2" > layer.json
  json layer.json "$3"
}

# values FILE LAYER VARIABLE: a list of its numbers, read without the suite's own code.
values() {
  zstd -qdcf "$1" > plain.fb
  flatc --json --raw-binary --strict-json "$AKIDA_SOURCE/formats/model.fbs" -- plain.fb
  /usr/bin/python3 - "$2" "$3" << 'END'
import json, struct, sys
layer = next(x for x in json.load(open("plain.json"))["layers"] if x["name"] == sys.argv[1])
data = bytes(next(x for x in layer["variables"] if x["name"] == sys.argv[2])["bytes"])
print([round(x, 6) for (x,) in struct.iter_unpack("<f", data)])
END
}

@test "bits of all layers, of the first, of activations and of single ones" {
  quiet akida-quantize -w 4 -a 2 -i 8 --layer classes=3 --range max -o q.fbz cnn.fbz
  [ "$(layer q.fbz conv 'o["parameters"]["kernel_quantizer"]["kind"], o["parameters"]["kernel_quantizer"]["bits"]')" = "('max_per_axis', 8)" ]
  [ "$(layer q.fbz classes 'o["parameters"]["kernel_quantizer"]["bits"]')" = 3 ]
  [ "$(layer q.fbz relu 'o["type"], o["parameters"]["bitwidth"]')" = "('ActivationDiscreteRelu', 2)" ]
  [ "$(values q.fbz conv kernel)" = "[0.75, 0.0, -1.0, 0.0, 0.5, 0.0]" ]
}

@test "the default range has the least error, and a filter of zeros a scale of 1" {
  quiet akida-quantize --weights 2 -o q.fbz cnn.fbz
  [ "$(layer q.fbz conv 'o["parameters"]["kernel_quantizer"]["kind"]')" = fixed ]
  # Codes 1, -1, 1: the best step is their mean magnitude, (0.75 + 1 + 0.5) / 3.
  [ "$(values q.fbz conv kernel_limit)" = "[0.75, 1.0]" ]
}

@test "a quantized model can be converted, and goes through pipes" {
  akida-quantize -w 4 -a 4 -o q.fbz cnn.fbz
  expect 0 akida-convert --check q.fbz
  akida-quantize -w 4 -a 4 < cnn.fbz - | cmp q.fbz -
  akida-stats summary --json q.fbz > report
  [ "$(json report '[h["tool"] + " " + h["options"] for h in o["history"]][-1]')" = \
    "akida-quantize --weights 4 --activations 4" ]
  akida-quantize --no-history -w 4 -a 4 -o bare.fbz cnn.fbz
  akida-stats summary --json bare.fbz > report
  [ "$(json report '[h["tool"] for h in o["history"]]')" = "['akida-build']" ]
}

@test "quantizing again changes bits and keeps classes and weights" {
  akida-quantize -w 4 -a 4 --range std -o q.fbz cnn.fbz
  quiet akida-quantize -w 2 -a 1 -o q2.fbz q.fbz
  [ "$(layer q2.fbz conv 'o["parameters"]["kernel_quantizer"]["kind"], o["parameters"]["kernel_quantizer"]["bits"]')" = "('std_per_axis', 2)" ]
  [ "$(layer q2.fbz relu 'o["parameters"]["bitwidth"]')" = 1 ]
  quiet akida-quantize --range lsq -o trained.fbz q.fbz
  [ "$(layer trained.fbz conv 'o["parameters"]["kernel_quantizer"]["kind"], o["parameters"]["kernel_quantizer"]["bits"]')" = "('lsq', 4)" ]
  expect 1 akida-quantize -w 0 -o no.fbz q.fbz
  [ "$stderr" = "akida-quantize: error: q.fbz: layer 'conv': it is quantized to 4 bits already, and a quantized layer cannot get 0 bits" ]
  [ ! -e no.fbz ]
}

@test "--fold-bn leaves no normalization behind" {
  quiet akida-quantize --fold-bn -o folded.fbz cnn.fbz
  akida-stats summary --json folded.fbz > report
  [ "$(json report '[layer["name"] for layer in o["layers"]]')" = "['in', 'conv', 'relu', 'flat', 'classes']" ]
  # 0.75 * 2 / sqrt(1 + 0.001), and so on.
  [ "$(values folded.fbz conv kernel)" = "[1.499251, -0.0, -1.999001, -0.0, 0.9995, -0.0]" ]
  [ "$(values folded.fbz conv bias)" = "[0.0, 0.0]" ]
}

@test "--equalize keeps the function, and says where there is nothing to equalize" {
  expect 0 akida-quantize --equalize -o equal.fbz cnn.fbz
  [ "$stderr" = "akida-quantize: warning: cnn.fbz: no two layers can be equalized: ReLUs have a maximum, or normalizations stand between" ]
  sed '/norm/d; s/, max_value: 6//' cnn.yaml > free.yaml
  akida-build new -o free.fbz free.yaml
  quiet akida-quantize --equalize -o equal.fbz free.fbz
  # The first filter's largest weight is 1, as is that of the input it feeds; the second is silent.
  [ "$(values equal.fbz conv kernel)" = "$(values free.fbz conv kernel)" ]
  sed 's/\[1, -0.5\]/[4, -0.5]/' free.yaml > uneven.yaml
  akida-build new -o uneven.fbz uneven.yaml
  quiet akida-quantize --equalize -o equal.fbz uneven.fbz
  [ "$(values equal.fbz conv kernel)" = "[1.5, 0.0, -2.0, 0.0, 1.0, 0.0]" ]
  [ "$(values equal.fbz classes kernel)" = "[2.0, -0.25, 0.25, 1.0]" ]
}

@test "ranges and biases come from data" {
  make_stream data.aks 1 1 3 <<< $'0 255 0 0\n0 0 0 255\n1 255 0 255'
  quiet akida-quantize -w 2 -a 2 --calibrate data.aks -o q.fbz cnn.fbz
  # Filter 0 gives 2 / sqrt(1.001) * (0.75, 0.5, 1.25), filter 1 nothing: at 2 bits the least error.
  [ "$(layer q.fbz relu 'o["type"]')" = QuantizedReLU ]
  [ "$(layer q.fbz relu '1.4 < o["parameters"]["max_value"] < 3.1')" = True ]
  quiet akida-quantize -w 2 -a 2 --activation-range trained --calibrate data.aks -o t.fbz cnn.fbz
  # Trained ones start there.
  [ "$(layer q.fbz relu 'round(o["parameters"]["max_value"] / 3, 4)')" = \
    "$(values t.fbz relu step | /usr/bin/python3 -c 'print(round(eval(input())[0], 4))')" ]
  expect 0 akida-quantize -w 2 -a 2 --calibrate data.aks --correct-bias --json -o b.fbz cnn.fbz
  echo "$output" > report
  [ "$(json report 'o["samples"], [s["layer"] for s in o["bias_shifts"]]')" = "(3, ['conv', 'classes'])" ]
  # The first layer's mean outputs are those of the float one: (0.75 + 0.5 + 1.25) / 3 = 2.5 / 3.
  limit=$(values b.fbz conv kernel_limit)
  bias=$(values b.fbz conv bias)
  [ "$(/usr/bin/python3 -c "print(abs(4 / 3 * $limit[0] + $bias[0] - 2.5 / 3) < 1e-5, $bias[1])")" = "True 0.0" ]
  expect 0 akida-quantize -w 2 --calibrate data.aks --samples 2 --json -o b.fbz cnn.fbz
  echo "$output" > report
  [ "$(json report 'o["samples"]')" = 2 ]
}

@test "adaptive rounding lowers the error of outputs and keeps its own report" {
  # Alone, weights of 0.4 round to 0; where all inputs are equal, one of them rounds for the three.
  cat > sum.yaml << 'END'
layers:
  - {type: Input, name: in, shape: [4]}
  - {type: Dense, name: fc, units: 1, use_bias: false, variables: {kernel: [[1], [0.4], [0.4], [0.4]]}}
END
  akida-build new -o sum.fbz sum.yaml
  make_stream equal.aks 1 1 4 <<< $'0 9 9 9 9\n0 1 1 1 1\n0 5 5 5 5'
  expect 0 akida-quantize -w 2 --range max --calibrate equal.aks --adaptive-rounding --json -o q.fbz sum.fbz
  echo "$output" > report
  [ "$(json report 'o["roundings"][0]["error_after"] < o["roundings"][0]["error_before"]')" = True ]
  # 2.2 is nearest to 2: one of the small weights became 1.
  [ "$(values q.fbz fc kernel | /usr/bin/python3 -c 'print(sum(eval(input())))')" = 2.0 ]
  expect 1 akida-quantize -w 3 --calibrate equal.aks --adaptive-rounding -o r.fbz q.fbz
  [ "$stderr" = "akida-quantize: error: q.fbz: layer 'fc' is quantized already, but --adaptive-rounding compares with the float network" ]
}

@test "-v and --json report every kernel and activation" {
  expect 0 akida-quantize -v -w 4 -a 4 -o q.fbz cnn.fbz
  [ -z "$output" ]
  [[ $stderr == *"conv.kernel     fixed  4 "* ]]
  [[ $stderr == *"relu        4     0.2        0.4   6"* ]]
  expect 0 akida-quantize --json -w 4 -a 4 --range max -o q.fbz cnn.fbz
  [ -z "$stderr" ]
  echo "$output" > report
  [ "$(json report 'o["tool"], o["kind"], o["model"], len(o["kernels"])')" = \
    "('akida-quantize', 'quantization', 'cnn.fbz', 2)" ]
  # Codes 5, -7, 4 of step 1/7: errors 0.0357, 0, -0.0714, and the zeros are exact.
  [ "$(json report 'round(o["kernels"][0]["decibels"], 2), o["kernels"][0]["zeros"]')" = "(24.54, 0.5)" ]
  [ "$(json report 'o["activations"]')" = "[{'layer': 'relu', 'bits': 4, 'threshold': 0.2, 'step': 0.4}]" ]
}

@test "gammas that cannot be converted are errors, other obstacles warnings" {
  sed 's/gamma: \[2/gamma: [0/' cnn.yaml > zero.yaml
  akida-build new -o zero.fbz zero.yaml
  expect 1 akida-quantize -w 4 -o q.fbz zero.fbz
  [ "$stderr" = "akida-quantize: error: zero.fbz: layer 'norm': gamma of filter 0 is 0, which can be neither folded nor converted: train with min_gamma" ]
  akida-build add -o odd.fbz cnn.fbz - <<< '{type: Dense, name: more, units: 2}'
  expect 0 akida-quantize -w 4 -a 4 -o q.fbz odd.fbz
  [[ $stderr == "akida-quantize: warning: odd.fbz: layer 'classes' cannot be converted: "* ]]
}

@test "misuse is refused before anything is opened" {
  expect 2 akida-quantize no-such.fbz
  [[ $stderr == "akida-quantize: error: nothing to do: give --weights, "* ]]
  expect 2 akida-quantize --layer conv no-such.fbz
  [ "$stderr" = "akida-quantize: error: --layer 'conv' is not NAME=BITS" ]
  expect 2 akida-quantize --layer a=4 --layer a=5 -o x.fbz no-such.fbz
  expect 2 akida-quantize -w 4 --json no-such.fbz
  expect 2 akida-quantize -w 4 --correct-bias no-such.fbz
  expect 2 akida-quantize -w 4 --calibrate - -
  expect 2 akida-quantize -w 4 --range mean no-such.fbz
  expect 2 akida-quantize -a 4 --activation-range discrete --calibrate a.aks -o x.fbz no-such.fbz
  expect 1 akida-quantize -w 9 -o x.fbz cnn.fbz
  [ "$stderr" = "akida-quantize: error: cnn.fbz: layer 'conv': 9 bits are neither 0 nor in 2..8" ]
  expect 2 akida-quantize --layer con=4 -o x.fbz cnn.fbz
  [[ $stderr == "akida-quantize: error: cnn.fbz: no layer 'con'; the network has: in, conv, "* ]]
}
