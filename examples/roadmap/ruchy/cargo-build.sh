#!/bin/sh
# Transpiles a Ruchy program and builds what comes out as cargo would, from nothing.
#
#   sh cargo-build.sh FILE PROGRAM
set -eu

here=$(cd "$(dirname "$0")" && pwd)
rust=$(mktemp)
trap 'rm -f "$rust"' EXIT
# `ruchy transpile` looks for modules in the folder that it runs in, not beside the file.
(cd "$(dirname "$1")" && ruchy transpile "$(basename "$1")" -o "$rust")
sh "$here/../references/cargo-build.sh" "$rust" "$2"
