# akida-score on results in every form, and on published detections.
load common

data() {
  data=${AKIDA_DATA:-$AKIDA_SOURCE/../shared/data}/detection
  [ -d "$data" ] || skip "AKIDA_DATA names no folder with detection"
}

numpy() {
  /usr/bin/python3 -c 'import numpy' 2> err || skip "no numpy"
  /usr/bin/python3 -c "import numpy as np; $1"
}

# lines ID LABEL VALUE...: JSON lines of values from standard input.
lines() {
  while read -r id label values; do
    echo "{\"id\":\"$id\",\"label\":$label,\"values\":[${values// /,}]}"
  done
}

@test "classes are scored from text, with an unknown label and a missing prediction" {
  printf '%s\n' $'0\t1\tb\t1' $'1\t0\ta\t1' $'2\t-1\t\t0' $'3\t0\ta\t0' $'4\t1\tb\t-1' > p.txt
  expect 0 akida-score labels --per-class --confusion p.txt
  diff - <(echo "$output") << 'END'
accuracy 50.00 % (2 of 4)
unknown 1
macro precision 0.7500  recall 0.5000  F1 0.5833
class  precision  recall      F1  samples
a         0.5000  0.5000  0.5000        2
b         1.0000  0.5000  0.6667        2
true\predicted      a     b  none
a                   1     0     1
b                   1     1     0
END
}

@test "values give top-k and the area under the ROC curve" {
  lines > p.jsonl << 'END'
a 0 0.9 0.1 0.5
b 1 0.9 0.1 0.5
c 2 0.9 0.1 0.5
d 1 0.2 0.7 0.3
END
  expect 0 akida-score labels --top 2 --auc --json p.jsonl
  echo "$output" > r.json
  [ "$(json r.json 'o["accuracy"], o["top"]["2"], o["kind"]')" = "(0.5, 0.75, 'classes')" ]
  # Class 1: positives 0.1 and 0.7, negatives 0.1 and 0.1: (0.5 + 0.5 + 1 + 1) / 4.
  [ "$(json r.json 'o["classes"][1]["roc_auc"]')" = 0.75 ]
  expect 2 akida-score labels --top 2 --task binary p.jsonl
}

@test "the results of akida-run are scored alike in every form" {
  akida-build new -o m.fbz - <<< '{layers: [{type: InputData, input_width: 2, input_height: 1,
    input_channels: 1, input_bits: 1}, {type: FullyConnected, name: fc, num_neurons: 2,
    activations_enabled: false,
    variables: {weights: [[[[1, 0], [0, 1]]]]}}]}'
  make_stream data.aks 1 2 1 <<< $'0 1 0\n1 1 0\n1 0 1\n0 1 1'
  akida-run predict --accuracy m.fbz data.aks > expected
  [ "$(cat expected)" = "accuracy 75.00 % (3 of 4)" ]
  local form
  for form in aks text json; do
    akida-run predict --format $form -o p m.fbz data.aks
    akida-score labels p | head -n 1 | diff expected -
    akida-score labels --truth data.aks < p | head -n 1 | diff expected -
  done
  akida-run predict --format npy -o p.npy m.fbz data.aks
  akida-score labels --truth data.aks p.npy | head -n 1 | diff expected -
  for form in aks json; do
    akida-run evaluate --format $form -o p m.fbz data.aks
    akida-score labels p | head -n 1 | diff expected -
  done
  akida-data head -n 2 data.aks -o two.aks
  expect 1 akida-score labels --truth two.aks p
  [ "$stderr" = "akida-score: error: two.aks: has only 2 samples, p has more" ]
}

@test "arrays have no ids: the truth's samples are theirs, in their order" {
  make_stream data.aks 1 2 1 <<< $'0 1 0\n1 0 1\n1 1 0'
  akida-data slice 1:3 data.aks -o data2.aks
  akida-data show data2.aks | grep -q "id 2"
  numpy "np.save('v.npy', np.array([[1, 0], [1, 0]], 'f4'))"
  expect 0 akida-score labels --truth data2.aks v.npy
  [ "${lines[0]}" = "accuracy 0.00 % (0 of 2)" ]
  numpy "np.save('v.npy', np.array([[0, 1], [1, 0]], 'f4'))"
  expect 0 akida-score labels --truth data2.aks v.npy
  [ "${lines[0]}" = "accuracy 50.00 % (1 of 2)" ]
  numpy "np.save('w.npy', np.array([[1, 0]], 'f4'))"
  fails 1 "akida-score: error: data2.aks: has more samples than the 1 of w.npy" \
    akida-score labels --truth data2.aks w.npy
}

@test "classes of results and truth meet by name, or not at all" {
  make_stream data.aks 1 2 1 dog cat <<< $'0 1 0\n1 0 1'
  printf '0\t0\tcat\t\n1\t1\tdog\t\n' > p.txt
  fails 1 "akida-score: error: p.txt: class 0 is 'cat', in data.aks 'dog'" \
    akida-score labels --truth data.aks p.txt
  printf '0\t0\tdog\t\n1\t1\tcat\t\n' > p.txt
  expect 0 akida-score labels --truth data.aks p.txt
  echo dog > names
  fails 1 "akida-score: error: names: names 1 classes, there are 2" \
    akida-score labels --truth data.aks --class-names names p.txt
}

@test "names that are not UTF-8 are reported as far as they are" {
  printf '0\t0\tcaf\xe9\t0\n' > p.txt
  expect 0 akida-score labels --json p.txt
  echo "$output" > r.json
  [ "$(json r.json 'ascii(o["classes"][0]["name"])')" = "'caf\ufffd'" ]
}

@test "what cannot be scored is refused by the file that is to blame" {
  make_stream data.aks 2 2 1 <<< $'0 1 0 0 0\n1 0 1 0 0'
  fails 1 "akida-score: error: data.aks: samples of 2 x 2 values of one channel are no predictions" \
    akida-score labels data.aks
  lines > v.jsonl <<< $'a 0 1 0 0\nb 1 0 1 0'
  fails 2 "akida-score: error: v.jsonl: its 3 outputs cannot be divided into 2 classes" \
    akida-score labels --classes 2 v.jsonl
  lines > n.jsonl <<< $'a 0 1 null\nb 1 0 1'
  fails 1 "akida-score: error: n.jsonl: sample 'a': output 1 is no number" akida-score labels n.jsonl
  lines > n.jsonl <<< $'a [0] 1\nb [1] null'
  fails 1 "akida-score: error: n.jsonl: sample 'b': output 0 is no number" akida-score labels n.jsonl
  lines > n.jsonl <<< $'a [0] 1\nb [null] 1'
  fails 1 "akida-score: error: n.jsonl: sample 'b': target 0 is no finite number" \
    akida-score labels n.jsonl
  lines > u.jsonl <<< $'a -1 1 0\nb -1 0 1'
  local message="akida-score: error: u.jsonl: nothing to score: all 2 labels are unknown"
  fails 1 "$message" akida-score labels u.jsonl
  fails 1 "$message" akida-score labels --json u.jsonl
  numpy "np.save('x.npy', np.zeros((2, 1, 1, 3), 'f4'))"
  akida-data import npy x.npy -o plain.aks
  numpy "np.save('v.npy', np.zeros((2, 3), 'f4'))"
  fails 1 "akida-score: error: plain.aks: has no labels to compare with" \
    akida-score labels --truth plain.aks v.npy
  fails 1 "akida-score: error: v.npy: has no labels to compare with; --truth FILE gives some" \
    akida-score labels v.npy
}

@test "the area under the ROC curve is a mean over the classes for which there is one" {
  lines > p.jsonl << 'END'
a 0 0.9 0.1 0.5
b 1 0.9 0.4 0.5
c 1 0.2 0.7 0.3
END
  expect 0 akida-score labels --auc --per-class p.jsonl
  # Class 0: 0.9 against 0.9 and 0.2: 3/4. Class 1: 0.4, 0.7 against 0.1: 1. Class 2 never occurs.
  [ "${lines[2]}" = "macro ROC-AUC 0.8750" ]
  printf '%s\n' '{"id":"a","label":0,"values":[0.1,0.2,0.9]}' >> p.jsonl
  expect 0 akida-score labels --auc --per-class p.jsonl
  # Class 0: 0.9, 0.1 against 0.9, 0.2: 1.5 / 4. Class 1: 0.4, 0.7 against 0.1, 0.2: 1.
  [ "${lines[2]}" = "macro ROC-AUC 0.6875 (2 of 3 classes)" ]
  [[ ${lines[6]} == "2 "*"        -" ]]
  lines > q.jsonl <<< $'a 1 0.4\nb 1 0.8'
  expect 0 akida-score labels q.jsonl
  [ "${lines[2]}" = "ROC-AUC -" ]
}

@test "a confusion matrix is drawn as SVG" {
  printf '0\t1\tb<\t1\n' > p.txt
  expect 0 akida-score labels --svg c.svg p.txt
  /usr/bin/python3 -c 'import xml.dom.minidom; d = xml.dom.minidom.parse("c.svg")
assert "b<" in [t.firstChild.data for t in d.getElementsByTagName("text") if t.firstChild]'
  expect 2 akida-score labels --svg - p.txt
  fails 2 "akida-score: error: the output 'p.txt' would replace the input 'p.txt'" \
    akida-score labels p.txt --svg p.txt
}

@test "one value is yes or no, or a number" {
  lines > p.jsonl <<< $'a 0 0.1\nb 0 0.4\nc 1 0.35\nd 1 0.8'
  expect 0 akida-score labels p.jsonl
  diff - <(echo "$output") << 'END'
accuracy 75.00 % (3 of 4)
precision 1.0000  recall 0.5000  F1 0.6667
ROC-AUC 0.7500
true positive 1  false positive 0  true negative 2  false negative 1
END
  expect 0 akida-score labels --threshold 0.3 p.jsonl
  [ "${lines[0]}" = "accuracy 75.00 % (3 of 4)" ]
  lines > q.jsonl <<< $'a [2] 1\nb [4] 6'
  expect 0 akida-score labels q.jsonl
  diff - <(echo "$output") << 'END'
samples 2
MAE 1.5  MSE 2.5  RMSE 1.58114  bias 0.5  R2 -1.5000
END
  expect 0 akida-score labels --task regression --json p.jsonl
  lines > r.jsonl <<< 'a 2 0.1'
  expect 1 akida-score labels r.jsonl
  [ "$stderr" = "akida-score: error: r.jsonl: sample 'a': label 2 is neither 0 nor 1" ]
}

@test "pairs of embeddings are told apart, in order or from a file" {
  lines > e.jsonl << 'END'
a 0 1 0
b 0 1 0.1
c 1 0 1
d 2 1 0
e 3 0 1
f 3 0.1 1
g 4 1 1
h 5 -1 1
END
  expect 0 akida-score verification --folds 2 e.jsonl
  [ "${lines[0]}" = "pairs 4 (2 same)" ]
  [[ ${lines[1]} == "accuracy 100.00 % at cosine above 0.49"* ]]
  [ "${lines[2]}" = "2-fold accuracy 100.00 % +- 0.00 %" ]
  printf 'a b 1\nc e 1\na c 0\n' > pairs
  expect 0 akida-score verification --folds 3 --distance euclidean --pairs pairs --json e.jsonl
  echo "$output" > r.json
  [ "$(json r.json 'o["pairs"], o["same"], o["accuracy"], o["roc_auc"]')" = "(3, 2, 1.0, 1.0)" ]
  echo 'a z 1' > pairs
  expect 1 akida-score verification --pairs pairs e.jsonl
  [ "$stderr" = "akida-score: error: pairs: line 1: no sample of e.jsonl has id 'z'" ]
}

@test "pairs may have ids with blanks, and come from arrays by number" {
  numpy "np.save('e.npy', np.array([[1, 0], [1, .1], [0, 1]], 'f4'))"
  printf '0 1 1\n1 2 0\n' > pairs
  expect 0 akida-score verification --folds 2 --pairs pairs e.npy
  [[ ${lines[1]} == "accuracy 100.00 % at cosine above "* ]]
  printf '%s\n' '{"id":"a b","values":[1,0]}' '{"id":"c","values":[1,0.1]}' '{"id":"d","values":[0,1]}' > e.jsonl
  printf 'a b\tc\t1\nc\td\t0\n' > pairs
  expect 0 akida-score verification --folds 2 --pairs pairs e.jsonl
  [ "${lines[0]}" = "pairs 2 (1 same)" ]
}

@test "pairs of one kind, and classes in place of embeddings, tell nothing" {
  printf '%s\n' '{"id":"a","values":[1,0]}' '{"id":"b","values":[1,0.1]}' '{"id":"c","values":[0,1]}' > e.jsonl
  printf 'a b 0\na c 0\n' > pairs
  fails 1 "akida-score: error: e.jsonl: all 2 pairs are of two persons: there is nothing to tell apart" \
    akida-score verification --folds 2 --pairs pairs e.jsonl
  # The same person is the less alike: no threshold is better than calling all the same.
  printf 'a b 0\na c 1\nb c 1\n' > pairs
  expect 0 akida-score verification --folds 2 --pairs pairs e.jsonl
  [ "${lines[1]}" = "accuracy 66.67 % calling all pairs the same" ]
  printf '0\t1\tb\t1\n1\t1\tb\t1\n' > p.txt
  fails 1 "akida-score: error: p.txt: holds predicted classes, no embeddings" \
    akida-score verification p.txt
}

# A map of 1 x 2 cells, one anchor, one class; the second cell has a box of 1 x 1 cell.
yolo_map() {
  echo "{\"id\":\"a\",\"label\":[{\"box\":[10,0,20,10],\"class\":0}],\"values\":[[[0,0,0,0,-9,1],[0,0,0,0,9,1]]]}"
}

@test "a map is decoded to boxes, which are scored" {
  yolo_map > maps.jsonl
  expect 0 akida-score yolo --anchors 1,1 --size 20,10 maps.jsonl
  echo "$output" > boxes.jsonl
  [ "$(json boxes.jsonl 'o["boxes"][0]["box"], o["size"], o["label"][0]["box"]')" = \
    "([10.0, 0.0, 20.0, 10.0], [20.0, 10.0], [10.0, 0.0, 20.0, 10.0])" ]
  expect 0 akida-score map boxes.jsonl
  [ "${lines[2]}" = "mAP 100.00 % at IoU 0.50 (all-point, continuous) of 1 images" ]
  expect 0 akida-score map --json --precision coco boxes.jsonl
  echo "$output" > r.json
  [ "$(json r.json 'o["map"], len(o["iou_thresholds"])')" = "(1.0, 10)" ]
  expect 2 akida-score yolo --anchors 1,1 maps.jsonl
  expect 1 akida-score yolo --anchors 1,1,2,2 --size 20,10 maps.jsonl
  [ "$stderr" = "akida-score: error: maps.jsonl: 6 channels are not 2 anchors x (5 + classes)" ]
}

@test "a map of other classes than are named is refused" {
  yolo_map > maps.jsonl
  printf 'a\nb\n' > names
  fails 1 "akida-score: error: maps.jsonl: 6 channels and 1 anchors mean 1 classes, names has 2 names" \
    akida-score yolo --anchors 1,1 --size 20,10 --class-names names maps.jsonl
  fails 2 "akida-score: error: --anchors '1,1,2': 3 numbers are no pairs W,H" \
    akida-score yolo --anchors 1,1,2 --size 20,10 missing.jsonl
  fails 2 "akida-score: error: --anchors '1,0': 0 is no size of an anchor" \
    akida-score yolo --anchors 1,0 --size 20,10 missing.jsonl
  expect 2 akida-score yolo --anchors 1,1 --size 20,10 --draw-format ppm maps.jsonl
  sed 's/-9/null/' maps.jsonl > nan.jsonl
  fails 1 "akida-score: error: nan.jsonl: sample 'a': output 4 is no number" \
    akida-score yolo --anchors 1,1 --size 20,10 nan.jsonl
  expect 1 akida-score yolo --anchors 1,1 --size 20,10 --draw drawn --images /dev/null maps.jsonl
  [ ! -e drawn ]
}

# detected NAME NUMBER: a line with one detection, a hit of the box of voc_stream.
detected() {
  echo "{\"id\":\"a\",\"boxes\":[{\"box\":[11,1,20,10],\"class\":$2,\"name\":\"$1\",\"score\":0.9}]}"
}

# voc_stream FILE NAME...: an image "a" with one box, a dog; the classes are NAME...
voc_stream() {
  mkdir -p voc/annotations voc/images
  { printf 'P5 20 10 255\n'; head -c 200 /dev/zero; } > voc/images/a.pgm
  echo '<annotation><filename>a.pgm</filename><size><width>20</width><height>10</height><depth>1</depth>
    </size><object><name>dog</name><bndbox><xmin>11</xmin><ymin>1</ymin><xmax>20</xmax><ymax>10</ymax>
    </bndbox></object></annotation>' > voc/annotations/a.xml
  printf '%s\n' "${@:2}" > voc/names
  akida-data import voc voc/annotations voc/images --class-names voc/names --size 20,10 -o "$1"
}

@test "detections and true boxes meet by name where both have names" {
  voc_stream truth.aks cat dog
  local all="mAP 100.00 % at IoU 0.50 (all-point, continuous) of 1 images"
  printf 'dog\ncat\n' > names
  local number
  for number in 0 1; do
    detected dog $number > d.jsonl
    expect 0 akida-score map d.jsonl truth.aks
    [ "${lines[-1]}" = "$all" ]
    expect 0 akida-score map --class-names names d.jsonl truth.aks
    [ "${lines[-1]}" = "$all" ]
  done
  # A number alone is one of the list of names, else of the truth.
  sed 's/"name":"dog",//' d.jsonl > number.jsonl
  expect 0 akida-score map number.jsonl truth.aks
  [ "${lines[-1]}" = "$all" ]
  expect 0 akida-score map --class-names names number.jsonl truth.aks
  [[ ${lines[-1]} == "mAP 0.00 %"* ]]
  detected bird 1 > d.jsonl
  fails 1 "akida-score: error: d.jsonl: line 1: class 'bird' is none of the 2 of truth.aks" \
    akida-score map d.jsonl truth.aks
  echo dog > names
  fails 1 "akida-score: error: truth.aks: class 'cat' is none of the 1 of names" \
    akida-score map --class-names names d.jsonl truth.aks
}

@test "numbers and names of classes that contradict each other are refused" {
  detected dog 0 | sed 's/}$/,"label":[{"box":[11,1,20,10],"class":0}]}/' > d.jsonl
  expect 0 akida-score map d.jsonl
  printf 'cat\ndog\n' > names
  fails 1 "akida-score: error: d.jsonl: line 1: class 0 is 'dog', in names 'cat'" \
    akida-score map --class-names names d.jsonl
  sed 's/dog/cat/; s/"a"/"b"/' d.jsonl >> d.jsonl
  fails 1 "akida-score: error: d.jsonl: line 2: class 0 is 'cat', before 'dog'" akida-score map d.jsonl
  mkdir found
  echo 'dog .9 11 1 20 10' > found/a.txt
  fails 1 "akida-score: error: found: its classes are names, those of the truth numbers; --class-names FILE gives names" \
    akida-score map found <(head -n 1 d.jsonl)
  fails 2 "akida-score: error: --form belongs to folders of text files, these are none" \
    akida-score map --form xywh d.jsonl
  sed 's/"label":.*/"label":[]}/' d.jsonl > empty.jsonl
  sed -i 2d empty.jsonl
  fails 1 "akida-score: error: empty.jsonl: nothing to score: there are no true boxes that count" \
    akida-score map empty.jsonl
}

@test "boxes are drawn into images" {
  yolo_map > maps.jsonl
  mkdir images
  { printf 'P5 20 10 255\n'; head -c 200 /dev/zero; } > images/a
  akida-data import images images/a -o images.aks
  akida-score yolo --anchors 1,1 --size 20,10 --draw drawn --images images.aks --draw-format ppm \
    -o boxes.jsonl maps.jsonl
  # The first class is drawn in (230, 25, 75), on the border of the right half.
  /usr/bin/python3 - << 'END'
data = open("drawn/000000_a.ppm", "rb").read()
assert data.startswith(b"P6\n20 10\n255\n")
pixels = data[-600:]
at = lambda x, y: tuple(pixels[3 * (20 * y + x):][:3])
drawn = {(x, y) for x in range(20) for y in range(10) if at(x, y) != (0, 0, 0)}
assert drawn == {(x, y) for x in range(10, 20) for y in range(10) if x in (10, 19) or y in (0, 9)}, drawn
assert at(10, 0) == (230, 25, 75)
END
  akida-score yolo --anchors 1,1 --size 20,10 --draw drawn --images images.aks -o boxes.jsonl maps.jsonl
  akida-data import images drawn/000000_a.png | akida-data merge - > png.aks
  akida-data import images drawn/000000_a.ppm | akida-data to-npy > ppm.npy
  akida-data to-npy png.aks | cmp - ppm.npy
}

@test "true boxes and detections of text files meet by class name and file name" {
  mkdir truth found
  echo 'cat 0 0 9 9' > truth/1.txt
  printf 'dog 0 0 9 9\ncat 20 20 29 29 difficult\n' > truth/2.txt
  echo 'cat .9 0 0 9 9' > found/1.txt
  echo 'cat .8 20 20 29 29' > found/2.txt
  expect 0 akida-score map found truth
  diff - <(echo "$output") << 'END'
class        AP  truth  found  detections
cat    100.00 %      1      1           1
dog      0.00 %      1      0           0
mAP 50.00 % at IoU 0.50 (all-point, continuous) of 2 images
END
  echo 'cat .8 20 20 29 29' > found/3.txt
  expect 1 akida-score map found truth
  [ "$stderr" = "akida-score: error: found: image '3' has no true boxes to compare with" ]
  expect 2 akida-score map found
}

@test "published: sample 2 of the object detection metrics has mAP 24.57 % and 26.84 %" {
  data
  local padilla=("$data"/padilla_sample2/{detections,groundtruths} --form xywh --iou pixel --iou-threshold 0.3)
  [ "$(akida-score map "${padilla[@]}" | tail -n 1)" = \
    "mAP 24.57 % at IoU 0.30 (all-point, pixel) of 7 images" ]
  [ "$(akida-score map --precision 11-point "${padilla[@]}" | tail -n 1)" = \
    "mAP 26.84 % at IoU 0.30 (11-point, pixel) of 7 images" ]
}

@test "published: the detections of Cartucho/mAP have mAP 31.05 %, and its APs" {
  data
  akida-score map --iou pixel "$data"/cartucho_map/{detection-results,ground-truth} > report
  [ "$(tail -n 1 report)" = "mAP 31.05 % at IoU 0.50 (all-point, pixel) of 85 images" ]
  local ap
  for ap in sofa:90.48 bed:85.94 remote:73.21 nightstand:71.43 tvmonitor:63.25 pottedplant:62.31 \
    chair:53.84 cup:42.50 diningtable:39.66 bottle:23.48 person:42.86 doll:0.00; do
    grep -Eq "^${ap%:*} +${ap#*:} %" report || { echo "$ap"; grep "^${ap%:*} " report; return 1; }
  done
}

@test "anchors of annotated images cluster their boxes" {
  data
  akida-data import voc "$data"/bccd_voc/{Annotations,JPEGImages} --size 64,48 -o cells.aks
  expect 0 akida-score anchors -n 3 --grid 8,6 --seed 5 --json cells.aks
  echo "$output" > r.json
  [ "$(json r.json 'o["boxes"], len(o["anchors"]), o["mean_iou"] > 0.7')" = "(357, 6, True)" ]
  expect 0 akida-score anchors -n 3 --grid 8,6 --seed 5 cells.aks
  [ "${lines[0]}" = "boxes 357" ]
  expect 0 akida-score anchors -n 3 --grid 8,6 --order columns cells.aks
  list=${lines[2]#anchors }
  /usr/bin/python3 -c "a = [$list]; assert a[::2] == sorted(a[::2]) and a[1::2] == sorted(a[1::2])"
}
