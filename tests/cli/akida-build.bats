# akida-build: models from architectures, and changes of models.
load common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  cat > a.yaml << 'END'
name: small
layers:
  - {type: InputData, name: in, input_width: 2, input_height: 3, input_channels: 1, input_bits: 1}
  - {type: FullyConnected, name: fc, num_neurons: 4, weights_bits: 1}
END
  akida-build new -o m.fbz a.yaml
}

@test "weights are 0 without a seed, and random over their range with one" {
  [ "$(akida-build get m.fbz fc.weights | tr -s ' ' '\n' | sort -u)" = 0 ]
  akida-build new --seed 3 -o r.fbz a.yaml
  [ "$(akida-build get r.fbz fc.weights | tr -s ' ' '\n' | sort -u)" = $'0\n1' ]
  akida-build new --seed 3 -o again.fbz a.yaml
  cmp r.fbz again.fbz
  akida-build new --seed 4 -o other.fbz a.yaml
  run ! cmp -s r.fbz other.fbz
}

@test "a .fb is plain, anything else compressed, and both hold the same model" {
  akida-build new -o m.fb a.yaml
  [ "$(head -c 8 m.fb | tail -c 4)" = AKMD ]
  [ "$(head -c 4 m.fbz | od -An -tx1 | tr -d ' ')" = 28b52ffd ]
  cp m.fb renamed.fbz
  diff <(akida-stats summary --json m.fb) <(akida-stats summary --json renamed.fbz)
}

@test "JSON is an architecture too" {
  cat > a.json << 'END'
{"name": "small", "layers": [
  {"type": "InputData", "name": "in", "input_width": 2, "input_height": 3, "input_channels": 1,
   "input_bits": 1},
  {"type": "FullyConnected", "name": "fc", "num_neurons": 4, "weights_bits": 1}]}
END
  akida-build new --no-history -o j.fbz a.json
  akida-build new --no-history -o y.fbz a.yaml
  cmp j.fbz y.fbz
}

@test "Keras layers make a CNN, which tools for integer networks refuse, saying what to do" {
  cat > k.yaml << 'END'
layers:
  - {type: Input, shape: [8, 8, 1]}
  - {type: conv_block, name: c, filters: 4, kernel_size: 3, pooling: max, add_batchnorm: true}
  - {type: Flatten}
  - {type: Dense, name: top, units: 3}
END
  akida-build new --seed 1 -o k.fbz k.yaml
  akida-build new --seed 1 -o again.fbz k.yaml
  akida-build new --seed 2 -o other.fbz k.yaml
  cmp k.fbz again.fbz
  run ! cmp -s k.fbz other.fbz
  for command in "akida-run fit -o x.fbz" "akida-stats histogram" "akida-build compile --num-weights 1"; do
    expect 1 $command k.fbz
    [[ $stderr == *"k.fbz: the model is of kind cnn (layers of Keras), but this needs kind snn (integer layers)"* ]]
  done
  expect 1 akida-build new -o x.fbz - <<< "$(sed 's/type: Dense, name: top, units/type: FullyConnected, num_neurons/' k.yaml)"
  [[ $stderr == *"line 5, column 12: layer type 'FullyConnected' is native, but the other layers are of Keras"* ]]
}

@test "a CNN gets other layers at its end" {
  printf '%s\n' 'layers:' '- {type: Input, shape: [4, 4, 1]}' '- {type: Flatten}' > k.yaml
  akida-build new --no-history -o k.fbz k.yaml
  akida-build add --no-history -o d.fbz k.fbz '{type: dense_block, units: 2, add_batchnorm: true}'
  echo '- {type: dense_block, units: 2, add_batchnorm: true}' >> k.yaml
  akida-build new --no-history -o whole.fbz k.yaml
  cmp d.fbz whole.fbz
  for i in 1 2 3; do akida-build pop --no-history -o d.fbz d.fbz; done
  cmp d.fbz k.fbz
  expect 1 akida-build add -o x.fbz k.fbz '{type: FullyConnected, num_neurons: 1}'
}

# The options that list names for an architecture of zoo.
listed_options() {
  akida-build list --json "$1" | /usr/bin/python3 -c 'import json, sys
print(*(a["option"] for a in json.load(sys.stdin)["architectures"][0]["arguments"]))'
}

@test "zoo takes the arguments that list prints, and the manual page has them" {
  akida-build list --json > report
  local name option help
  for name in $(json report '" ".join(a["name"] for a in o["architectures"])'); do
    help=$(akida-build zoo "$name" --help)
    for option in $(listed_options "$name"); do
      [[ $help == *"$option VALUE"* ]]
      grep -qe "\*$option\*" "$AKIDA_SOURCE/man/akida-build.1.scd"
    done
  done
  akida-build --list | cmp - <(akida-build list)
  run akida-build list convtiny_cwru
  [[ $output == *"No arguments" ]]
}

@test "zoo: equal commands give equal files, other seeds other ones, and the history says which" {
  akida-build zoo gxnor_mnist --definition 1.1.9 --seed 3 -o a.fbz
  akida-build zoo gxnor_mnist --definition 1.1.9 --seed 3 -o b.fbz
  akida-build zoo gxnor_mnist --definition 1.1.9 --seed 4 -o c.fbz
  cmp a.fbz b.fbz
  run ! cmp -s a.fbz c.fbz
  akida-stats summary --json a.fbz > report
  [ "$(json report '[(e["subcommand"], e["options"]) for e in o["history"]]')" = \
    "[('zoo gxnor_mnist', '--definition 1.1.9 --seed 3')]" ]
}

@test "zoo builds on the weights of other networks" {
  mkdir -p sub
  akida-build zoo mobilenet_imagenet --alpha 0.25 --input-shape 32,32,3 --seed 2 \
    --weight-quantization 4 --activ-quantization 4 -o sub/base.fbz
  akida-build zoo mobilenet_edge_imagenet --classes 5 --base-model sub/base.fbz -o edge.fbz
  akida-build zoo mobilenet_imagenet --alpha 0.25 --input-shape 32,32,3 --seed 2 -o float.fbz
  akida-build zoo yolo_base --alpha 0.25 --input-shape 32,32,3 --base-weights - -o yolo.fbz \
    < float.fbz
  akida-build zoo yolo_base --alpha 0.25 --input-shape 32,32,3 -o plain.fbz
  run ! cmp -s yolo.fbz plain.fbz
  akida-stats summary --json edge.fbz > report
  [ "$(json report 'o["history"][-1]["options"]')" = "--base-model base.fbz --classes 5" ]
}

@test "zoo names what it does not know, and the valid values" {
  expect 2 akida-build zoo mobilenet_imagnet
  [[ $stderr == *"unknown verb 'mobilenet_imagnet'; the nearest is 'mobilenet_imagenet'" ]]
  expect 2 akida-build zoo ds_cnn_kws --clases 3 -o x.fbz
  [[ $stderr == *"; the nearest is '--classes'" ]]
  expect 2 akida-build zoo ds_cnn_kws --classes 0 -o x.fbz
  [ "$stderr" = "akida-build: error: classes '0' is not an integer in 1..65536" ]
  expect 2 akida-build zoo vgg_imagenet --definition 1.1.9 -o x.fbz
  [[ $stderr == *"1.1.9 not in {1.8}" ]]
  expect 2 akida-build zoo mobilenet_edge_imagenet -o x.fbz
  expect 2 akida-build list lenet
  expect 1 akida-build zoo mobilenet_edge_imagenet --base-model a.yaml -o x.fbz
  [[ $stderr == "akida-build: error: a.yaml: "* ]]
  expect 1 akida-build zoo mobilenet_edge_imagenet --base-model m.fbz -o x.fbz
  expect 2 akida-build zoo gxnor_mnist --weight-quantization 1 -o x.fbz
  [[ $stderr == *"weight_quantization '1' is not one of 0, 2, 3, 4, 5, 6, 7, 8" ]]
  [ ! -e x.fbz ]
}

@test "pretrained gxnor_mnist comes with the suite, and becomes a spiking network" {
  XDG_CACHE_HOME=$PWD/cache akida-build pretrained gxnor_mnist -o g.fbz
  [ ! -e cache ]
  akida-convert -q -o snn.fbz g.fbz
  akida-data import idx "$AKIDA_SOURCE/testdata/fashion-mnist/t10k-images-idx3-ubyte.gz" |
    akida-data head -n 20 | akida-run predict snn.fbz > predicted
  [ "$(wc -l < predicted)" = 20 ]
  cut -f 2 predicted | cmp - <(cut -f 3 predicted)
}

@test "pretrained finds models in folders, in the cache and on a mirror" {
  export XDG_CACHE_HOME=$PWD/cache
  mkdir models mirror
  akida-build zoo convtiny_cwru --no-history -o models/convtiny_cwru_iq8_wq2_aq4.fbz
  AKIDA_ZOO_PATH=/nowhere:models akida-build pretrained convtiny_cwru -o g.fbz
  akida-stats summary --json g.fbz > report
  [ "$(json report '[e["subcommand"] + " " + e["options"] for e in o["history"]]')" = "['pretrained convtiny_cwru']" ]
  [ ! -e cache ]

  expect 1 akida-build pretrained convtiny_cwru -o x.fbz
  [[ $stderr == *"no mirror is set; convtiny_cwru is trainable: to train it, start from 'akida-build zoo convtiny_cwru' with CWRU bearings" ]]
  export AKIDA_ZOO_MIRROR=file://$PWD/mirror
  cp models/* mirror
  (cd mirror && sha256sum -- * > SHA256SUMS)
  akida-build pretrained convtiny_cwru -o m2.fbz
  cmp g.fbz m2.fbz
  rm -r mirror
  akida-build pretrained convtiny_cwru -o m3.fbz
  cmp g.fbz m3.fbz
}

@test "pretrained refuses what it cannot get, saying why" {
  export XDG_CACHE_HOME=$PWD/cache
  expect 1 akida-build pretrained mobilenet_faceverification -o x.fbz
  [[ $stderr == *"mobilenet_faceverification is unobtainable: "* ]]
  expect 2 akida-build pretrained mobilenet_imagenet --alpha 0.75 -o x.fbz
  [[ $stderr == *"alpha 0.75 is not one of 1, 0.5, 0.25" ]]
  mkdir mirror
  echo junk > mirror/convtiny_cwru_iq8_wq2_aq4.fbz
  echo "$(printf '0%.0s' {1..64})  convtiny_cwru_iq8_wq2_aq4.fbz" > mirror/SHA256SUMS
  AKIDA_ZOO_MIRROR=file://$PWD/mirror expect 1 akida-build pretrained convtiny_cwru -o x.fbz
  [[ $stderr == *"convtiny_cwru_iq8_wq2_aq4.fbz: SHA-256 "*" is not the expected 0000"* ]]
  [ -z "$(ls -A cache/akida)" ]
  akida-build list --pretrained --json > report
  [ "$(json report 'sorted({m["status"] for m in o["models"]})')" = "['shipped', 'trainable', 'unobtainable']" ]
  run akida-build list --pretrained
  [[ $output == *"mobilenet_imagenette --alpha 0.25"*"Imagenette"*"86.83 %"* ]]
  [ ! -e x.fbz ]
}

@test "a mistake in an architecture is named with file, line and column" {
  sed -i 's/num_neurons/num_neuron/' a.yaml
  expect 1 akida-build new -o x.fbz a.yaml
  [[ $stderr == "akida-build: error: a.yaml: line 4, column "*"num_neuron"*"num_neurons"* ]]
}

@test "a layer is added from the command line, a file or a pipe, and removed" {
  local layer='{type: FullyConnected, name: top, num_neurons: 2, variables: {threshold_fire: [1, 2]}}'
  akida-build add -o inline.fbz m.fbz "$layer"
  [ "$(akida-build get inline.fbz top.threshold_fire)" = $'1\n2' ]
  echo "$layer" > layer.yaml
  akida-build add --no-history -o file.fbz m.fbz layer.yaml
  akida-build add --no-history -o pipe.fbz m.fbz - < layer.yaml
  cmp file.fbz pipe.fbz
  akida-build pop --no-history -o back.fbz file.fbz
  cmp back.fbz m.fbz
  expect 1 akida-build add -o x.fbz m.fbz '{type: Concat, inbound_layers: [nowhere]}'
  [[ $stderr == *nowhere* ]]
}

@test "an only layer is not removed" {
  akida-build pop -o one.fbz m.fbz
  expect 1 akida-build pop -o none.fbz one.fbz
}

@test "a variable comes back as it was set: text, JSON, .npy" {
  akida-build set -o s.fbz m.fbz 'fc.threshold_fire=[3, -1, 0, 7]' fc.threshold_fire_step=0.1 fc.shift=2.5
  [ "$(akida-build get s.fbz fc.threshold_fire)" = $'3\n-1\n0\n7' ]
  [ "$(akida-build get --format json s.fbz fc.threshold_fire)" = '[3, -1, 0, 7]' ]
  [ "$(akida-build get s.fbz 1.threshold_fire_step | sort -u)" = 0.1 ]
  [ "$(akida-build get s.fbz fc.shift | sort -u)" = 2.5 ]
  /usr/bin/python3 -c '
import numpy as np
np.save("w.npy", (np.arange(24) % 5 == 0).astype(np.int8).reshape(1, 1, 6, 4))'
  akida-build set -o w.fbz m.fbz fc.weights=w.npy
  akida-build get -o back.npy w.fbz fc.weights
  cmp w.npy back.npy
  akida-build set -o p.fbz m.fbz fc.weights=- < w.npy
  akida-build set -o j.fbz m.fbz "fc.weights=$(akida-build get --format json w.fbz fc.weights)"
  [ "$(akida-build get p.fbz fc.weights)" = "$(akida-build get j.fbz fc.weights)" ]
}

@test "variables of a CNN are set and read like those of an integer network" {
  echo '{layers: [{type: Input, shape: [2]}, {type: Dense, name: top, units: 3}]}' > k.json
  akida-build new -o k.fbz k.json
  akida-build set -o k.fbz k.fbz 'top.kernel=[[1, 2, 3], [0.5, 0, -1]]' 1.bias=0.25
  [ "$(akida-build get k.fbz top.kernel)" = $'1 2 3\n0.5 0 -1' ]
  [ "$(akida-build get --format json k.fbz top.bias)" = '[0.25, 0.25, 0.25]' ]
  expect 2 akida-build get k.fbz top.weights
  [[ $stderr == *"k.fbz: layer 'top' has no variable 'weights'; it has: kernel, bias" ]]
  expect 1 akida-build set -o k.fbz k.fbz 'top.kernel=[1, 2]'
}

@test "a value that does not fit is refused with layer, variable and range" {
  expect 1 akida-build set -o x.fbz m.fbz fc.weights=w
  [[ $stderr == *"error: fc.weights: w: "* ]]
  expect 1 akida-build set -o x.fbz m.fbz 'fc.threshold_fire=[1, 2]'
  [[ $stderr == *fc*threshold_fire* ]]
  expect 1 akida-build set -o x.fbz m.fbz fc.threshold_fire_step=-1
  expect 1 akida-build set -o x.fbz m.fbz fc.threshold_fire=1.5
  expect 2 akida-build set -o x.fbz m.fbz 'fc.threshold_fire=[1, [2]]'
  expect 2 akida-build set -o x.fbz m.fbz fc.nothing=1
  [[ $stderr == *threshold_fire* ]]
  expect 2 akida-build get m.fbz gone.weights
  [ ! -e x.fbz ]
}

@test "compile gives every neuron its number of ones, and add-classes keeps the old neurons" {
  akida-build compile --num-weights 3 --num-classes 2 --seed 9 -o c.fbz m.fbz
  akida-build get -o w.npy c.fbz fc.weights
  akida-build add-classes -o more.fbz c.fbz 1
  akida-build get -o more.npy more.fbz fc.weights
  akida-build new -o six.fbz - <<< "$(sed 's/num_neurons: 4/num_neurons: 6/' a.yaml)"
  akida-build compile --num-weights 3 --num-classes 3 --seed 9 -o six.fbz six.fbz
  akida-build get -o six.npy six.fbz fc.weights
  cmp more.npy six.npy
  /usr/bin/python3 -c '
import numpy as np
w, more = np.load("w.npy"), np.load("more.npy")
assert (w.reshape(6, 4).sum(axis=0) == 3).all(), w
assert more.shape == (1, 1, 6, 6) and (more[..., :4] == w).all(), more'
  expect 1 akida-build add-classes -o x.fbz m.fbz 1
  expect 1 akida-build compile --num-weights 7 -o x.fbz m.fbz
  expect 0 akida-build compile --num-weights 4 -o x.fbz m.fbz
  [[ $stderr == "akida-build: warning: "* ]]
}

@test "the history has every command that made the model, without folders" {
  mkdir -p sub
  cp a.yaml sub/
  akida-build new --seed 2 -o h.fbz sub/a.yaml
  akida-build set -o h.fbz h.fbz fc.threshold_fire=1
  akida-build compile --num-weights 3 --seed 5 -o h.fbz h.fbz
  akida-stats summary --json h.fbz > report
  [ "$(json report '[(e["tool"], e["subcommand"], e["options"]) for e in o["history"]]')" = \
    "[('akida-build', 'new', '--seed 2 -- a.yaml'), ('akida-build', 'set', 'fc.threshold_fire=1'), \
('akida-build', 'compile', '--num-weights 3 --seed 5')]" ]
  akida-build new --no-history -o n.fbz a.yaml
  akida-stats summary --json n.fbz > report
  [ "$(json report 'len(o["history"])')" = 0 ]
}
