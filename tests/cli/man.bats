# Manual pages against the tools: neither may know an option that the other does not.
load common

# Long options in the help of a tool and all its verbs.
options_of_help() {
  local command
  while IFS= read -r command; do $command --help; done < <(commands_of "$1") |
    grep -oE '^ +(-[A-Za-z],)?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u
}

# Options that the manual page sets in bold; the common ones may be there by their letters alone.
options_of_page() {
  grep -oE -- '\*--?[A-Za-z-]+' "$AKIDA_SOURCE/man/$1.1.scd" | tr -d '*' |
    sed 's/^-q$/--quiet/; s/^-v$/--verbose/; s/^-h$/--help/; s/^-V$/--version/' | grep '^--' | sort -u
}

@test "help and manual page list the same options" {
  for tool in akida-build akida-check-hw akida-data akida-run akida-stats; do
    diff <(options_of_help $tool) <(options_of_page $tool)
  done
}

@test "help and manual page list the same verbs" {
  for tool in akida-build akida-run akida-stats; do
    diff <(verbs_of $tool | sort) \
      <(sed -n '/^# DESCRIPTION/,/^# OPTIONS/p' "$AKIDA_SOURCE/man/$tool.1.scd" |
        sed -n 's/^\*\([a-z-]*\)\*$/\1/p' | sort)
  done
}

@test "the examples of the manual pages work" {
  cat > architecture.yaml << 'END'
layers:
  - {type: InputData, input_width: 2, input_height: 1, input_channels: 3, input_bits: 1}
  - {type: FullyConnected, name: hidden, num_neurons: 6}
  - {type: FullyConnected, name: fc, num_neurons: 20}
END
  make_stream test.aks 1 2 3 <<< $'0 1 0 1 0 1 0\n1 0 1 0 1 0 1\n5 1 1 1 1 1 1'
  local tool line
  for tool in akida-build akida-run akida-stats; do
    while IFS= read -r line; do
      expect 0 bash -c "$line"
    done < <(sed -n '/^# EXAMPLES/,/^# SEE/p' "$AKIDA_SOURCE/man/$tool.1.scd" |
      sed -n 's/^\t\(akida-.*\)$/\1/p' | sed 's/++$//')
  done
}
