#!/bin/bash
# fuzz_test - every fuzz target for a minute finds nothing.
#
# usage: fuzz_test.sh ROOT BUILD
set -euo pipefail
if ! command -v clang++ >/dev/null; then
  echo "skipped: no clang++ (apt-get install clang libomp-dev)"
  exit 77
fi
unset CC CXX  # of the build that this test belongs to
exec "$1/scripts/fuzz" -C "$2" -s 60
