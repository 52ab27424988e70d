# What the command-line tests share. Meson puts the tools into PATH and sets AKIDA_SOURCE, the checkout.

bats_require_minimum_version 1.5.0

setup() {
  cd "$BATS_TEST_TMPDIR" || return 1
}

# Runs a command with its streams apart: sets status, output and stderr.
run_apart() {
  run --separate-stderr "$@"
}

# expect STATUS COMMAND...: runs it and shows what it said where the status is another one.
expect() {
  local expected=$1
  shift
  run_apart "$@"
  if [ "$status" -ne "$expected" ]; then
    printf 'status %s instead of %s: %s\n%s\n%s\n' "$status" "$expected" "$*" "$output" "$stderr" >&2
    return 1
  fi
}

# fails STATUS MESSAGE COMMAND...: the exit status and the whole of standard error, nothing on stdout.
fails() {
  local status=$1 message=$2
  shift 2
  local got=0
  "$@" >out 2>err || got=$?
  [ "$got" -eq "$status" ] || { echo "exit $got: $(cat err)"; return 1; }
  [ ! -s out ] || { echo "stdout is not empty"; return 1; }
  [ "$(cat err)" = "$message" ] || { cat err; return 1; }
}

# quiet COMMAND...: it succeeds and says nothing at all.
quiet() {
  expect 0 "$@" && [ -z "$output" ] && [ -z "$stderr" ]
}

# make_stream FILE HEIGHT WIDTH CHANNELS [--classes NAMES]: samples from standard input, one a line,
# "LABEL VALUE...", written without the suite's own code.
make_stream() {
  /usr/bin/python3 "$AKIDA_SOURCE/tests/cli/make_stream.py" "$@"
}

# json FILE EXPRESSION: prints a Python expression over the JSON object `o` of a file.
json() {
  /usr/bin/python3 -c 'import json, sys; o = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' \
    "$1" "$2"
}

# verbs_of COMMAND...: the verbs that its help lists.
verbs_of() {
  "$@" --help | sed -n '/^Subcommands:/,/^$/p' | awk 'NR > 1 && NF { print $1 }'
}

# commands_of COMMAND...: it and all its verbs, one a line.
commands_of() {
  local verb
  echo "$*"
  for verb in $(verbs_of "$@"); do commands_of "$@" "$verb"; done
}
