# akida-train: learning, determinism, interruption, refusals.
load common

network='{name: net, input_scaling: [255, 0], layers: [{type: Input, shape: [28, 28, 1]},
  {type: Conv2D, filters: 8, kernel_size: 3, strides: 2, padding: same},
  {type: BatchNormalization, momentum: 0.8}, {type: ReLU, max_value: 6},
  {type: Conv2D, filters: 16, kernel_size: 3, padding: same}, {type: MaxPooling2D},
  {type: BatchNormalization, momentum: 0.8}, {type: ReLU, max_value: 6},
  {type: Flatten}, {type: Dropout, rate: 0.1}, {type: Dense, name: fc, units: 10},
  {type: Softmax}]}'

# A few hundred photographs of clothing as train.aks and test.aks, and the network as network.fbz.
setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  local data=$AKIDA_SOURCE/testdata/fashion-mnist
  akida-data import idx "$data/train-images-idx3-ubyte.gz" "$data/train-labels-idx1-ubyte.gz" |
    akida-data head -n "${SAMPLES:-300}" -o train.aks
  akida-data import idx "$data/t10k-images-idx3-ubyte.gz" "$data/t10k-labels-idx1-ubyte.gz" |
    akida-data head -n 200 -o test.aks
  akida-build new -o network.fbz - <<< "$network"
}

# field LOG LINE NAME: a number from one line of a log.
field() {
  sed -n "$2p" "$1" | /usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$3"
}

# above NUMBER LIMIT
above() {
  awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > b) }'
}

@test "samples that name a class otherwise than the model or each other are refused" {
  local data=$AKIDA_SOURCE/testdata/fashion-mnist
  import() {
    akida-data import idx "$data/t10k-images-idx3-ubyte.gz" "$data/t10k-labels-idx1-ubyte.gz" --class-names "$1" |
      akida-data head -n 20
  }
  import "$data/classes.txt" >named.aks
  sed 's/^coat$/jacket/' "$data/classes.txt" >other
  import other >other.aks
  quiet akida-train -o named.fbz --epochs 1 network.fbz named.aks
  fails 1 "akida-train: error: other.aks: class 4 is 'jacket', in named.fbz 'coat'" \
    akida-train -o trained.fbz --epochs 1 named.fbz other.aks
  fails 1 "akida-train: error: other.aks: class 4 is 'jacket', in named.aks 'coat'" \
    akida-train -o trained.fbz --epochs 1 --validation other.aks network.fbz named.aks
}

@test "training with defaults just works, quietly, and what was learned holds for other images" {
  quiet akida-train -o trained.fbz --epochs 4 --validation test.aks --log log network.fbz train.aks
  [ "$(wc -l < log)" -eq 4 ]
  above "$(field log 4 val_accuracy)" 0.65
  above "$(field log 1 loss)" "$(field log 4 loss)"
  [ "$(field log 4 learning_rate)" = 0.001 ]
}

@test "equal trainings give equal bytes and logs, on any number of threads and through pipes" {
  local options=(--epochs 2 --seed 3 --validation-split 0.2 --augment flip,shift=0.1,noise=5)
  akida-train "${options[@]}" -j 1 --log log1 -o one.fbz network.fbz train.aks
  akida-train "${options[@]}" -j 3 --log log3 -o three.fbz network.fbz train.aks
  cmp one.fbz three.fbz
  cmp log1 log3
  akida-train "${options[@]}" network.fbz < train.aks > piped.fbz
  run ! cmp -s one.fbz piped.fbz  # the history names the input
  akida-train "${options[@]}" --no-history -o one.fbz network.fbz train.aks
  akida-train "${options[@]}" --no-history network.fbz < train.aks | cmp one.fbz -
  akida-train --epochs 2 --seed 4 -o other.fbz network.fbz train.aks
  run ! cmp -s one.fbz other.fbz
}

@test "a training that is killed ends in the same bytes once it is resumed" {
  local options=(--epochs 6 --schedule cosine --early-stopping 5 --validation-split 0.2 --seed 1)
  akida-train "${options[@]}" --log whole.log -o whole.fbz network.fbz train.aks
  local resumed=(akida-train "${options[@]}" --checkpoint run.ckpt --resume --log run.log -o out.fbz
    network.fbz train.aks)
  "${resumed[@]}" & local pid=$!
  while [ ! -s run.ckpt ]; do sleep 0.02; done
  kill -KILL "$pid"
  wait "$pid" || true
  [ ! -e out.fbz ]
  "${resumed[@]}"
  cmp whole.fbz out.fbz
  cmp whole.log run.log
  # Once more: all is done, and the result is written again.
  rm out.fbz
  "${resumed[@]}"
  cmp whole.fbz out.fbz
}

@test "a checkpoint is resumed only with the options, model and samples it began with" {
  akida-train --epochs 2 --checkpoint run.ckpt -o a.fbz network.fbz train.aks
  expect 1 akida-train --epochs 3 --checkpoint run.ckpt --resume -o b.fbz network.fbz train.aks
  [[ $stderr == "akida-train: error: run.ckpt: the checkpoint belongs to another training: --epochs was '2', now '3'" ]]
  expect 1 akida-train --epochs 2 --checkpoint run.ckpt --resume -o b.fbz network.fbz test.aks
  [[ $stderr == *": samples was '300 samples, checksum "* ]]
  expect 1 akida-train --epochs 2 --checkpoint run.ckpt --resume -o b.fbz a.fbz train.aks
  [[ $stderr == *": model was 'checksum "* ]]
  head -c 1000 run.ckpt > cut.ckpt
  expect 1 akida-train --epochs 2 --checkpoint cut.ckpt --resume -o b.fbz network.fbz train.aks
  [[ $stderr == "akida-train: error: cut.ckpt: offset 996: checksum "*"damaged or truncated" ]]
}

@test "early stopping ends with the best network" {
  # One class per image at random cannot be learned: validation gets worse while training improves.
  awk 'BEGIN { srand(2); for (i = 0; i < 80; ++i) { line = int(rand() * 3)
    for (j = 0; j < 16; ++j) line = line " " int(rand() * 255); print line } }' |
    make_stream noise.aks 4 4 1
  akida-build new -o net.fbz - <<< '{input_scaling: [255, 0], layers: [{type: Input, shape: [4, 4, 1]},
    {type: Flatten}, {type: Dense, units: 64}, {type: ReLU}, {type: Dense, units: 3}]}'
  local options=(--learning-rate 0.01 --validation-split 0.5)
  akida-train "${options[@]}" --epochs 60 --early-stopping 4 --log log -o best.fbz net.fbz noise.aks
  local best
  best=$(/usr/bin/python3 -c 'import json
losses = [json.loads(line)["val_loss"] for line in open("log")]
assert len(losses) < 60 and len(losses) == losses.index(min(losses)) + 1 + 4, losses
print(losses.index(min(losses)) + 1)')
  # Trained just as long, the last network is the best one.
  akida-train "${options[@]}" --epochs "$best" --no-history -o same.fbz net.fbz noise.aks
  akida-train "${options[@]}" --epochs 60 --early-stopping 4 --no-history -o best.fbz net.fbz noise.aks
  cmp best.fbz same.fbz
}

@test "a student learns from a teacher, with and without labels" {
  akida-train --epochs 5 -o teacher.fbz network.fbz train.aks
  akida-train --epochs 4 --seed 5 --teacher teacher.fbz --temperature 2 --alpha 0 --validation test.aks \
    --log log -o student.fbz network.fbz train.aks
  above "$(field log 4 val_accuracy)" 0.6
  # A student that is its teacher has no divergence left, but what dropout adds.
  akida-train --epochs 1 --learning-rate 1e-9 --teacher teacher.fbz --alpha 0 --validation test.aks \
    --log same -o same.fbz teacher.fbz train.aks
  above 0.2 "$(field same 1 loss)"
}

@test "--freeze-before keeps the layers in front, --min-gamma every gamma" {
  akida-train --epochs 1 -o base.fb network.fbz train.aks
  akida-train --epochs 1 --freeze-before fc --min-gamma 0.9 -o tuned.fb base.fb train.aks
  for model in base tuned; do
    flatc --json --raw-binary --strict-json "$AKIDA_SOURCE/formats/model.fbs" -- $model.fb
  done
  /usr/bin/python3 -c '
import json
base, tuned = (json.load(open(name + ".json")) for name in ("base", "tuned"))
changed = [a["name"] for a, b in zip(base["layers"], tuned["layers"])
           if a.get("variables") != b.get("variables")]
assert changed == ["fc"], changed'
  akida-train --epochs 1 --min-gamma 1.01 -o limited.fb base.fb train.aks
  flatc --json --raw-binary --strict-json "$AKIDA_SOURCE/formats/model.fbs" -- limited.fb
  /usr/bin/python3 -c '
import json, struct
for layer in json.load(open("limited.json"))["layers"]:
    for variable in layer.get("variables", []):
        if variable["name"] == "gamma":
            values = [v[0] for v in struct.iter_unpack("<f", bytes(variable["bytes"]))]
            assert min(values) >= 1.0099, min(values)
            print(min(values))' > gammas
  [ "$(wc -l < gammas)" -eq 2 ]
}

@test "what cannot be learned is refused before any work, by name" {
  make_stream labels.aks 28 28 1 < <(yes "12 $(printf '0 %.0s' {1..784})" | head -n 2)
  expect 1 akida-train -o x.fbz network.fbz labels.aks
  [ "$stderr" = "akida-train: error: labels.aks: sample '0': class 12 is outside 0..9" ]
  make_stream small.aks 2 2 1 <<< '1 0 0 0 0'
  expect 1 akida-train -o x.fbz network.fbz small.aks
  [ "$stderr" = "akida-train: error: small.aks: samples of (2, 2, 1) do not fit the network's input (28, 28, 1)" ]
  make_stream empty.aks 28 28 1 < /dev/null
  expect 1 akida-train -o x.fbz network.fbz empty.aks
  [ "$stderr" = "akida-train: error: empty.aks: the stream has no samples" ]
  make_stream unlabelled.aks 28 28 1 <<< "- $(printf '0 %.0s' {1..784})"
  expect 1 akida-train -o x.fbz network.fbz unlabelled.aks
  [[ $stderr == "akida-train: error: unlabelled.aks: "* ]]
  expect 1 akida-train --validation small.aks -o x.fbz network.fbz train.aks
  [[ $stderr == "akida-train: error: small.aks: samples of (2, 2, 1) do not fit"* ]]
  expect 1 akida-train --loss yolo -o x.fbz network.fbz train.aks
  [[ $stderr == "akida-train: error: train.aks: the samples have class labels, which loss yolo cannot use" ]]
  expect 2 akida-train --freeze-before fcc -o x.fbz network.fbz train.aks
  [[ $stderr == *"fcc"* ]]
  akida-build new -o snn.fbz "$AKIDA_SOURCE/testdata/arch/xor.yaml"
  expect 1 akida-train -o x.fbz snn.fbz train.aks
  [[ $stderr == "akida-train: error: snn.fbz: the model is of kind snn"* ]]
  [ ! -e x.fbz ]
}

@test "a loss that runs away ends the training by name and leaves the last checkpoint" {
  akida-train --epochs 3 --optimizer sgd --learning-rate 1e20 --checkpoint run.ckpt -o x.fbz \
    network.fbz train.aks 2> message && false
  [[ $(< message) == "akida-train: error: epoch 1, step "*": layer '"* ]]
  [ ! -e x.fbz ] && [ ! -e run.ckpt ]
}

@test "options that contradict themselves are misuse" {
  local lines=(
    "akida-train" "akida-train - -" "akida-train m.fbz --validation - " "akida-train --epochs 0 m.fbz"
    "akida-train --resume -o x m.fbz" "akida-train --alpha 0.5 -o x m.fbz"
    "akida-train --validation a --validation-split 0.1 -o x m.fbz" "akida-train --augment spin -o x m.fbz"
    "akida-train --augment shift -o x m.fbz" "akida-train --augment shift=2 -o x m.fbz"
    "akida-train --augment flip,flip -o x m.fbz" "akida-train --loss huber -o x m.fbz"
    "akida-train --learning-rate 0 -o x m.fbz" "akida-train -o a --log a m.fbz a.aks"
    "akida-train -o a.aks m.fbz a.aks" "akida-train --checkpoint - -o x m.fbz a.aks"
  )
  for line in "${lines[@]}"; do
    expect 2 $line < /dev/null
    [[ $stderr == "akida-train: error: "* && $stderr != *$'\n'* ]] || { echo "$line: $stderr" >&2; false; }
  done
}

@test "a detector of the zoo is trained, and its mAP is that of akida-score" {
  # Three images of a square, a cat or a dog; of birds there is none.
  mkdir annotations images
  /usr/bin/python3 -c "
for name, kind, x, y, w, h in (('a', 'cat', 4, 4, 20, 20), ('b', 'dog', 36, 8, 24, 16), ('c', 'cat', 20, 30, 20, 24)):
    pixels = bytearray(64 * 64)
    for row in range(y, y + h):
        pixels[row * 64 + x:row * 64 + x + w] = bytes([255 if kind == 'cat' else 128]) * w
    open(f'images/{name}.pgm', 'wb').write(b'P5 64 64 255\n' + pixels)
    open(f'annotations/{name}.xml', 'w').write(f'''<annotation><filename>{name}.pgm</filename>
      <size><width>64</width><height>64</height><depth>1</depth></size><object><name>{kind}</name><bndbox>
      <xmin>{x + 1}</xmin><ymin>{y + 1}</ymin><xmax>{x + w}</xmax><ymax>{y + h}</ymax></bndbox></object>
      </annotation>''')"
  printf 'bird\ncat\ndog\n' > names
  akida-data import voc annotations images --class-names names --size 64,64 -o boxes.aks
  local anchors
  anchors=$(akida-score anchors -n 2 --grid 2,2 boxes.aks | sed -n 's/^anchors //p')
  local build=(akida-build zoo yolo_base --classes 3 --alpha 0.25 --input-shape 64,64,3)
  "${build[@]}" --anchors "$anchors" -o yolo.fbz
  expect 2 "${build[@]}" --anchors "$anchors" --nb-box 3 -o other.fbz
  [ "$stderr" = "akida-build: error: --anchors: there are 2, --nb-box says 3" ]
  expect 0 akida-train -v --epochs 1 --loss yolo --learning-rate 0.0001 --validation boxes.aks --map-every 1 \
    --map-threshold 0.01 --map-nms-threshold 0.4 --map-max-boxes 10 --log log -o trained.fbz yolo.fbz boxes.aks
  [[ $stderr == *", validation mAP "*" % (bird 0.00 %, cat "*" %, dog "*" %)" ]]
  akida-run evaluate --format npy -o maps.npy trained.fbz boxes.aks
  akida-score yolo --model trained.fbz --obj-threshold 0.01 maps.npy | grep -q '"name":"cat"'
  akida-run evaluate -o maps.aks trained.fbz boxes.aks
  akida-score yolo --model trained.fbz --obj-threshold 0.01 --nms-threshold 0.4 -o found.jsonl maps.aks
  akida-score map --max-boxes 10 --all-classes --json found.jsonl boxes.aks > r.json
  /usr/bin/python3 - << 'END'
import json
log = json.loads(open("log").readline())
report = json.load(open("r.json"))
aps = [0.0] * 3
for entry in report["classes"]:
    aps[entry["class"]] = entry["ap"] or 0.0
assert len(log["val_ap"]) == 3 and max(abs(a - b) for a, b in zip(aps, log["val_ap"])) < 1e-6, (aps, log)
assert abs(log["val_map"] - sum(aps) / 3) < 1e-6 and abs(report["map"] - log["val_map"]) < 1e-6, (report, log)
END
}
