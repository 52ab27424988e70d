# The examples of the manual pages; tests/meta compares their options and verbs with the tools.
load common

@test "the examples of the manual pages work" {
  cat > architecture.yaml << 'END'
layers:
  - {type: InputData, input_width: 2, input_height: 1, input_channels: 3, input_bits: 1}
  - {type: FullyConnected, name: hidden, num_neurons: 6}
  - {type: FullyConnected, name: fc, num_neurons: 20}
END
  cat > qcnn.yaml << 'END'
layers:
  - {type: Input, shape: [1, 2, 3]}
  - {type: Conv2D, filters: 2, kernel_size: [1, 2], kernel_quantizer: {kind: max_per_axis, bits: 4}}
END
  akida-build new -o qcnn.fbz qcnn.yaml
  make_stream test.aks 1 2 3 <<< $'0 1 0 1 0 1 0\n1 0 1 0 1 0 1\n5 1 1 1 1 1 1'
  cp "$AKIDA_SOURCE"/testdata/fashion-mnist/train-*.gz .
  mkdir -p photos/a
  cp "$AKIDA_SOURCE"/testdata/images/rgb.png photos/a
  cp "$AKIDA_SOURCE"/testdata/meshes/tree.zip ModelNet40.zip
  cp "$AKIDA_SOURCE"/testdata/events/plain.aedat4 recording.aedat4
  for i in $(seq 0 1199); do echo "$((i % 128)),$((i / 128)),$((i % 2))"; done > dvs.csv
  mkdir -p speech_commands/{yes,no,up} recordings
  for file in speech_commands/{yes,no,up}/{0,2} recordings/{1_ann_0,2_theo_0}; do  # 2: for testing
    cp "$AKIDA_SOURCE"/testdata/sounds/tone.wav "$file.wav"
  done
  local tool line
  for tool in akida-build akida-convert akida-data akida-run akida-stats; do
    while IFS= read -r line; do
      expect 0 bash -c "$line"
    done < <(sed -n '/^# EXAMPLES/,/^# SEE/p' "$AKIDA_SOURCE/man/$tool.1.scd" |
      sed -n 's/^\t\(akida-.*\)$/\1/p' | sed 's/++$//')
  done
}
