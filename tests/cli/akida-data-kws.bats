# akida-data on recorded words: features, which-set, import kws, scale.

load common

setup() {
  sounds=$BATS_TEST_DIRNAME/../../testdata/sounds
  cd "$BATS_TEST_TMPDIR"
}

# With numpy and tests/acceptance/numpy_speech.py.
numpy() {
  command -v /usr/bin/python3 >/dev/null && /usr/bin/python3 -c 'import numpy' 2>err || skip "no numpy"
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$BATS_TEST_DIRNAME/../acceptance /usr/bin/python3 -c "
import numpy as np, numpy_speech as speech
$1"
}

# words FOLDER WORD...: a folder of 4 recordings of each word.
words() {
  local folder=$1 word i
  shift
  for word in "$@"; do
    mkdir -p "$folder/$word"
    for i in 0 1 2 3; do cp "$sounds/tone.wav" "$folder/$word/${word}_nohash_$i.wav"; done
  done
}

@test "features are numpy's, from files and pipes, in every form" {
  options="--rate 8000 --clip 50 --window 16 --stride 8 --bins 12"
  akida-data features $options "$sounds/tone.wav" >text
  akida-data features $options --format npy - <"$sounds/tone.flac" >a.npy
  akida-data features $options --format aks -o a.aks "$sounds/tone.wav"
  akida-data to-npy a.aks -o b.npy
  numpy "
clip = speech.read_wav('$sounds/tone.wav')[0]
want = speech.mfcc(clip, 8000, 128, 64, 12)
for got in np.loadtxt('text'), np.load('a.npy')[:, :, 0], np.load('b.npy')[0, :, :, 0]:
    assert got.shape == (5, 12), got.shape
    assert (abs(got - want) <= 1e-5 * np.maximum(1, abs(want))).all()"
  akida-data show a.aks | grep -q '^index 0  id tone.wav  '
}

@test "a spectrogram is numpy's" {
  akida-data features --features spectrogram --rate 8000 --clip 50 --format npy -o a.npy "$sounds/float.wav"
  numpy "
want = speech.power_spectra(speech.read_wav('$sounds/tone.wav')[0], 240, 160)
got = np.load('a.npy')[:, :, 0]
assert got.shape == want.shape == (2, 129)
assert (abs(got - want) <= 1e-5 * np.maximum(1, want)).all()"
}

@test "the defaults give 49 rows of 10, whatever the rate of the sound" {
  [ "$(akida-data features "$sounds/stereo24.wav" | wc -l)" -eq 49 ]
  akida-data features "$sounds/tone.ogg" | awk 'NF != 10 { exit 1 }'
}

@test "which-set prints what hashlib says" {
  printf '%s\n' yes/0a_nohash_0.wav no/0a_nohash_7.wav b.wav c.wav d.wav e.wav f.wav >names
  akida-data which-set --validation 30 --testing 30 - <names >got
  numpy "
for name in open('names').read().split():
    print(name, speech.which_set(name, 30, 30), sep='\t')" >want
  diff got want
  akida-data which-set --validation 30 --testing 30 $(cat names) | diff - want
  fails 2 "akida-data: error: 60 % for validation and 41 % for testing are not within 0..100 %" \
    akida-data which-set --validation 60 --testing 41 x
}

@test "words, silence and unknown words are classes" {
  words speech yes no cat dog
  akida-data import kws --words no,yes --silence 25 --unknown 50 speech | akida-data show -n 0 >shown
  diff shown - <<END
kind dense  type f32  width 10  height 49  channels 1  labels class  scale 1.0
class 0  _silence_
class 1  _unknown_
class 2  no
class 3  yes
samples 14  per class [2,4,4,4]
END
  printf 'yes\ncat\n' >names
  akida-data import kws --class-names names speech | akida-data show -n 0 | grep -q 'per class \[4,4\]'
  printf 'yes\nmaybe\n' >more
  akida-data import kws --class-names more speech | akida-data show -n 0 | grep -q 'per class \[4,0\]'
  akida-data import kws -v --class-names more speech/yes/yes_nohash_1.wav 2>err | akida-data show -n 0 | grep -q 'per class \[1,0\]'
  grep -qx "akida-data: info: no recordings of 'maybe'" err
  fails 1 "akida-data: error: no recordings of 'maybe', only of cat, dog, no, yes" \
    akida-data import kws --words maybe speech -o a.aks
  [ ! -e a.aks ]
}

@test "classes are named once, and some are named" {
  words speech yes no
  fails 2 "akida-data: error: --words: class 'yes' is named twice" akida-data import kws --words yes,no,yes speech
  fails 2 "akida-data: error: --words: class '_silence_' is named twice, it is there anyway" \
    akida-data import kws --words _silence_,yes speech
  fails 2 "akida-data: error: --words: '' has an empty word" akida-data import kws --words '' speech
  fails 2 "akida-data: error: --words: 'yes,' has an empty word" akida-data import kws --words yes, speech
  printf 'yes\nno\nyes\n' >names
  fails 1 "akida-data: error: class 'yes' is named twice" akida-data import kws --class-names names speech
  : >names
  fails 1 "akida-data: error: names: no class names in it" akida-data import kws --class-names names speech
}

@test "options that leave nothing, or do nothing, are refused" {
  words speech yes no
  fails 2 "akida-data: error: --set testing needs --testing, the share of the recordings that is in it" \
    akida-data import kws --set testing speech
  fails 1 "akida-data: error: none of 8 recordings is left by --only and --except" \
    akida-data import kws --only yes_ --except yes_ speech
  fails 1 "akida-data: error: offset 5000 leaves none of 8 samples" akida-data import kws --offset 5000 speech
  fails 2 "akida-data: error: an offset with a count is for validation and testing: from the training set recordings are drawn at random" \
    akida-data import kws --offset 1 --count 2 speech
  fails 1 "akida-data: error: speech: --label-from-name '^([0-9])_' matches none of 8 names, as 'yes/yes_nohash_3.wav'" \
    akida-data import kws --label-from-name '^([0-9])_' speech
  fails 2 "akida-data: error: --noise-frequency has no effect without --noise-volume" \
    akida-data import kws --noise-frequency 1 speech
  fails 2 "akida-data: error: --noise-volume has no effect without --noise-frequency" \
    akida-data import kws --noise-volume 1 speech
  fails 2 "akida-data: error: --noise has no effect without --silence or --noise-frequency" \
    akida-data import kws --noise speech speech
  fails 1 "akida-data: error: speech: no folder _background_noise_ in it to take noise from; name one" \
    akida-data import kws --noise-frequency 1 --noise-volume 1 speech
}

@test "archives hold recordings as folders do, in their own order" {
  words speech yes no
  cp "$sounds/tone.wav" speech/beside.wav
  mkdir speech/_background_noise_
  cp "$sounds/tone.wav" speech/_background_noise_/hum.wav
  tar -C speech --sort=name -czf speech.tar.gz .
  (cd speech && /usr/bin/python3 -m zipfile -c ../speech.zip no yes)
  options="--rate 8000 --clip 40"
  akida-data import kws $options speech >folder.aks
  for archive in speech.tar.gz speech.zip; do
    akida-data import kws $options $archive >archive.aks
    akida-data show --all archive.aks | grep '^index' | sed 's/index [0-9]* *//' >got
    akida-data show --all folder.aks | grep '^index' | sed 's/index [0-9]* *//' | sort | diff - got
  done
  options="$options --silence 25 --class-names names --noise-frequency 1 --noise-volume 1 --seed 1"
  printf '_silence_\nno\nyes\n' >names
  akida-data import kws $options speech.tar.gz | akida-data to-npy >archive.npy
  akida-data import kws --noise speech/_background_noise_ $options speech.tar.gz | akida-data to-npy | cmp - archive.npy
  akida-data import kws --validation 60 --set validation speech.tar.gz | akida-data show --all | grep -o 'id [^ ]*' >one
  akida-data import kws --validation 60 --set validation speech | akida-data show --all | grep -o 'id [^ ]*' | sort | diff - one
  akida-data import kws --count 9 speech.tar.gz | akida-data show -n 0 | grep -q '^samples 9 '
  fails 2 "akida-data: error: -: recordings cannot come from a pipe: they are looked through before they are read" \
    akida-data import kws - <speech.tar.gz
  head -c 300 speech.tar.gz >short.tar.gz
  expect 1 akida-data import kws short.tar.gz
}

@test "names, lists and expressions select recordings" {
  words speech yes no
  mkdir digits
  for name in 3_ann_0 4_ann_1 3_bob_0; do cp "$sounds/tone.wav" "digits/$name.wav"; done
  akida-data import kws --label-from-name '^([0-9])_' --only _ann_ digits | akida-data show --all >shown
  grep -q 'samples 2  per class \[1,1\]' shown
  grep -q 'id 3_ann_0.wav  label 0' shown
  akida-data import kws --label-from-name '^([0-9])_' --except _ann_ digits |
    akida-data show | grep -q 'samples 1  per class \[1,0\]'
  printf 'digits/3_bob_0.wav\tthree\nspeech/no/no_nohash_1.wav\tno\n' >list
  akida-data import kws --list list | akida-data show --all | sed -n 's/.*id \(.*\)  label \([0-9]\).*/\1 \2/p' >got
  diff got - <<END
digits/3_bob_0.wav 1
speech/no/no_nohash_1.wav 0
END
  fails 2 "akida-data: error: needs either folders of recordings or --list" akida-data import kws
  fails 2 "akida-data: error: --label-from-name: '[0-9]_' has no group (in parentheses)" \
    akida-data import kws --label-from-name '[0-9]_' digits
}

@test "equal seeds give equal streams on any number of threads" {
  words speech yes no
  mkdir noise
  options="--augmented 5 --time-shift 10 --rate 8000 --noise noise --noise-frequency 0.5 --noise-volume 0.2"
  cp "$sounds/tone.wav" noise/hum.wav
  akida-data import kws $options --clip 40 --seed 3 -j 1 speech -o a.aks
  akida-data import kws $options --clip 40 --seed 3 -j 2 speech -o b.aks
  cmp a.aks b.aks
  akida-data import kws $options --clip 40 --seed 4 speech -o c.aks
  ! cmp -s a.aks c.aks
  akida-data show -n 0 a.aks | grep -q 'samples 40'
  fails 1 "akida-data: error: noise/hum.wav: noise has 400 samples at rate 8000, not more than the 400 of a clip" \
    akida-data import kws $options --clip 50 speech
}

@test "sets are disjoint and complete" {
  words speech a b c d e f g h
  for set in training validation testing; do
    akida-data import kws --set $set --validation 30 --testing 30 speech | akida-data show --all |
      sed -n 's/.*id \([^ ]*\) .*/\1/p' >$set
    akida-data which-set --validation 30 --testing 30 - <$set | grep -vP "\t$set\$" && return 1
  done
  [ "$(cat training validation testing | sort -u | wc -l)" -eq 32 ]
  [ "$(cat training validation testing | wc -l)" -eq 32 ]
}

@test "scale takes numpy's percentiles and gives them to other streams" {
  words speech yes no
  akida-data import kws speech -o a.aks
  akida-data to-npy a.aks -o a.npy
  akida-data scale a.aks --save range.json -o b.aks
  akida-data scale --percentiles 0.5,99.5 - <a.aks | cmp - b.aks
  akida-data scale a.aks --from range.json | cmp - b.aks
  akida-data to-npy b.aks -o b.npy
  akida-data show --json b.aks >shown
  numpy "
import json
saved = json.load(open('range.json'))
x = np.load('a.npy').astype(float)
low, high = np.percentile(x, [0.5, 99.5])
assert np.allclose([saved['low'], saved['high']], [low, high], rtol=1e-12)
want = np.round((np.clip(x, low, high) - low) * 255 / (high - low))
got = np.load('b.npy')
assert got.dtype == np.uint8 and (got == want).all()
a, b = saved['input_scaling']
assert np.allclose((got - b) / a, low + got * (high - low) / 255)
assert np.float32(json.load(open('shown'))['header']['scale']) == np.float32((high - low) / 255)"
  akida-data scale --range -100,155 a.aks | akida-data show -n 0 | grep -q 'type u8 .* scale 1.0$'
  akida-data scale -v --range -100,155 a.aks 2>err >/dev/null
  grep -q 'input scaling 1,100' err
}

@test "scale refuses what it cannot scale" {
  words speech yes
  akida-data import kws speech -o a.aks
  akida-data scale a.aks -o b.aks
  fails 1 "akida-data: error: b.aks: its samples are not f32" akida-data scale b.aks
  fails 2 "akida-data: error: --range '3' is not two numbers with a comma between" akida-data scale --range 3 a.aks
  for range in 3,3 1,0 nan,1; do
    fails 2 "akida-data: error: --range: range ${range/,/..} is none: the first has to be below the second" \
      akida-data scale --range $range absent.aks
  done
  fails 2 "akida-data: error: --percentiles: range 9..1 is none: the first has to be below the second" \
    akida-data scale --percentiles 9,1 absent.aks
  head -c 3000 a.aks >short.aks
  fails 1 "akida-data: error: short.aks: offset 65: stream is truncated: payload needs 7960 bytes, 2935 remain" akida-data scale short.aks
  akida-data head -n 0 a.aks -o none.aks
  fails 1 "akida-data: error: none.aks: no values to take percentiles of" akida-data scale none.aks
  echo '{"low": 1}' >half
  fails 1 "akida-data: error: half: no JSON object with a number 'high'" akida-data scale --from half a.aks
  echo '{"low": 1, "high": 1e999}' >half
  fails 1 "akida-data: error: half: no JSON, or a number in it exceeds what float64 holds" akida-data scale --from half a.aks
}

@test "what is no sound, or none of the options, is refused" {
  fails 1 "akida-data: error: $sounds/truncated.wav: offset 500: file is truncated, it says it has 844 bytes" \
    akida-data features "$sounds/truncated.wav"
  echo text >text
  fails 1 "akida-data: error: text: offset 0: neither WAV nor FLAC nor Ogg" akida-data features text
  fails 2 "akida-data: error: number of bins 50 is outside 1..40" akida-data features --bins 50 "$sounds/tone.wav"
  fails 2 "akida-data: error: --bins has no effect on a spectrogram" \
    akida-data features --features spectrogram --bins 5 "$sounds/tone.wav"
  fails 2 "akida-data: error: --log-floor: inf is not a finite number" \
    akida-data features --log-floor inf "$sounds/tone.wav"
  mkdir empty
  fails 1 "akida-data: error: empty: no recordings found; put WAV, FLAC or Ogg files into a folder per word there, nothing is downloaded" \
    akida-data import kws empty
  fails 1 "akida-data: error: none: no such file or folder; put WAV, FLAC or Ogg files into a folder per word there, nothing is downloaded" \
    akida-data import kws none
}

@test "spoken digits are 3,000 recordings of 10 classes" {
  AKIDA_DATA=${AKIDA_DATA:-$BATS_TEST_DIRNAME/../../../shared/data}
  [ -d "$AKIDA_DATA/fsdd" ] || skip "AKIDA_DATA names no folder with fsdd"
  akida-data import kws --label-from-name '^([0-9])_' --only '_[0-4]\.wav' "$AKIDA_DATA/fsdd/recordings" |
    akida-data show -n 0 | grep -q 'samples 300  per class \[30,30,30,30,30,30,30,30,30,30\]'
}
