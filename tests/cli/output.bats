# Where data goes: pipes, terminals, full disks, signals.
load common

architecture='{layers: [{type: InputData, input_width: 4, input_height: 4, input_channels: 1,
  input_bits: 1}, {type: FullyConnected, name: fc, num_neurons: 3, weights_bits: 2}]}'

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
  akida-build new --seed 1 -o m.fbz - <<< "$architecture"
  make_stream data.aks 4 4 1 < <(for i in {1..20}; do
    echo "$((i % 3)) $((i & 1)) $((i >> 1 & 1)) $((i >> 2 & 1)) 1 0 1 0 1 1 1 0 0 1 0 1 1"
  done)
}

@test "a model and samples may come from pipes, and results go into them" {
  akida-run predict m.fbz data.aks > expected
  [ "$(wc -l < expected)" -eq 20 ]
  cat data.aks | akida-run predict m.fbz > by-default
  cat data.aks | akida-run predict m.fbz - > by-name
  cat m.fbz | akida-run predict - data.aks > model-piped
  cmp expected by-default
  cmp expected by-name
  cmp expected model-piped
  akida-build new --seed 1 - <<< "$architecture" | akida-build pop - | akida-stats summary - > summary
  grep -q input_data_0 summary
  akida-run forward -o levels.aks m.fbz data.aks
  akida-run forward m.fbz < data.aks | cmp - levels.aks
}

@test "equal commands give equal bytes, whatever the names of folders" {
  mkdir -p elsewhere
  cp data.aks elsewhere/
  akida-build new --seed 1 -o again.fbz - <<< "$architecture"
  cmp m.fbz again.fbz
  akida-build compile --num-weights 2 -o learner.fbz <(akida-build new -  <<< "${architecture/weights_bits: 2/weights_bits: 1}")
  akida-run fit --unlabelled -o a.fbz learner.fbz data.aks
  akida-run fit --unlabelled -o b.fbz learner.fbz elsewhere/data.aks
  cmp a.fbz b.fbz
}

@test "a full disk is status 1 for data, reports, help and version" {
  for line in "akida-run predict m.fbz data.aks" "akida-run forward m.fbz data.aks" \
    "akida-build pop m.fbz" "akida-build get m.fbz fc.weights" "akida-stats summary m.fbz" \
    "akida-stats statistics m.fbz data.aks" "akida-stats backends --json" "akida-run --help" \
    "akida-build -V"; do
    run bash -c "$line 2>err >/dev/full"
    [ "$status" -eq 1 ] || { echo "$line: $status" >&2; false; }
    grep -q "^${line%% *}: error: .*[Nn]o space left" err || { echo "$line: $(< err)" >&2; false; }
  done
}

@test "a closed pipe ends a tool quietly with SIGPIPE, even where the parent ignores it" {
  for ignore in true "trap '' PIPE"; do
    run bash -c "$ignore; set -o pipefail
      { sleep 0.3; akida-build get m.fbz fc.weights 2>err; echo \$? > code; } | true"
    [ "$(< code)" -eq 141 ]
    [ ! -s err ]
  done
}

@test "binary data is not written to a terminal, text is" {
  script -qec true /dev/null < /dev/null > /dev/null 2>&1 || skip "no pseudo-terminals here"
  for line in "akida-build pop m.fbz" "akida-run forward m.fbz data.aks" \
    "akida-run predict --format npy m.fbz data.aks" "akida-build get --format npy m.fbz fc.weights" \
    "akida-run fit m.fbz data.aks" "akida-run predict -o x --observe fc:spikes=- m.fbz data.aks"; do
    run script -qec "$line" /dev/null < /dev/null
    [ "$status" -eq 2 ] || { echo "$line: $status $output" >&2; false; }
    [[ $output == *terminal* ]]
  done
  run script -qec "akida-run predict m.fbz data.aks" /dev/null < /dev/null
  [ "$status" -eq 0 ]
  [ "${#lines[@]}" -eq 20 ]
}

@test "a failed command leaves neither a target nor a temporary, and an old target as it was" {
  echo old > target
  truncate -s -1 data.aks
  expect 1 akida-run forward -o target m.fbz data.aks
  [ "$(< target)" = old ]
  expect 1 akida-run forward -o new m.fbz data.aks
  [ ! -e new ]
  [ -z "$(ls -A | grep tmp)" ]
}

@test "signals remove the temporary and are seen by the parent" {
  for signal in INT TERM HUP; do
    mkfifo fifo
    # env: background jobs of a shell ignore INT, and what nohup started ignores HUP.
    env --default-signal=INT,TERM,HUP akida-run forward -o target m.fbz fifo 2> err &
    local job=$!
    exec 7> fifo
    head -c 200 data.aks >&7
    for _ in {1..100}; do [ -z "$(ls -A | grep tmp)" ] || break; sleep 0.05; done
    ls -A | grep -q '^\.target\.tmp-'
    kill -$signal $job
    local code=0
    wait $job || code=$?
    exec 7>&-
    [ $code -eq $((128 + $(kill -l $signal))) ]
    [ ! -e target ]
    [ -z "$(ls -A | grep tmp)" ]
    [ ! -s err ]
    rm fifo
  done
}

@test "kill -9 during 200 writes never leaves a broken target" {
  for i in {1..200}; do
    akida-build set -o target.fbz m.fbz fc.threshold_fire=$i &
    local job=$!
    sleep "0.00$((RANDOM % 10))"
    kill -9 $job 2> /dev/null || true
    wait $job 2> /dev/null || true
    if [ -e target.fbz ]; then akida-build get target.fbz fc.threshold_fire > /dev/null; fi
  done
  # The loop above must have seen both writes that were cut short and writes that were not.
  akida-build set -o target.fbz m.fbz fc.threshold_fire=1
}
