# Damaged files through the tools: a message and status 1, or content that did not change.
load common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  akida-build new --seed 1 -o m.fbz - <<< '{layers: [{type: InputData, input_width: 4, input_height: 4,
    input_channels: 1, input_bits: 4}, {type: FullyConnected, name: fc, num_neurons: 9, weights_bits: 4,
    threshold_fire_bits: 4}]}'
  for i in {1..30}; do
    echo "$((i % 9)) 0 $((i % 16)) 3 15 0 0 1 2 $((i * 7 % 16)) 0 4 5 9 0 0 $((i * 3 % 16))"
  done | make_stream data.aks 4 4 1
}

# damage FILE CASE: writes file `damaged`, a prefix (even cases) or one byte changed (odd ones).
damage() {
  /usr/bin/python3 -c '
import random, sys
data = bytearray(open(sys.argv[1], "rb").read())
case = random.Random(int(sys.argv[2]))
at = case.randrange(len(data))
if int(sys.argv[2]) % 2:
    data[at] ^= case.randrange(1, 256)
else:
    data = data[:at]
open("damaged", "wb").write(data)' "$1" "$2"
}

# survives EXPECTED COMMAND...: status 1 with one line of message, or the expected standard output.
survives() {
  local expected=$1 code=0
  shift
  "$@" > out 2> err || code=$?
  if [ $code -eq 0 ]; then
    cmp out "$expected"
  else
    [ $code -eq 1 ] && [ "$(wc -l < err)" -eq 1 ] && grep -q '^akida-[a-z]*: error: damaged: ' err
  fi || { echo "status $code: $*" >&2; cat err >&2; return 1; }
}

@test "100 damaged models are refused or mean the same" {
  akida-build get m.fbz fc.weights > expected
  for case in {1..100}; do
    damage m.fbz $case
    survives expected akida-build get damaged fc.weights
  done
}

@test "100 damaged streams are refused or mean the same" {
  akida-run forward --format json m.fbz data.aks > expected
  for case in {1..100}; do
    damage data.aks $case
    survives expected akida-run forward --format json m.fbz damaged
  done
}
