# akida-check-hw: findings as text and JSON, exit status 0 and 3.
load common

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  cat > fits.yaml << 'END'
layers:
  - {type: InputData, name: in, input_width: 16, input_height: 16, input_channels: 2}
  - {type: Convolutional, name: conv, kernel_width: 3, kernel_height: 3, num_neurons: 4,
     weights_bits: 2, threshold_fire_bits: 4}
END
  cat > pooled.yaml << 'END'
layers:
  - {type: InputData, name: in, input_width: 16, input_height: 16, input_channels: 2}
  - {type: Convolutional, name: conv, kernel_width: 3, kernel_height: 3, num_neurons: 4,
     weights_bits: 4, pooling_type: Max, pooling_width: 2, pooling_height: 2}
  - {type: FullyConnected, name: fc, num_neurons: 3}
END
  akida-build new -o fits.fbz fits.yaml
  akida-build new -o pooled.fbz pooled.yaml
}

@test "a network that fits gives no output and status 0" {
  for hw in v1 v2 1.0 all; do
    quiet akida-check-hw --hw "$hw" fits.fbz
  done
}

@test "findings are one line each, with status 3" {
  expect 3 akida-check-hw --hw v2 pooled.fbz
  [ "$output" = "conv: next_layer: FullyConnected (allowed on v2: Convolutional, SeparableConvolutional)" ]
  [ -z "$stderr" ]
}

@test "by default every version must hold" {
  expect 3 akida-check-hw pooled.fbz
  diff - <(echo "$output") << 'END'
conv: next_layer: FullyConnected (allowed on v1, v2, 1.0: Convolutional, SeparableConvolutional)
conv: weights_bits: 4 (allowed on v1: 1, 2)
fc: input_width: 8 (allowed on v1: 1)
fc: input_height: 8 (allowed on v1: 1)
END
}

@test "the model may come from standard input" {
  expect 3 akida-check-hw --hw v2 - < pooled.fbz
  quiet akida-check-hw --hw v2 - < fits.fbz
}

@test "--json is one object with every finding" {
  expect 3 akida-check-hw --json --hw v2 pooled.fbz
  echo "$output" > report
  [ "$(json report '[o[k] for k in ["tool", "kind", "model", "hardware", "compatible"]]')" = \
    "['akida-check-hw', 'hardware-check', 'pooled.fbz', 'v2', False]" ]
  [ "$(json report 'o["findings"] == [{"layer": "conv", "index": 1, "rule": "next_layer",
    "value": "FullyConnected", "allowed": "Convolutional, SeparableConvolutional",
    "hardware": "v2"}]')" = True ]
  expect 0 akida-check-hw --json fits.fbz
  echo "$output" > report
  [ "$(json report 'o["compatible"], o["findings"]')" = "(True, [])" ]
}

@test "an unknown version is misuse and named" {
  expect 2 akida-check-hw --hw v9 fits.fbz
  [ -z "$output" ]
  [[ $stderr == *v9* ]]
}
