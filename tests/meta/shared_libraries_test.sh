#!/bin/bash
# Every tool links only what it uses, so that it starts in milliseconds. TAP.
#
# usage: shared_libraries_test.sh TOOL...
set -euo pipefail

# Shared libraries a tool may need besides the C and C++ runtime.
allowed() {
  case "$1" in
    akida-data) echo 'archive fmt gomp jpeg lz4 png16 pugixml sndfile spdlog z zstd' ;;
    akida-convert | akida-quantize | akida-run-cnn | akida-train) echo 'dnnl fmt gomp spdlog zstd' ;;
    akida-build) echo 'fmt gomp spdlog yaml-cpp zstd' ;;
    akida-build-pretrained) echo 'curl fmt gomp spdlog yaml-cpp zstd' ;;
    akida-score) echo 'fmt gomp jpeg png16 spdlog z zstd' ;;
    *) echo 'fmt gomp spdlog zstd' ;;
  esac
}

echo "1..$#"
number=0
failed=0
for tool in "$@"; do
  number=$((number + 1))
  name=${tool##*/}
  extra=
  needed=$(readelf -d "$tool" | sed -n 's/.*(NEEDED).*\[lib\(.*\)\.so.*/\1/p')
  for library in $needed; do
    case " c m gcc_s stdc++ $(allowed "$name") " in
      *" $library "*) ;;
      *) extra="$extra $library" ;;
    esac
  done
  if [ -z "$extra" ]; then
    echo "ok $number - $name needs" $needed
  else
    echo "not ok $number - $name needs$extra"
    failed=1
  fi
done
exit $failed
