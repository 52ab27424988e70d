# akida-data in real pipelines: imports, verbs, errors, faults.

load common

setup() {
  testdata=$BATS_TEST_DIRNAME/../../testdata
  fashion=$testdata/fashion-mnist
  images=$fashion/t10k-images-idx3-ubyte.gz
  labels=$fashion/t10k-labels-idx1-ubyte.gz
  cd "$BATS_TEST_TMPDIR"
}

numpy() {
  command -v /usr/bin/python3 >/dev/null && /usr/bin/python3 -c 'import numpy' 2>err || skip "no numpy"
  /usr/bin/python3 -c "import numpy as np; $1"
}

@test "IDX files become the same stream through files and pipes" {
  akida-data import idx "$images" "$labels" -o a.aks
  akida-data import idx - "$labels" <"$images" >b.aks
  cmp a.aks b.aks
  gzip -dc "$images" | akida-data import idx - "$labels" | cmp a.aks -
}

@test "show prints header, samples and totals" {
  akida-data import idx "$images" "$labels" | akida-data head -n 100 | akida-data show -n 1 >shown
  diff shown - <<END
kind dense  type u8  width 28  height 28  channels 1  labels class  scale 1.0
index 0  id 0  label 9  nonzero 267  min 0  max 255
samples 100  per class [8,13,14,9,10,9,8,11,12,6]
END
}

@test "show --json is one report" {
  akida-data import idx "$images" | akida-data head -n 3 >a.aks
  akida-data show --json a.aks >a.json
  /usr/bin/python3 - <<END
import json
report = json.load(open("a.json"))
assert list(report)[:3] == ["tool", "version", "kind"], report
assert report["samples"] == 3 and len(report["first_samples"]) == 3
assert report["header"]["labels"] == "none"
END
}

@test "class names come from a file, in order" {
  printf 'top\ntrouser\n' >two
  printf '%s\n' a b c d e f g h i j >ten
  akida-data import idx "$images" "$labels" --class-names ten | akida-data show -n 0 | grep -q '^class 9  j$'
  fails 1 "akida-data: error: $images: sample 0: class 9 is outside -1..1" \
    akida-data import idx "$images" "$labels" --class-names two -o a.aks
  [ ! -e a.aks ]
  printf 'top\n\ntrouser\n' >gap
  fails 1 "akida-data: error: gap: name of class 1 is empty" \
    akida-data import idx "$images" "$labels" --class-names gap -o a.aks
}

@test "slices count like Python's" {
  akida-data import idx "$images" "$labels" | akida-data head -n 20 -o a.aks
  for range in 0:20 : 3:5 5: :4 -3: :-3 -5:-2 2:-2 -30:2 15:30 9:3 20: -1:1 -20:1 0:-20; do
    akida-data slice "$range" a.aks | akida-data show --all | sed -n 's/.*id \([0-9]*\) .*/\1/p' >got
    /usr/bin/python3 -c "
a, b = ('$range'.split(':'))
print(*list(range(20))[int(a) if a else None:int(b) if b else None], sep='\n')" | sed '/^$/d' >want
    diff got want || { echo "range $range"; return 1; }
  done
  fails 2 "akida-data: error: range '-9223372036854775808:' is not of the form A:B" \
    akida-data slice -9223372036854775808: a.aks
  fails 2 "akida-data: error: --samples: -1 is outside 0..18446744073709551615" akida-data head -n -1 a.aks
  fails 2 "akida-data: error: range '3' is not of the form A:B" akida-data slice 3 a.aks
}

@test "slices put together are the whole" {
  akida-data import idx "$images" "$labels" -o a.aks
  akida-data slice :300 a.aks -o b.aks
  akida-data slice 300: a.aks | akida-data merge b.aks - | cmp a.aks -
}

@test "compression changes the bytes, not the content" {
  akida-data import idx "$images" "$labels" -o a.aks
  akida-data import idx "$images" "$labels" --compress -o z.aks
  [ "$(stat -c %s z.aks)" -lt "$(stat -c %s a.aks)" ]
  akida-data merge z.aks | cmp a.aks -
}

@test "merge refuses streams of another kind" {
  akida-data import idx "$images" -o a.aks
  akida-data import idx "$images" "$labels" -o b.aks
  fails 1 "akida-data: error: b.aks: labels differ from those of a.aks" akida-data merge a.aks b.aks -o c.aks
  akida-data import images "$testdata/images/rgb.png" -o c.aks
  fails 1 "akida-data: error: c.aks: shape [3, 2, 3] differs from [28, 28, 1] of a.aks (width, height, channels)" \
    akida-data merge a.aks c.aks -o d.aks
  fails 2 "akida-data: error: '-' (standard input) is given 2 times, limit 1" akida-data merge - - -o d.aks
}

@test "shuffle keeps every sample and depends on the seed alone" {
  akida-data import idx "$images" "$labels" | akida-data head -n 50 -o a.aks
  akida-data shuffle --seed 1 a.aks -o b.aks
  akida-data shuffle --seed 1 <a.aks | cmp b.aks -
  ! akida-data shuffle --seed 2 a.aks | cmp -s b.aks -
  lines() { akida-data show --all "$1" | grep ^index | sed 's/^index [0-9]*//' ; }
  ! diff <(lines a.aks) <(lines b.aks) >diff
  diff <(lines a.aks | sort) <(lines b.aks | sort)
}

@test "split divides by counts, fractions and rest" {
  akida-data import idx "$images" "$labels" | akida-data head -n 10 -o a.aks
  akida-data split a.aks --to b.aks=0.5 --to c.aks=3 --to d.aks=rest
  akida-data merge b.aks c.aks d.aks | cmp a.aks -
  akida-data show c.aks | tail -n 1 | grep -q '^samples 3 '
  akida-data split --seed 1 a.aks --to b.aks=0.5 --to c.aks=0.5
  akida-data merge b.aks c.aks | akida-data show --all | grep ^index | sed 's/^index [0-9]*//' | sort >got
  akida-data show --all a.aks | grep ^index | sed 's/^index [0-9]*//' | sort | diff got -
  fails 1 "akida-data: error: parts up to '11' ask for 11 samples, the stream has 10" \
    akida-data split a.aks --to e.aks=11
  fails 2 "akida-data: error: share 'half' is no count, no fraction like 0.8 and not 'rest'" \
    akida-data split a.aks --to e.aks=half
  fails 2 "akida-data: error: 'rest' is the share of more than one part" \
    akida-data split a.aks --to e.aks=rest --to f.aks=rest
  fails 2 "akida-data: error: the output './e.aks' would replace the output 'e.aks'" \
    akida-data split a.aks --to e.aks=1 --to ./e.aks=2
  fails 2 "akida-data: error: the output 'a.aks' would replace the input 'a.aks'" \
    akida-data split a.aks --to a.aks=1
  [ ! -e e.aks ]
}

@test "arrays go to numpy and back" {
  akida-data import idx "$images" "$labels" | akida-data head -n 30 -o a.aks
  akida-data to-npy a.aks -o x.npy --labels y.npy
  akida-data import npy x.npy y.npy | cmp a.aks -
  akida-data to-npy a.aks --axes nwhc >t.npy
  fails 2 "akida-data: error: the output './x.npy' would replace the output 'x.npy'" \
    akida-data to-npy a.aks -o x.npy --labels ./x.npy
  fails 2 "akida-data: error: the output 'a.aks' would replace the input 'a.aks'" \
    akida-data to-npy a.aks --labels a.aks -o z.npy
  numpy "
import gzip
raw = gzip.open('$images').read()[16:]
want = np.frombuffer(raw, 'u1')[:30 * 784].reshape(30, 28, 28, 1)
assert (np.load('x.npy') == want).all() and np.load('x.npy').shape == want.shape
assert (np.load('t.npy') == want.transpose(0, 2, 1, 3)).all()
assert np.load('y.npy').dtype == np.dtype('<i4')
np.save('again.npy', np.load('x.npy'))
assert open('again.npy', 'rb').read() == open('x.npy', 'rb').read()"
}

@test "an array larger than .npy files may be is refused before memory is taken" {
  printf '0,0,0\n' >a.csv
  akida-data import events --shape 65536,65536,5 a.csv -o a.aks
  fails 1 "akida-data: error: array of 21474836480 bytes exceeds limit 17179869184" akida-data to-npy a.aks -o a.npy
  [ ! -e a.npy ]
}

@test "every kind of numpy array that fits is imported" {
  numpy "
for name, kind in dict(u1='u1', i4='<i4', f4='<f4', i8='<i8', u2='<u2', b1='?', f2='<f2', f8='>f8', s4='>i4').items():
    np.save(name, np.arange(24).reshape(2, 3, 4).astype(kind))
np.save('fortran', np.asfortranarray(np.zeros((2, 3, 4), 'f4')))
np.save('targets', np.array([[1.5, 2], [3, -4]]))"
  for name in u1 i4 f4 i8 u2 b1 f2 f8 s4; do
    akida-data import npy $name.npy targets.npy | akida-data show | tail -n 1 | grep -q '^samples 2$'
  done
  numpy "
half = np.arange(65536).astype('<u2').view('<f2')
np.save('half', half[np.isfinite(half)].reshape(-1, 1))
np.save('inf', np.array([[1.5], [np.inf]]))"
  akida-data import npy half.npy | akida-data to-npy >again.npy
  numpy "assert (np.load('again.npy').ravel() == np.load('half.npy').ravel().astype('f4')).all()"
  fails 1 "akida-data: error: inf.npy: sample 1: value inf is no finite float32" akida-data import npy inf.npy -o a.aks
  akida-data import npy u1.npy targets.npy | akida-data show -n 1 | grep -q 'label \[1.5,2.0\]'
  fails 1 "akida-data: error: fortran.npy: array is in Fortran order, save numpy.ascontiguousarray(array)" \
    akida-data import npy fortran.npy
}

@test "images keep their pixels and can change their channels" {
  akida-data import images "$testdata/images/rgb.png" "$testdata/images/rgb.ppm" | akida-data to-npy -o x.npy
  numpy "
x = np.load('x.npy')
assert x.shape == (2, 2, 3, 3) and (x[0] == x[1]).all() and x[0, 0, 1].tolist() == [0, 255, 0]"
  akida-data import images --grey "$testdata/images/rgb.png" | akida-data show | grep -q 'values \[76,150,29,2,5,8\]'
  fails 1 "akida-data: error: $testdata/images/make.py: offset 0: neither PNG nor JPEG nor PNM" \
    akida-data import images "$testdata/images/make.py" -o a.aks
  rgb=$testdata/images/rgb.png grey=$testdata/images/grey.png
  fails 1 "akida-data: error: $grey: image is [3, 2, 1], the first one [3, 2, 3] (width, height, channels); --rgb or --grey makes them equal" \
    akida-data import images "$rgb" "$grey" -o a.aks
  fails 1 "akida-data: error: $rgb and 1 more: 2 images fill no batch of 3 (--drop-remainder)" \
    akida-data import images --grey --drop-remainder 3 "$rgb" "$grey" -o a.aks
  [ ! -e a.aks ]
}

@test "one bad image among many is named and leaves no output" {
  mkdir photos
  for i in $(seq 10 40); do cp "$testdata/images/grey.png" photos/$i.png; done
  head -c 60 "$testdata/images/grey.png" >photos/25.png
  fails 1 "akida-data: error: photos/25.png: offset 57: PNG: file is truncated: 4 bytes needed, 3 remain" akida-data import images photos -o a.aks
  fails 1 "akida-data: error: photos/10.png and 1 more: sample 0: class 7 is outside -1..0" \
    akida-data import images photos/10.png photos/11.png --label 7 --class-names <(echo top) -o a.aks
  [ ! -e a.aks ]
}

@test "folders name classes" {
  mkdir -p set/dog set/cat
  cp "$testdata/images/grey.png" set/cat/1.png
  cp "$testdata/images/grey.pgm" set/dog/2.pgm
  echo note >set/dog/note.txt
  akida-data import images --class-from-folder set | akida-data show >shown
  diff shown - <<END
kind dense  type u8  width 3  height 2  channels 1  labels class  scale 1.0
class 0  cat
class 1  dog
index 0  id cat/1.png  label 0  nonzero 5  min 0  max 255  values [0,128,255,10,20,30]
index 1  id dog/2.pgm  label 1  nonzero 5  min 0  max 255  values [0,128,255,10,20,30]
samples 2  per class [1,1]
END
  cp set/cat/1.png set/dog
  akida-data import images set | akida-data show | sed -n 's/.*id \(.*\)  nonz.*/\1/p' >ids
  diff ids - <<< $'cat/1.png\ndog/1.png\ndog/2.pgm'
  printf '%s\n' cat dog cat >double
  fails 1 "akida-data: error: double: classes 0 and 2 are both called 'cat'" \
    akida-data import images --class-from-folder --class-names double set -o a.aks
  : >empty
  fails 1 "akida-data: error: empty: no class names in it" akida-data import images --label 0 --class-names empty set -o a.aks
  fails 2 "akida-data: error: --class-names: the samples have no labels" akida-data import images --class-names double set -o a.aks
  [ ! -e a.aks ]
}

@test "options of images that make no sense are refused" {
  image=$testdata/images/rgb.png
  while IFS=: read -r arguments message; do
    fails 2 "akida-data: error: $message" akida-data import images $arguments "$image" -o a.aks
  done <<'END'
--size 0:--size '0': '0' is no number of 1..32768
--size 4,:--size '4,' is not of the form N or W,H
--size 4,5,6:--size '4,5,6' is not of the form N or W,H
--size 4 --shorter-side 5:--shorter-side belongs to --fit crop
--size 4,9 --fit crop --shorter-side 8:--shorter-side 8 is below --size 4,9
--size 4 --fit center --filter area:--fit center resizes nothing, --filter has no meaning
END
  for arguments in "--fit crop" "--filter area" "--size 4 --fit squeeze" "--grey --rgb"; do
    got=0
    akida-data import images $arguments "$image" >out 2>err || got=$?
    [ $got -eq 2 ] && [ ! -s out ] && [ -s err ]
  done
  fails 1 "akida-data: error: size of 32768 x 32768 pixels exceeds limits 32768 a side and 67108864 in all" \
    akida-data import images --size 32768 "$image" -o a.aks
  [ ! -e a.aks ]
}

@test "images in archives are named with their archive" {
  archives=$testdata/image-sets/archives
  for kind in zip tar; do
    akida-data import images --class-from-folder --size 2 "$archives/set.$kind" | akida-data show -n 0 |
      tail -n 1 | grep -q 'samples 2  per class \[1,1\]'
    fails 1 "akida-data: error: $archives/set.$kind: a/2.ppm: image is [2, 3, 3], the first one [3, 2, 3] (width, height, channels)" \
      akida-data import images "$archives/set.$kind" -o a.aks
    fails 2 "akida-data: error: -: images from a pipe need the names of their classes" \
      akida-data import images --class-from-folder - -o a.aks <"$archives/set.$kind"
  done
  head -c 520 "$archives/set.tar" >cut.tar
  fails 1 "akida-data: error: cut.tar: b/1.ppm: archive offset 520: Truncated tar archive" \
    akida-data import images cut.tar -o a.aks
  [ ! -e a.aks ]
}

@test "targets of faces are the ages in their names" {
  cp "$testdata/images/rgb.png" 26_1_2_20170116.png
  cp "$testdata/images/rgb.png" 151_0_0_x.png
  akida-data import utkface 26_1_2_20170116.png | akida-data show | grep -q 'label \[26.0\]'
  fails 1 "akida-data: error: 151_0_0_x.png: name '151_0_0_x.png' does not begin with an age of 0..150 and '_'" \
    akida-data import utkface 151_0_0_x.png -o a.aks
}

@test "damaged records are named with their place" {
  records=$testdata/image-sets/tfrecord
  head -c 900 "$records/validation-00000-of-00002" >cut
  fails 1 "akida-data: error: cut: record 1: offset 650: file is truncated: data needs 668 bytes, 238 remain" \
    akida-data import imagenet cut -o a.aks
  fails 1 "akida-data: error: $testdata/images/rgb.png: record 0: offset 0: checksum of length is 0x0060f4c3, not 0x0d000000, is this a TFRecord file?" \
    akida-data import imagenet "$testdata/images/rgb.png" -o a.aks
  for arguments in "--colours" "--seed 1" "--epochs 2" "--shuffle-buffer 0 --training"; do
    got=0
    akida-data import imagenet $arguments "$records" >out 2>err || got=$?
    [ $got -eq 2 ] && [ ! -s out ] && [ -s err ]
  done
  fails 2 "akida-data: error: --epochs: standard input can be read only once" \
    akida-data import imagenet --training --epochs 2 - -o a.aks
  [ ! -e a.aks ]
}

@test "show lists few of many classes, and all on request" {
  akida-data import imagenet --size 8 "$testdata/image-sets/tfrecord" -o a.aks
  akida-data show -n 0 a.aks >shown
  [ "$(wc -l <shown)" = 23 ]
  sed -n '21p;22p;23p' shown | diff - <(printf '%s\n' 'class 19  chickadee' 'and 980 more classes (--classes)' \
    'samples 6  of 4 classes, class:samples 0:1 2:1 281:1 999:1  unknown 2')
  akida-data show --classes a.aks | grep -q '^class 999  toilet tissue'
  [ "$(akida-data show --json a.aks | json /dev/stdin 'len(o["per_class"])')" = 1000 ]
}

@test "show names values that are no numbers" {
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$testdata/failed /usr/bin/python3 -c '
import struct, sys
from make_streams import end, frame, head, header, samples
values = struct.pack("<3f", float("inf"), float("nan"), -1.5)
sys.stdout.buffer.write(head(header(dtype=2, height=1, width=1, channels=3, names=())) +
                        frame(samples(1, values)) + end(samples=1))' >a.aks
  akida-data show a.aks | grep -q 'min -1.5  max inf  values \[inf,nan,-1.5\]$'
  akida-data show --json a.aks >shown
  [ "$(json shown 'o["first_samples"][0]["values"]')" = "[None, None, -1.5]" ]
}

@test "classes of ImageNet have their words" {
  akida-data imagenet-label 0 281 999 | diff - <(
    printf '%s\n' 'tench, Tinca tinca' 'tabby, tabby cat' 'toilet tissue, toilet paper, bathroom tissue')
  fails 2 "akida-data: error: INDEX: 1000 is outside 0..999" akida-data imagenet-label 1000
}

@test "event lists become packets and text again" {
  printf 'x,y,polarity\n3,1,1\n0,0,0\n3,1,1\n2,1,0\n5,2,1\n' >a.csv
  akida-data import events a.csv | akida-data to-csv >all.csv
  diff all.csv - <<END
sample,x,y,polarity,value
0,0,0,0,1
0,2,1,0,1
0,3,1,1,1
0,5,2,1,1
END
  akida-data import events --shape 8,4 --packetize 2 - <a.csv >p.aks
  akida-data to-csv p.aks -o p.csv
  akida-data import events --shape 8,4 p.csv | cmp p.aks -
  akida-data import events --shape 8,4,2 a.csv a.csv | akida-data show | grep '^samples 2  events 8$'
  fails 2 "akida-data: error: --shape '8' is not of the form W,H or W,H,C" \
    akida-data import events --shape 8 a.csv
  fails 2 "akida-data: error: --shape '8,0': '0' is no number of 1..65536" \
    akida-data import events --shape 8,0 a.csv
  akida-data import events --count a.csv | akida-data to-csv | grep -q '^0,3,1,1,2$'
  fails 1 "akida-data: error: stdin: sample 0: more than 16777216 events, the limit; packets make several samples of it (--packetize, --window)" \
    akida-data import events --raw --shape 1,1 - -o x.aks < <(yes 0,0,0,0 | head -n 16777217)
}

@test "raw events keep their times" {
  printf '3,1,1,100\n0,0,0,-5\n3,1,1,100\n' >a.csv
  akida-data import events --raw --label 2 a.csv | tee a.aks | akida-data to-csv | tail -n 3 | diff - <(
    printf '0,3,1,1,1,100\n0,0,0,0,1,-5\n0,3,1,1,1,100\n')
  akida-data show a.aks | grep -q 'id a.csv  label 2  events 3  first_time -5  last_time 100'
}

@test "a damaged stream fails and leaves no output" {
  akida-data import idx "$images" | akida-data head -n 5 -o a.aks
  head -c 2000 a.aks >cut.aks
  fails 1 "akida-data: error: cut.aks: offset 58: stream is truncated: payload needs 3928 bytes, 1942 remain" \
    akida-data merge cut.aks -o b.aks
  [ -z "$(ls -A | grep tmp)" ] && [ ! -e b.aks ]
  fails 1 "akida-data: error: stdin: offset 0: stream is truncated: the input is empty" \
    akida-data show - </dev/null
  fails 1 "akida-data: error: $labels: offset 0: no sample stream, the magic is missing" akida-data show "$labels"
}

@test "a full device is an error and a closed pipe is quiet" {
  akida-data import idx "$images" -o a.aks
  fails 1 "akida-data: error: /dev/full: cannot write: No space left on device" akida-data merge a.aks -o /dev/full
  got=0
  akida-data merge a.aks 2>err >/dev/full || got=$?
  [ $got -eq 1 ] && grep -q 'stdout: cannot write: No space left on device' err
  (set +o pipefail; akida-data merge a.aks 2>err || echo $? >status) | head -c 100 >/dev/null
  [ "$(cat status)" = 141 ] && [ ! -s err ]
}

@test "a killed writer leaves the old file and no temporary" {
  akida-data import idx "$images" -o a.aks
  cp a.aks old.aks
  mkfifo pipe
  (cat a.aks; sleep 5) >pipe &
  feeder=$!
  akida-data merge pipe -o a.aks &
  writer=$!
  for i in $(seq 50); do ls -A | grep -q 'a.aks.tmp' && break; sleep 0.05; done
  kill -TERM $writer
  got=0
  wait $writer || got=$?
  kill $feeder 2>/dev/null || true  # it may have died of the closed pipe
  [ $got -eq 143 ]
  cmp a.aks old.aks
  [ -z "$(ls -A | grep tmp)" ]
}

@test "kill -9 at any moment leaves a whole file" {
  akida-data import idx "$fashion"/train-images-idx3-ubyte.gz -o a.aks
  cp a.aks target.aks
  for i in $(seq 20); do
    akida-data merge a.aks -o target.aks &
    sleep "0.00$((RANDOM % 10))"
    kill -9 $! 2>/dev/null || true
    wait $! || true
    cmp a.aks target.aks
  done
}

@test "bad command lines exit with 2" {
  for arguments in "" "frobnicate" "head -n x" "import" "import idx" "import gif a" "split a.aks" \
    "import events --count --raw a" "slice" "events --window 0" "events --window 5 --packetize 5" \
    "events --raw --frames a" "events --format gif a" "events --region 1,2,3 a" "events --region 0,0,0,1 a" \
    "events --time 5 a" "events --time 5:5 a" "events --sensor x a" "info"; do
    got=0
    akida-data $arguments >out 2>err || got=$?
    [ $got -eq 2 ] || { echo "akida-data $arguments: $got"; return 1; }
    [ ! -s out ] && [ -s err ]
  done
}

@test "MNIST as published has its sizes and classes" {
  [ -d "$AKIDA_DATA/mnist" ] || skip "AKIDA_DATA names no folder with mnist"
  akida-data import idx "$AKIDA_DATA"/mnist/train-{images-idx3,labels-idx1}-ubyte.gz | akida-data show -n 0 |
    grep -q 'samples 60000  per class \[5923,6742,5958,6131,5842,5421,5918,6265,5851,5949\]'
}

@test "200 photographs in ten folders are one stream" {
  [ -d "$AKIDA_DATA/cifar10_jpeg" ] || skip "AKIDA_DATA names no folder with cifar10_jpeg"
  akida-data import images --class-from-folder "$AKIDA_DATA/cifar10_jpeg/test" | akida-data show -n 0 >shown
  grep -q 'width 32  height 32  channels 3' shown
  grep -q 'samples 200  per class \[20,20,20,20,20,20,20,20,20,20\]' shown
}

@test "a tree of meshes becomes clouds and the input of PointNet++" {
  akida-data import modelnet "$testdata/meshes/tree.zip" --set train -n 256 -o clouds.aks
  akida-data show -n 0 clouds.aks >shown
  diff shown - <<END
kind dense  type f32  width 1  height 256  channels 3  labels class  scale 1.0
class 0  bed
class 1  chair
samples 2  per class [1,1]
END
  akida-data group-points clouds.aks -o groups.aks
  akida-data show -n 2 groups.aks | grep -q 'type u8  width 8  height 1024  channels 3  labels class'
  akida-data group-points -j 1 - <clouds.aks | cmp groups.aks -
  akida-data group-points --copies 3 --jitter 0.01 clouds.aks | akida-data show |
    sed -n 's/.*id \(.*\)  label.*/\1/p' >ids
  diff ids - <<< $'chair/chair_1.off\nchair/chair_1.off#1\nchair/chair_1.off#2\nbed/bed_1.off\nbed/bed_1.off#1\nbed/bed_1.off#2'
  fails 1 "akida-data: error: $testdata/meshes/tree.zip: no meshes in folders <class>/dev" \
    akida-data import modelnet "$testdata/meshes/tree.zip" --set dev -o x.aks
  fails 1 "akida-data: error: clouds.aks: 300 selected points exceed the 256 of a cloud" \
    akida-data group-points --selected 300 clouds.aks -o x.aks
  fails 1 "akida-data: error: groups.aks: samples are no point clouds (f32, 3 channels)" \
    akida-data group-points groups.aks -o x.aks
  fails 2 "akida-data: error: selected points 16 are outside 64..8192 for groups of 64" \
    akida-data group-points --selected 16 clouds.aks -o x.aks
  fails 2 "akida-data: error: --jitter: nan is not a finite number" akida-data group-points --jitter nan clouds.aks
  fails 2 "akida-data: error: --select: odd not in {shuffle,farthest,first}" \
    akida-data group-points --select odd clouds.aks -o x.aks
  fails 2 "akida-data: error: an archive is read twice and cannot be a pipe" \
    akida-data import modelnet - --set train -o x.aks
  [ ! -e x.aks ]
}

@test "meshes of every format give one cloud, damaged ones are named" {
  for name in cube.off glued.off cube.obj ascii.ply big.ply; do
    cp "$testdata/meshes/$name" mesh
    akida-data import meshes -n 50 mesh | cmp <(akida-data import meshes -n 50 mesh) -
    akida-data import meshes -n 50 - <mesh | akida-data to-npy -o - >$name.npy
    cmp cube.off.npy $name.npy
  done
  gzip -c "$testdata/meshes/cube.off" | akida-data import meshes -n 50 - | akida-data to-npy | cmp cube.off.npy -
  mkdir set
  for i in $(seq 10 40); do cp "$testdata/meshes/cube.off" set/$i.off; done
  head -c 80 "$testdata/meshes/cube.off" >set/25.off
  fails 1 "akida-data: error: set/25.off: OFF: line 13: vertices of a face need 5 fields, the line has 1" \
    akida-data import meshes set -o x.aks
  fails 1 "akida-data: error: $testdata/meshes/points.ply: no faces and 3 points, fewer than the 2048 wanted" \
    akida-data import meshes "$testdata/meshes/points.ply" -o x.aks
  fails 1 "akida-data: error: $testdata/meshes/make.py: offset 0: neither OFF nor OBJ nor PLY" \
    akida-data import meshes "$testdata/meshes/make.py" -o x.aks
  [ ! -e x.aks ]
}

@test "caches of point clouds are read and written" {
  akida-data import clouds "$testdata/meshes/cache.npz" --set train -o train.aks
  akida-data import clouds "$testdata/meshes/cache.npz" -s test -o test.aks
  akida-data to-npz train.aks test.aks -o cache.npz
  akida-data to-npz - test.aks <train.aks | cmp cache.npz -
  akida-data import clouds cache.npz --set train | cmp train.aks -
  numpy "
cache = np.load('cache.npz', allow_pickle=True)
assert cache['train_points'].shape == (2, 4, 3) and cache['train_points'][0, 3, 2] == 11
assert cache['train_labels'].tolist() == [1, 0] and cache['test_labels'].tolist() == [1]
assert cache['class_map'].item() == {0: 'bed', 1: 'chair'}"
  fails 1 "akida-data: error: cache.npz: no array 'dev_labels'" akida-data import clouds cache.npz -s dev
  fails 1 "akida-data: error: $images: archive offset 36127: Unrecognized archive format" \
    akida-data import clouds "$images" -s train
  head -c 300 cache.npz >cut.npz
  ! akida-data import clouds cut.npz -s train -o x.aks 2>err
  grep -q '^akida-data: error: cut.npz: ' err
  [ ! -e x.aks ]
}

@test "PASCAL VOC annotations are imported with their images, as pixels and boxes say" {
  voc=${AKIDA_DATA:-$BATS_TEST_DIRNAME/../../../shared/data}/detection/bccd_voc
  [ -d "$voc" ] || skip "AKIDA_DATA names no folder with detection"
  akida-data import voc "$voc"/Annotations "$voc"/JPEGImages --size 80,60 -o cells.aks
  akida-data show -n 0 cells.aks | grep -q '^class 1  RBC$'
  akida-data show --json --all cells.aks > shown
  akida-data to-npy cells.aks -o pixels.npy
  numpy 'import json, glob, os, xml.etree.ElementTree as tree
shown = json.load(open("shown"))
names = shown["header"]["class_names"]
files = sorted(glob.glob("'"$voc"'/Annotations/*.xml"))
assert len(files) == shown["samples"] == 20
total = 0
for path, sample in zip(files, shown["first_samples"]):
    assert sample["id"] == os.path.splitext(os.path.basename(path))[0]
    want = []
    for o in tree.parse(path).getroot().iter("object"):
        sides = [int(o.find("bndbox/" + k).text) / 8 for k in ("xmin", "ymin", "xmax", "ymax")]
        want.append((names.index(o.find("name").text), sides))
    got = [(b["class"], b["box"]) for b in sample["label"]]
    assert got == want, (path, got, want)
    total += len(got)
assert total == 357
try:
    from PIL import Image
except ImportError:
    raise SystemExit
# 640 x 480 to 80 x 60: every eighth pixel.
image = np.asarray(Image.open("'"$voc"'/JPEGImages/BloodImage_00000.jpg"))
difference = np.abs(np.load("pixels.npy")[0].astype(int) - image[::8, ::8].astype(int))
assert difference.max() <= 3, difference.max()'
  printf 'WBC\n' > wanted
  akida-data import voc "$voc"/Annotations "$voc"/JPEGImages --size 80,60 --class-names wanted |
    akida-data show -n 0 | grep -q '^samples 20'
  for jobs in 1 3; do
    akida-data import voc -j $jobs "$voc"/Annotations "$voc"/JPEGImages --size 80,60 | cmp cells.aks -
  done
  akida-data import voc --drop-remainder 8 "$voc"/Annotations "$voc"/JPEGImages --size 80,60 |
    cmp <(akida-data head -n 16 cells.aks) -
}

@test "imports of boxes that leave nothing say which choice did" {
  voc=${AKIDA_DATA:-$BATS_TEST_DIRNAME/../../../shared/data}/detection/bccd_voc
  [ -d "$voc" ] || skip "AKIDA_DATA names no folder with detection"
  none="akida-data: error: $voc/Annotations: none of 20 images is left: 357 objects"
  hint="--keep-empty takes images without objects"
  fails 1 "$none are of no wanted class (--class-names); $hint" \
    akida-data import voc "$voc"/{Annotations,JPEGImages} --size 8 --class-names <(echo cat) -o a.aks
  fails 1 "$none cover too little (--min-area); $hint" \
    akida-data import voc "$voc"/{Annotations,JPEGImages} --size 8 --min-area 0.9 -o a.aks
  fails 1 "akida-data: error: $voc/Annotations: 20 images fill no batch of 21 (--drop-remainder)" \
    akida-data import voc "$voc"/{Annotations,JPEGImages} --size 8 --drop-remainder 21 -o a.aks
  fails 1 "akida-data: error: stdin: no images in it" akida-data import widerface - . --size 8 -o a.aks </dev/null
  [ ! -e a.aks ]
}

@test "boxes are cut at the border of their image" {
  printf 'P2 4 2 9\n1 1 1 1 1 1 1 1\n' >a.pgm
  printf 'a.pgm\n4\n-1 -1 3 2\n2 1 9 9\n4 0 1 1\n0 0 4 2\n' >faces
  akida-data import widerface --min-area 0 --size 8,4 faces . -o a.aks 2>err
  [ "$(cat err)" = "akida-data: warning: faces: boxes that reach beyond their images: 2 cut, 1 left out" ]
  akida-data show --json a.aks >shown
  [ "$(json shown '[b["box"] for b in o["first_samples"][0]["label"]]')" = \
    "[[0.0, 0.0, 4.0, 2.0], [4.0, 2.0, 8.0, 4.0], [0.0, 0.0, 8.0, 4.0]]" ]
}

@test "streams of images are resized with their labels and boxes" {
  printf 'P2 4 2 9\n1 2 3 4 5 6 7 8\n' >a.pgm
  printf 'a.pgm\n1\n1 0 2 2\n' >faces
  akida-data import widerface --size 4,2 --grey faces . | akida-data resize --size 8,6 >a.aks
  akida-data show --json a.aks >shown
  [ "$(json shown '[b["box"] for b in o["first_samples"][0]["label"]]')" = "[[2.0, 0.0, 6.0, 6.0]]" ]
  [ "$(json shown 'o["header"]["class_names"]')" = "['face']" ]
  fails 1 "akida-data: error: a.aks: its boxes can only be stretched with their images" \
    akida-data resize --size 2 --fit crop a.aks -o b.aks
  akida-data import images --label 3 a.pgm | akida-data resize --rgb --size 2 | akida-data show >shown
  grep -q 'width 2  height 2  channels 3  labels class' shown && grep -q 'id a.pgm  label 3 ' shown
  numpy "np.save('x.npy', np.zeros((2, 3, 4), 'f4'))"
  fails 1 "akida-data: error: stdin: its samples are no images (u8, 1 or 3 channels)" \
    akida-data resize --size 2 -o b.aks < <(akida-data import npy x.npy)
  fails 2 "akida-data: error: needs --size, --grey or --rgb" akida-data resize a.aks -o b.aks
  [ ! -e b.aks ]
}

@test "WIDER FACE annotations are imported with faces that are large enough" {
  wider=${AKIDA_DATA:-$BATS_TEST_DIRNAME/../../../shared/data}/detection/widerface
  [ -d "$wider" ] || skip "AKIDA_DATA names no folder with detection"
  { printf 'P5 1200 900 255\n'; head -c 1080000 /dev/zero; } > 1.jpg
  akida-data import widerface "$wider"/*.txt . --size 120,90 --min-area 0 -o all.aks
  akida-data show --json all.aks > shown
  numpy 'import json
shown = json.load(open("shown"))
boxes = shown["first_samples"][0]["label"]
assert len(boxes) == 15 and boxes[0]["box"] == [4.6, 17, 7.4, 20.1], boxes[0]'
  fails 1 "akida-data: error: ./x.jpg: cannot open: No such file or directory" \
    akida-data import widerface <(printf 'x.jpg\n1\n1 2 30 40\n') . --size 4,4 -o b.aks
}
