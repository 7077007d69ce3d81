#pragma once
// A package with a dependency whose profile is trained, saved and used.

#include <string>
#include <vector>

#include "lab.h"

namespace e2e {

inline const std::string lib = R"(
pub struct Collatz<T>(pub T);

pub trait Walk {
    fn steps(&self) -> u64;
}

impl Walk for Collatz<u64> {
    fn steps(&self) -> u64 {
        let (mut n, mut length) = (self.0, 1);
        while n != 1 {
            n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
            length += 1;
        }
        length
    }
}

#[inline(never)]
pub fn total<W: Walk>(all: &[W]) -> u64 {
    all.iter().map(|each| each.steps()).sum()
}
)";

inline const std::string program = R"(
use dep::{total, Collatz, Walk};

struct Digits(u64);

impl Walk for Digits {
    #[inline(never)]
    fn steps(&self) -> u64 {
        let mut n = self.0;
        let mut digits = 0;
        while n > 0 {
            digits += n % 10;
            n /= 10;
        }
        digits
    }
}

fn main() {
    let below: u64 = std::env::args().nth(1).map_or(10, |text| text.parse().unwrap());
    let collatz: Vec<_> = (1..below).map(Collatz).collect();
    let digits: Vec<_> = (1..below).map(Digits).collect();
    println!("{} {}", total(&collatz), total(&digits));
}
)";

inline constexpr const char* profile = "pgo/release.profdata";

inline std::string manifest(const std::string& name, const std::string& version,
                            const std::string& more = "") {
  return "[package]\nname = \"" + name + "\"\nversion = \"" + version + "\"\nedition = \"2021\"\n" + more;
}

/// The package and its dependency in these versions, with the lock file that belongs to them.
inline void set_versions(Lab& lab, const std::string& app, const std::string& dep) {
  lab.file("Cargo.toml", manifest("app", app, "[dependencies]\ndep = { path = \"dep\" }\n"))
      .file("dep/Cargo.toml", manifest("dep", dep));
  REQUIRE(lab.run({"cargo", "generate-lockfile", "--offline"}).status == 0);
}

inline std::string with_saved(const std::string& more = "") {
  return package_project + "[[variant]]\nname = \"pgo\"\npgo = { profile = \"" + profile + "\"" + more +
         " }\n";
}

/// A profile is trained and saved; from then on the variant uses it.
inline void train_and_save(Lab& lab, const std::string& more = "") {
  lab.file("dep/src/lib.rs", lib).file("src/main.rs", program);
  lab.file("pgo.toml", package_project + with_pgo);
  set_versions(lab, "0.1.0", "1.0.0");
  const auto saved = lab.orch({"profile", "save", profile, "--train"});
  CAPTURE(saved.err);
  REQUIRE(saved.status == 0);
  CHECK(contains(saved.out, "saved pgo/release.profdata: "));
  lab.file("pgo.toml", with_saved(more));
}

inline Json fit(const Lab& lab, int status = 0, std::vector<std::string> more = {}) {
  std::vector<std::string> arguments{"profile", "status", "--json"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const auto ended = lab.orch(arguments);
  CAPTURE(ended.err);
  CHECK(ended.status == status);
  REQUIRE(ended.out.starts_with("{"));
  return Json::parse(ended.out);
}

inline void replace_in(Lab& lab, const fs::path& name, const std::string& from, const std::string& to) {
  auto text = read(lab.root() / name);
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  lab.file(name, text.replace(at, from.size(), to));
}

}  // namespace e2e
