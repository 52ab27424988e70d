#!/bin/bash
# A program outside the tree compiles and runs against the installed library.
#
# usage: install_test.sh BUILD SOURCE PREFIX CXX...   (PREFIX as configured, CXX the compiler)
set -euo pipefail
build=$1 source=$2 prefix=$3
shift 3

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
DESTDIR=$stage meson install -C "$build" --no-rebuild --quiet

pc=$(find "$stage" -name akida.pc)
[ -n "$pc" ] || { echo "akida.pc is not installed" >&2; exit 1; }
export PKG_CONFIG_PATH=${pc%/*}
read -ra flags < <(pkg-config --define-variable=prefix="$stage$prefix" --static --cflags --libs akida)
"$@" -std=c++20 "$source" -o "$stage/consumer" "${flags[@]}"
"$stage/consumer"

for tool in "$stage$prefix"/bin/akida-*; do
  [ -e "$tool" ] || continue
  "$tool" --version >/dev/null
done
