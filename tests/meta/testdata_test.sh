#!/bin/sh
# testdata_test - the generated files in testdata are what their generators write.
#
# usage: testdata_test.sh TESTDATA
set -eu
"$1/arch/mnist_edge.py" | cmp - "$1/arch/mnist_edge.yaml"
"$1/boundaries/make.py" | cmp - "$1/boundaries/boundaries.tsv"
"$1/checkpoints/make.py" | cmp - "$1/checkpoints/small.ckpt"
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
mkdir "$made/image-sets" "$made/events" "$made/arrays"
"$1/image-sets/make.py" "$made/image-sets"
for set in archives cifar-10 cifar-100 tfrecord; do diff -r "$made/image-sets/$set" "$1/image-sets/$set"; done
"$1/events/make.py" "$made/events"
"$1/arrays/make.py" "$made/arrays"
for file in "$made"/events/* "$made"/arrays/*; do cmp "$file" "$1${file#"$made"}"; done
