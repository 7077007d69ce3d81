#!/bin/sh
# What a plain `cargo build --release` of one file takes, from nothing: a package around it, and its program copied out.
#
#   sh cargo-build.sh FILE PROGRAM
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/src"
cp "$1" "$folder/src/main.rs"
printf '[package]\nname = "program"\nversion = "0.0.0"\nedition = "2021"\n[workspace]\n' >"$folder/Cargo.toml"
CARGO_TARGET_DIR="$folder/target" cargo build --release --quiet --manifest-path "$folder/Cargo.toml"
cp "$folder/target/release/program" "$2"
