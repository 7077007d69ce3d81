#!/bin/sh
# Writes a Ruchy program of about 1,000 lines in several files, always the same one: FOLDER/main.ruchy and its modules.
#
#   sh generate.sh FOLDER
set -eu

mkdir -p "$1"
awk -v folder="$1" '
# Numbers differ from module to module, so that no two are the same code.
function module(i,    file) {
  file = sprintf("%s/stage_%02d.ruchy", folder, i)
  print "// Made by generate.sh." >file
  print "" >file
  print "pub fun next(state: i64) -> i64 {" >file
  print "    (state * 1103515245 + " 12345 + 2 * i ") % 2147483648i64" >file
  print "}" >file
  print "" >file
  print "pub fun kind(value: i64) -> i64 {" >file
  print "    if value % " i + 2 " == 0 {" >file
  print "        0i64" >file
  print "    } else if value % " i + 3 " == 1 {" >file
  print "        1i64" >file
  print "    } else {" >file
  print "        match value % 4 {" >file
  print "            0 => 2i64," >file
  print "            1 => 3i64," >file
  print "            2 => 5i64," >file
  print "            _ => 7i64," >file
  print "        }" >file
  print "    }" >file
  print "}" >file
  print "" >file
  print "pub fun values(seed: i64, length: i32) -> Vec<i64> {" >file
  print "    let mut all = Vec::new();" >file
  print "    let mut state = seed;" >file
  print "    for i in 0..length {" >file
  print "        state = next(state);" >file
  print "        all.push(state / 65536i64);" >file
  print "    }" >file
  print "    all" >file
  print "}" >file
  print "" >file
  print "pub fun total(length: i32) -> i64 {" >file
  print "    let all = values(" i "i64, length);" >file
  print "    let mut sum = 0i64;" >file
  print "    for value in all.iter() {" >file
  print "        sum = (sum * 31 + kind(*value)) % " 1000003 + i "i64;" >file
  print "    }" >file
  print "    let mut rest = sum;" >file
  print "    while rest > " 1000 + i " {" >file
  print "        rest = rest / 3;" >file
  print "    }" >file
  print "    sum + rest" >file
  print "}" >file
  close(file)
}

BEGIN {
  modules = 22
  file = folder "/main.ruchy"
  print "// Made by generate.sh: prints what each of the modules beside it adds up to." >file
  print "" >file
  for (m = 1; m <= modules; ++m) {
    printf "mod stage_%02d;\n", m >file
    module(m)
  }
  print "" >file
  print "fun main() {" >file
  for (m = 1; m <= modules; ++m) printf "    println(\"stage %02d: {}\", stage_%02d::total(20000));\n", m, m >file
  print "}" >file
}'
