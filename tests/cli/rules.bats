# The command line rules that all tools share.
load common

tools=(akida-build akida-check-hw akida-convert akida-data akida-quantize akida-run akida-score akida-stats akida-train)

@test "help that was asked for goes to standard output with status 0, for every verb" {
  for tool in "${tools[@]}"; do
    while IFS= read -r command; do
      for flag in -h --help; do
        expect 0 $command $flag
        [[ $output == *"Usage: $command "* ]]
        [ -z "$stderr" ]
      done
    done < <(commands_of "$tool")
  done
}

@test "the version is printed on standard output" {
  for tool in "${tools[@]}"; do
    expect 0 "$tool" -V
    [[ $output =~ ^$tool\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
    expect 0 "$tool" --version
  done
}

@test "misuse is status 2 with one line on standard error and nothing on standard output" {
  local lines=(
    "akida-build" "akida-run" "akida-stats" "akida-run walk" "akida-run predict"
    "akida-run predict --colour m.fbz" "akida-run predict -j x m.fbz" "akida-run predict -j 9999 m.fbz"
    "akida-run predict m.fbz a.aks b.aks" "akida-run predict --cpu-mask sse9 m.fbz"
    "akida-run predict --format xml m.fbz" "akida-run predict --classes 0 m.fbz"
    "akida-run predict --observe x m.fbz" "akida-run predict --observe x:y=z m.fbz"
    "akida-run fit --label 1 --unlabelled m.fbz" "akida-run predict --progress --no-progress m.fbz"
    "akida-run predict - -" "akida-run fit - -" "akida-stats statistics - -" "akida-build add - -"
    "akida-build set - fc.weights=-" "akida-build set m.fbz fc.weights" "akida-build set m.fbz weights=1"
    "akida-build compile m.fbz" "akida-build compile --num-weights 2 --min-plasticity 1.5 m.fbz"
    "akida-build compile --num-weights 2 --rule odd m.fbz" "akida-build add-classes m.fbz 0"
    "akida-build get m.fbz weights" "akida-build new --seed 18446744073709551616 a.yaml"
    "akida-build new --seed -1 a.yaml" "akida-stats layer m.fbz"
    "akida-run predict --accuracy -o - m.fbz a.aks" "akida-run fit --accuracy m.fbz a.aks"
    "akida-run predict --json m.fbz a.aks" "akida-run fit --format json -o x.fbz m.fbz a.aks"
    "akida-run -j 2 predict m.fbz a.aks" "akida-build new --sed 3 a.yaml"
    "akida-run fit --outputs - m.fbz a.aks" "akida-run forward --observe a:spikes=- m.fbz a.aks"
  )
  for line in "${lines[@]}"; do
    expect 2 $line < /dev/null
    [ -z "$output" ] || { echo "$line: $output" >&2; false; }
    [[ $stderr == "${line%% *}: error: "* ]] || { echo "$line: $stderr" >&2; false; }
    [[ $stderr != *$'\n'* && $stderr != *. ]] || { echo "$line: $stderr" >&2; false; }
  done
}

@test "a file that is missing or of another format is status 1 and named" {
  echo junk > junk
  for line in "akida-stats summary" "akida-run predict" "akida-build pop" "akida-build new"; do
    expect 1 $line no-such-file
    [[ $stderr == "${line%% *}: error: no-such-file: "* ]]
    expect 1 $line junk
    [[ $stderr == "${line%% *}: error: junk: "* ]]
    [ -z "$output" ]
  done
}

@test "verbosity: -q leaves errors, -v adds what was done" {
  akida-build new -o m.fbz - <<< '{layers: [{type: InputData, input_width: 2, input_height: 1,
    input_channels: 1, input_bits: 1}, {type: FullyConnected, num_neurons: 2}]}'
  akida-build compile --num-weights 1 --num-classes 2 -o m.fbz m.fbz
  make_stream data.aks 1 2 1 <<< $'0 1 0\n7 0 1'
  expect 0 akida-run fit -o out.fbz m.fbz data.aks
  [[ $stderr == "akida-run: warning: 1 of 2 samples taught nothing"* ]]
  expect 0 akida-run fit -q -o out.fbz m.fbz data.aks
  [ -z "$stderr" ]
  expect 0 akida-run fit -v -o out.fbz m.fbz data.aks
  [[ $stderr == *"akida-run: info: 2 samples"* ]]
}

@test "a progress bar comes only when asked for where standard error is no terminal" {
  akida-build new -o m.fbz - <<< '{layers: [{type: InputData, input_width: 2, input_height: 1,
    input_channels: 1, input_bits: 1}]}'
  make_stream data.aks 1 2 1 <<< '- 1 0'
  quiet akida-run forward -o out.aks m.fbz data.aks
  expect 0 akida-run forward --progress -o out.aks m.fbz data.aks
  [[ $stderr == *"akida-run: "*samples* ]]
}
