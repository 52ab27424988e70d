# akida-run: results, forms, accuracy, observers, learning.
load common

# A stream of COUNT samples of HEIGHT x WIDTH x CHANNELS values below LIMIT, labels 0..2.
random_stream() {
  awk -v count="$2" -v size=$(($3 * $4 * $5)) -v limit="$6" 'BEGIN {
    srand(1)
    for (i = 0; i < count; ++i) {
      line = i % 3
      for (j = 0; j < size; ++j) line = line " " int(rand() * limit)
      print line
    }
  }' | make_stream "$1" "$3" "$4" "$5"
}

# The values of every sample of a stream: "0 1;1 1;".
shown() {
  akida-data to-npy -o shown.npy "$1"
  /usr/bin/python3 -c 'import numpy as np
for sample in np.load("shown.npy"): print(*sample.reshape(-1), sep=" ", end=";")'
}

identity='{layers: [{type: InputData, name: in, input_width: 3, input_height: 1, input_channels: 1,
  input_bits: 4}, {type: FullyConnected, name: fc, num_neurons: 3, weights_bits: 2,
  activations_enabled: false, variables: {weights: [[[[1, 0, 0], [0, 1, 0], [0, 0, 1]]]]}}]}'

@test "XOR of two layers, thresholds 0 and 1, weights of 1 and 2 bits, from YAML and JSON files" {
  make_stream bits.aks 1 1 2 <<< $'- 0 0\n- 0 1\n- 1 0\n- 1 1'
  for file in xor.yaml xor.json; do
    akida-build new -o xor.fbz "$AKIDA_SOURCE/testdata/arch/$file"
    run akida-run forward --format json --observe or_and:spikes=spikes.aks \
      --observe or_and:potentials=potentials.aks --observe xor:potentials=last.aks xor.fbz bits.aks
    [ "$output" = '{"id":"0","values":[0]}
{"id":"1","values":[1]}
{"id":"2","values":[1]}
{"id":"3","values":[0]}' ]
    # x + y passes 0 for "or" and 1 for "and"; potentials that pass no threshold are 0.
    [ "$(shown spikes.aks)" = '0 0;1 0;1 0;1 1;' ]
    [ "$(shown potentials.aks)" = '0 0;1 0;1 0;2 2;' ]
    [ "$(shown last.aks)" = '0;1;1;0;' ]
    # Levels at the last layer: a class where it spikes, -1 where it does not.
    run akida-run predict xor.fbz bits.aks
    [ "$output" = $'0\t-1\t\t\n1\t0\tone\t\n2\t0\tone\t\n3\t-1\t\t' ]
  done
  akida-build new -o potentials.fbz "$AKIDA_SOURCE/testdata/arch/xor-potentials.yaml"
  akida-run forward -o last.aks potentials.fbz bits.aks
  [ "$(shown last.aks)" = '0;1;1;0;' ]
}

@test "every form of the results says the same" {
  akida-build new -o m.fbz - <<< "$identity"
  make_stream data.aks 1 3 1 cat dog bird <<< $'0 7 2 1\n2 0 5 1\n-1 0 0 3'
  run akida-run forward --format json m.fbz data.aks
  [ "${lines[0]}" = '{"id":"0","label":0,"values":[7,2,1]}' ]
  [ "${lines[2]}" = '{"id":"2","label":-1,"values":[0,0,3]}' ]
  run akida-run predict m.fbz data.aks
  [ "$output" = $'0\t0\tcat\t0\n1\t1\tdog\t2\n2\t2\tbird\t-1' ]
  run akida-run predict --format json m.fbz data.aks
  [ "${lines[1]}" = '{"id":"1","class":1,"name":"dog","label":2}' ]
  akida-run forward --format npy -o out.npy m.fbz data.aks
  akida-run predict --format npy -o classes.npy m.fbz data.aks
  akida-run evaluate --format npy -o values.npy m.fbz data.aks
  /usr/bin/python3 -c '
import numpy as np
out, classes, values = (np.load(f + ".npy") for f in ("out", "classes", "values"))
assert out.dtype == "<i4" and out.tolist() == [[[[7, 2, 1]]], [[[0, 5, 1]]], [[[0, 0, 3]]]], out
assert classes.dtype == "<i4" and classes.tolist() == [0, 1, 2], classes
assert values.dtype == "<f4" and (values == out).all(), values
'
  # A stream of results is a stream: it can be read again.
  akida-build new -o second.fbz - <<< '{layers: [{type: InputData, input_width: 1, input_height: 1,
    input_channels: 1, input_bits: 4}]}'
  akida-build set -o levels.fbz m.fbz fc.shift=1 fc.scale=0.25
  run akida-run evaluate --format json levels.fbz data.aks
  [ "${lines[0]}" = '{"id":"0","label":0,"values":[1.5,0.25,0]}' ]
}

@test "accuracy counts labelled samples and says so as text and as JSON" {
  akida-build new -o m.fbz - <<< "$identity"
  make_stream data.aks 1 3 1 <<< $'0 7 2 1\n2 0 5 1\n-1 0 0 3\n1 1 2 0'
  run akida-run predict --accuracy m.fbz data.aks
  [ "$output" = 'accuracy 66.67 % (2 of 3)' ]
  akida-run predict --accuracy --json -o classes.aks m.fbz data.aks > report
  [ "$(json report '[o["tool"], o["kind"], o["samples"], o["correct"], o["accuracy"]]')" = \
    "['akida-run', 'accuracy', 3, 2, 0.6666666666666666]" ]
  akida-run predict m.fbz data.aks -o - --format aks | cmp - classes.aks
  make_stream bare.aks 1 3 1 <<< '- 7 2 1'
  expect 1 akida-run predict --accuracy m.fbz bare.aks
  [[ $stderr == *"bare.aks: "*"no class labels"* ]]
}

@test "--classes groups neurons that are equally many, and refuses others" {
  akida-build new -o m.fbz - <<< "$identity"
  make_stream data.aks 1 3 1 <<< $'0 7 2 1\n0 0 5 1'
  run akida-run predict --classes 1 m.fbz data.aks
  [ "$output" = $'0\t0\t\t0\n1\t0\t\t0' ]
  expect 2 akida-run predict --classes 2 m.fbz data.aks
}

@test "an output never replaces another one or an input" {
  akida-build new -o m.fbz - <<< "$identity"
  make_stream data.aks 1 3 1 <<< '0 7 2 1'
  cp data.aks before.aks
  cp m.fbz before.fbz
  fails 2 "akida-run: error: the output './m.fbz' would replace the input 'm.fbz'" \
    akida-run predict -o ./m.fbz m.fbz data.aks
  expect 2 akida-run forward -o out.aks --observe fc:potentials=m.fbz m.fbz data.aks
  expect 2 akida-run forward -o out.aks --observe fc:potentials=./out.aks m.fbz data.aks
  expect 2 akida-run fit --outputs m.fbz -o out.fbz m.fbz data.aks
  cmp m.fbz before.fbz
  expect 2 akida-run forward -o data.aks m.fbz data.aks
  expect 2 akida-run forward -o out.aks --observe fc:potentials=out.aks m.fbz data.aks
  expect 2 akida-run fit --outputs out.aks -o out.aks m.fbz data.aks
  expect 2 akida-run fit -o data.aks m.fbz data.aks
  cmp data.aks before.aks
  [ ! -e out.aks ]
  quiet akida-run forward -o /dev/null --observe fc:potentials=/dev/null m.fbz data.aks
}

@test "a class that the samples and the model name differently is an error" {
  akida-build new -o m.fbz - <<< "{class_names: [cat, dog], ${identity#\{}"
  printf 'cat\ndog\nowl\n' >right
  printf 'cat\ncow\n' >wrong
  /usr/bin/python3 -c 'import numpy as np
np.save("x.npy", np.eye(3, dtype=np.uint8).reshape(3, 1, 3, 1)); np.save("y.npy", np.arange(2).repeat([2, 1]))'
  akida-data import npy --class-names right x.npy y.npy -o right.aks
  akida-data import npy --class-names wrong x.npy y.npy -o wrong.aks
  quiet akida-run predict -o out.aks m.fbz right.aks
  fails 1 "akida-run: error: wrong.aks: class 1 is 'cow', in m.fbz 'dog'" \
    akida-run predict --accuracy m.fbz wrong.aks
}

@test "an accuracy of nothing is an error, after the results are written" {
  akida-build new -o m.fbz - <<< "$identity"
  make_stream data.aks 1 3 1 <<< $'-1 7 2 1\n-1 0 1 0'
  local message="akida-run: error: data.aks: no accuracy: no sample has a known label"
  fails 1 "$message" akida-run predict --accuracy m.fbz data.aks
  fails 1 "$message" akida-run predict --accuracy --json -o out.aks m.fbz data.aks
  akida-data show out.aks | grep -q "^samples 2"
}

@test "messages name the file that is to blame, and samples by their own shape" {
  akida-build new -o m.fbz - <<< "$identity"
  make_stream data.aks 2 3 1 <<< '0 7 2 1 7 2 1'
  fails 1 "akida-run: error: data.aks: samples have shape (2, 3, 1), the network takes (1, 3, 1)" \
    akida-run predict m.fbz data.aks
  fails 1 "akida-run: error: stdin: offset 0: stream is truncated: the input is empty" \
    akida-run predict m.fbz - < /dev/null
  fails 1 "akida-run: error: stdin: no model: the input is empty" akida-run predict - data.aks < /dev/null
  make_stream data.aks 1 3 1 < <(yes '0 7 2 1' | head -n 30000)
  fails 1 "akida-run: error: /dev/full: cannot write: No space left on device" \
    akida-run forward -o /dev/null --observe fc:potentials=/dev/full m.fbz data.aks
}

@test "evaluate refuses a layer with activations" {
  akida-build new -o m.fbz - <<< '{layers: [{type: InputData, input_width: 3, input_height: 1,
    input_channels: 1}, {type: FullyConnected, num_neurons: 2}]}'
  make_stream data.aks 1 3 1 <<< '0 7 2 1'
  expect 2 akida-run evaluate -o out.aks m.fbz data.aks
  [[ $stderr == "akida-run: error: m.fbz: "*"'fully_connected_1'" ]]
}

@test "observers write a layer's spikes and potentials with ids and labels" {
  akida-build new -o m.fbz - <<< '{layers: [{type: InputData, name: in, input_width: 3, input_height: 1,
    input_channels: 1, input_bits: 4}, {type: FullyConnected, name: fc, num_neurons: 2, weights_bits: 2,
    threshold_fire: 4, variables: {weights: [[[[1, 0], [1, 0], [1, 1]]]]}},
    {type: FullyConnected, name: top, num_neurons: 1, variables: {weights: [[[[1], [1]]]]}}]}'
  make_stream data.aks 1 3 1 <<< $'0 7 2 1\n1 1 1 5'
  akida-run forward -o top.aks --observe fc:spikes=s.aks --observe 1:potentials=p.aks m.fbz data.aks
  # The streams read back through a network that passes them on.
  akida-build new -o pass.fbz - <<< '{layers: [{type: InputData, input_width: 1, input_height: 1,
    input_channels: 2, input_bits: 1}]}'
  run akida-run forward --format json pass.fbz s.aks
  [ "$output" = '{"id":"0","label":0,"values":[1,0]}
{"id":"1","label":1,"values":[1,1]}' ]
  # Potentials that do not meet the threshold are 0: 10 and 1, then 7 and 5.
  /usr/bin/python3 -c '
import struct, sys
data = open("p.aks", "rb").read()
assert struct.pack("<4i", 10, 0, 7, 5) in data, data
'
  expect 2 akida-run forward -o x.aks --observe nowhere:spikes=y.aks m.fbz data.aks
  [[ $stderr == "akida-run: error: --observe: no layer 'nowhere'; the model has: "* ]]
  [ ! -e x.aks ] && [ ! -e y.aks ]
}

@test "a bad sample is named, and the results before it still reach a pipe" {
  akida-build new -o m.fbz - <<< "$identity"
  make_stream data.aks 1 3 1 <<< $'0 1 2 1\n0 0 16 1\n0 1 1 1'
  expect 1 akida-run predict m.fbz data.aks
  [ "$output" = $'0\t1\t\t0' ]
  [[ $stderr == "akida-run: error: data.aks: "*16* ]]
  expect 1 akida-run predict -o classes.aks m.fbz data.aks
  [ ! -e classes.aks ]
}

@test "an empty stream gives empty results" {
  akida-build new -o m.fbz - <<< "$identity"
  make_stream data.aks 1 3 1 < /dev/null
  quiet akida-run predict m.fbz data.aks
  akida-run forward --format npy -o out.npy m.fbz data.aks
  /usr/bin/python3 -c 'import numpy as np; assert np.load("out.npy").shape == (0, 1, 1, 3)'
}

@test "results do not depend on threads or CPU features" {
  cat > deep.yaml << 'END'
layers:
  - {type: InputConvolutional, input_width: 17, input_height: 13, input_channels: 3, kernel_width: 3,
     kernel_height: 3, num_neurons: 40, weights_bits: 4, threshold_fire_bits: 4,
     threshold_fire: 300, threshold_fire_step: 150.3, padding_value: 17}
  - {type: Convolutional, kernel_width: 3, kernel_height: 3, num_neurons: 33, weights_bits: 4,
     pooling_type: Max, pooling_width: 2, pooling_height: 2, threshold_fire_bits: 4,
     threshold_fire: -20, threshold_fire_step: 90.7}
  - {type: SeparableConvolutional, kernel_width: 3, kernel_height: 3, num_neurons: 50, weights_bits: 4,
     threshold_fire_bits: 1, threshold_fire: 100}
  - {type: FullyConnected, num_neurons: 10, weights_bits: 4, activations_enabled: false}
END
  akida-build new --seed 5 -o m.fbz deep.yaml
  random_stream data.aks 12 13 17 3 256
  akida-run forward -j 1 -o expected.aks --observe 2:spikes=inner.aks m.fbz data.aks
  akida-run predict m.fbz data.aks > classes
  [ "$(cut -f 2 classes | sort -u | wc -l)" -gt 1 ]
  for mask in none avx2 avx512 vnni amx all; do
    for jobs in 1 2 5; do
      akida-run forward --cpu-mask $mask -j $jobs -o out.aks --observe 2:spikes=in.aks m.fbz data.aks
      cmp expected.aks out.aks
      cmp inner.aks in.aks
    done
  done
}

# learner [TYPE...]: a compiled model m.fbz whose last layer, fc, is a FullyConnected one or as given.
learner() {
  akida-build new -o m.fbz - <<< "{layers: [{type: InputData, input_width: 6, input_height: 6,
    input_channels: 1, input_bits: 1}, {name: fc, num_neurons: 12, type: ${*:-FullyConnected}}]}"
  akida-build compile --num-weights 9 --num-classes 3 --seed 4 -o m.fbz m.fbz
}

@test "learning goes on after save and reload as if it had not stopped, labelled or not" {
  random_stream all.aks 60 6 6 1 2
  for mode in "" --unlabelled "--label 2" "convolutional"; do
    learner
    if [ "$mode" = convolutional ]; then
      mode=--unlabelled
      learner Convolutional, kernel_width: 5, kernel_height: 4, convolution_mode: Valid
    fi
    akida-run fit $mode -o once.fbz --outputs once.aks m.fbz - < all.aks
    cp m.fbz parts.fbz
    for part in 00:25 25:26 26:59 59:60; do  # each with a save and a reload
      akida-data slice "$part" all.aks |
        akida-run fit $mode -o parts.fbz --outputs "part-${part%:*}.aks" parts.fbz -
    done
    cmp once.fbz parts.fbz
    akida-data merge part-*.aks | cmp - once.aks
    akida-run fit $mode -j 2 --cpu-mask none -o masked.fbz m.fbz - < all.aks
    cmp once.fbz masked.fbz
    [ "$(akida-build get once.fbz fc.threshold_learning | sort -u | wc -l)" -gt 1 ]
  done
}

@test "fit keeps the results from before each sample was learned" {
  learner
  random_stream data.aks 9 6 6 1 2
  akida-run fit --format json -o out.fbz --outputs results m.fbz data.aks
  # Nothing had been learned before the first sample.
  [ "$(head -n 1 results)" = "$(akida-run forward --format json m.fbz data.aks | head -n 1)" ]
  [ "$(wc -l < results)" -eq 9 ]
  run akida-run fit --accuracy -o out.fbz m.fbz data.aks
  [[ $output =~ ^accuracy\ [0-9.]+\ %\ \([0-9]+\ of\ 9\)$ ]]
}

@test "the classes a layer was compiled for are those of predict" {
  learner
  random_stream data.aks 30 6 6 1 2
  akida-run fit -o out.fbz m.fbz data.aks
  akida-run predict out.fbz data.aks > by-default
  akida-run predict --classes 3 out.fbz data.aks > by-option
  cmp by-default by-option
  [ -z "$(cut -f 2 by-default | grep -vE '^(-1|[012])$')" ]
}

@test "fit refuses a model that was not compiled and samples without labels" {
  learner
  akida-build new -o plain.fbz - <<< "$identity"
  make_stream data.aks 1 3 1 <<< '0 7 2 1'
  expect 1 akida-run fit -o out.fbz plain.fbz data.aks
  [[ $stderr == "akida-run: error: plain.fbz: "* ]]
  awk 'BEGIN { line = "-"; for (j = 0; j < 36; ++j) line = line " 1"; print line }' |
    make_stream bare.aks 6 6 1
  expect 1 akida-run fit -o out.fbz m.fbz bare.aks
  [[ $stderr == *"bare.aks: the samples have no class labels to learn from: give --label or --unlabelled" ]]
  [ ! -e out.fbz ]
  quiet akida-run fit --unlabelled -o out.fbz m.fbz bare.aks
}

# A CNN with maps, a branch and 40 samples, more than one chunk: net.fbz, net.aks, expected.npy.
make_network() {
  akida-build new --seed 5 -o net.fbz - << 'END'
input_scaling: [2, 3]
class_names: [a, b, c]
layers:
  - {type: Input, name: image, shape: [5, 4, 2]}
  - {type: Conv2D, name: conv, filters: 3, kernel_size: [3, 2], padding: same, strides: [2, 1]}
  - {type: BatchNormalization, name: norm}
  - {type: ReLU, name: relu, max_value: 6}
  - {type: GlobalAveragePooling2D, name: mean}
  - {type: GlobalMaxPooling2D, name: most, inbound_layers: [relu]}
  - {type: Concatenate, name: both, inbound_layers: [mean, most]}
  - {type: Dense, name: top, units: 3}
  - {type: Softmax, name: shares}
END
  akida-build set -o net.fbz net.fbz 'conv.bias=[1, -1, 0.5]' 'norm.gamma=[2, 0.5, -1]' \
    'norm.moving_mean=[0.5, 0, 1]' 'norm.moving_variance=[1, 4, 0.25]' 'top.bias=[0, 0.5, -0.5]'
  local name
  for name in conv.kernel conv.bias norm.gamma norm.beta norm.moving_mean norm.moving_variance \
    top.kernel top.bias; do
    akida-build get -o "$name.npy" net.fbz "$name"
  done
  /usr/bin/python3 -c '
import numpy as np
load = lambda name: np.load(name + ".npy").astype(float)
samples = np.random.default_rng(3).integers(0, 256, (40, 5, 4, 2))
outputs = []
for u in samples:
    x = np.pad((u - 3) / 2, ((1, 1), (0, 1), (0, 0)))  # 5 rows in 3 steps of 2; a column at the right
    kernel = load("conv.kernel")
    y = np.array([[np.tensordot(x[2 * r:2 * r + 3, c:c + 2], kernel, 3) for c in range(4)]
                  for r in range(3)]) + load("conv.bias")
    y = (y - load("norm.moving_mean")) / np.sqrt(load("norm.moving_variance") + 1e-3)
    y = np.clip(y * load("norm.gamma") + load("norm.beta"), 0, 6)
    both = np.concatenate([y.mean((0, 1)), y.max((0, 1))])
    z = np.exp(both @ load("top.kernel") + load("top.bias"))
    outputs.append(z / z.sum())
np.save("expected.npy", outputs)
for u, y in zip(samples, outputs):
    print(np.argmax(y), *u.ravel())' > lines
  make_stream net.aks 5 4 2 < lines
}

@test "a CNN computes what Keras' formulas say, whatever its threads" {
  make_network
  akida-run evaluate --format npy -o values.npy net.fbz net.aks
  /usr/bin/python3 -c '
import numpy as np
values, expected = np.load("values.npy"), np.load("expected.npy")
assert values.dtype == np.float32 and values.shape == (40, 1, 1, 3), values.shape
assert np.abs(values[:, 0, 0] - expected).max() < 1e-5, values'
  # Labels are the expected classes.
  [ "$(akida-run predict --accuracy net.fbz net.aks)" = "accuracy 100.00 % (40 of 40)" ]
  run akida-run predict net.fbz net.aks
  [[ ${lines[0]} =~ ^0$'\t'[0-2]$'\t'[abc]$'\t'[0-2]$ ]]
  akida-run forward -j 1 -o one.aks net.fbz net.aks
  akida-run evaluate -j 2 -o two.aks - net.aks < net.fbz
  cmp one.aks two.aks
  akida-run evaluate -j 1 net.fbz - < net.aks | cmp - one.aks
}

@test "an output that is no number is no class" {
  # 2 x 3e38 is infinite, and infinite x 0 is no number.
  akida-build new -o net.fbz - <<< '{input_scaling: [1, 0], layers: [{type: Input, shape: [1, 1, 2]},
    {type: Flatten}, {type: Dense, name: first, units: 1}, {type: Dense, name: last, units: 2}]}'
  akida-build set -o net.fbz net.fbz first.kernel='[[3e38], [0]]' last.kernel='[[0, 0]]'
  make_stream nan.aks 1 1 2 <<< $'0 1 0\n1 2 0'
  local message="akida-run: error: nan.aks: sample '1': output 0 is no number: it has no class"
  fails 1 "$message" akida-run predict -o p.aks net.fbz nan.aks
  fails 1 "$message" akida-run evaluate --accuracy net.fbz nan.aks
  [ ! -e p.aks ]
  quiet akida-run evaluate -o v.aks net.fbz nan.aks
  akida-data show v.aks | grep -q "^index 1 .*null\|^index 1 .*nan"
}

@test "layers of a CNN are observed as values" {
  make_network
  quiet akida-run forward --observe relu:values=relu.aks --observe 0:values=in.aks -o out.aks net.fbz net.aks
  akida-data to-npy -o relu.npy relu.aks
  akida-data to-npy -o in.npy in.aks
  akida-data to-npy -o raw.npy net.aks
  /usr/bin/python3 -c '
import numpy as np
relu, scaled, raw = (np.load(name + ".npy") for name in ("relu", "in", "raw"))
assert relu.shape == (40, 3, 4, 3) and relu.min() == 0 and relu.max() <= 6, relu.shape
assert (scaled == (raw.astype(np.float32) - 3) / 2).all()'
  expect 2 akida-run forward --observe relu:spikes=x.aks -o out.aks net.fbz net.aks
  [[ $stderr == *"layers of a CNN have values: 'relu:values=x.aks'" ]]
  expect 2 akida-run forward --observe nowhere:values=x.aks -o out.aks net.fbz net.aks
  [ ! -e x.aks ]
}

@test "a CNN refuses samples of another shape, more classes than it has, and edge learning" {
  make_network
  make_stream wrong.aks 4 4 2 <<< "0 $(yes 1 | head -n 32 | tr '\n' ' ')"
  expect 1 akida-run predict net.fbz wrong.aks
  [[ $stderr == "akida-run: error: wrong.aks: "* ]]
  expect 2 akida-run predict --classes 2 net.fbz net.aks
  [[ $stderr == *"2 classes do not divide the 3 neurons of layer 'shares'" ]]
  expect 1 akida-run fit -o x.fbz net.fbz net.aks
  [[ $stderr == *"net.fbz: the model is of kind cnn"* ]]
}
