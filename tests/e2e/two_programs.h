#pragma once
// A package with a library and two programs, and its release.

#include <doctest/doctest.h>

#include "e2e/lab.h"

namespace e2e {

inline const std::string two_programs = R"([project]
manifest = "Cargo.toml"
bin = ["chains", "other"]
[measure]
max-time = "100ms"
floor = "1m"
phases = false
[[workload]]
name = "chains"
program = "chains"
args = ["3000"]
[[workload]]
name = "other"
program = "other"
args = ["20"]
[[variant]]
name = "baseline"
[[variant]]
name = "pgo"
pgo = true
[release]
smoke = [["{exe}", "5"], ["{exe.other}", "5"]]
include = ["README.md"]
)";

/// A library and two programs that use it.
inline Lab& two_programs_in(Lab& lab) {
  lab.file("Cargo.toml", "[workspace]\nmembers = [\"steps\"]\n" + package("chains",
                                                                          "[dependencies]\nsteps = { path = "
                                                                          "\"steps\" }\n"))
      .file("steps/Cargo.toml", package("steps"))
      .file("steps/src/lib.rs", R"(
#[inline(never)]
pub fn next(n: u64) -> u64 {
    if n % 2 == 0 { n / 2 } else { 3 * n + 1 }
}
pub fn never(n: u64) -> u64 {
    n.rotate_left(7) ^ 99
}
)")
      .file("src/bin/chains.rs", R"(
fn chain(mut n: u64) -> u64 {
    let mut length = 1;
    while n != 1 {
        n = steps::next(n);
        length += 1;
    }
    length
}
#[inline(never)]
fn rarely(below: u64) -> u64 {
    steps::never(below)
}
fn main() {
    let below = std::env::args().nth(1).map_or(10, |text| text.parse().unwrap());
    let total: u64 = (1..below).map(chain).sum();
    println!("{}", if total == 12345678 { rarely(total) } else { total });
}
)")
      .file("src/bin/other.rs", R"(
#[inline(never)]
fn fib(n: u64) -> u64 {
    if n < 2 { n } else { fib(n - 1) + fib(n - 2) }
}
fn main() {
    let n = std::env::args().nth(1).map_or(10, |text| text.parse().unwrap());
    println!("{}", steps::next(fib(n)));
}
)")
      .file("README.md", "read me\n")
      .file("pgo.toml", two_programs);
  CHECK(lab.run({"cargo", "generate-lockfile"}).status == 0);
  return lab;
}

inline void released(const Lab& lab, std::vector<std::string> words) {
  words.insert(words.begin(), {"release", "-q"});
  const auto ended = lab.orch(words);
  CHECK_MESSAGE(ended.status == 0, ended.err);
}

}  // namespace e2e
