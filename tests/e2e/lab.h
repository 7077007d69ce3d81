#pragma once
// A folder of its own with a project in it, and pgo-orch (the real program, with the real cargo) run in it.
// The folder is removed when its test passed, and kept, with a line that says where, when it failed.

#include <doctest/doctest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "toolchains/command.h"

namespace e2e {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// What a program printed and how it ended.
struct Ended {
  int status = -1;  ///< exit code; -1: by a signal, or not started
  std::string out;
  std::string err;
};

class Lab {
 public:
  /// `name`: of the project's folder, which lies in a temporary one.
  explicit Lab(const std::string& name = "project");

  const fs::path& root() const { return root_; }
  fs::path state() const { return root_ / ".pgo-orch"; }
  fs::path variant(const std::string& name) const { return state() / "variants" / name; }

  /// Writes a file; its folders are made.
  Lab& file(const fs::path& name, const std::string& text);
  /// At the root, with the lock file that cargo would write.
  Lab& package(const std::string& name, const std::string& more = "");
  Lab& script(const fs::path& name, const std::string& body);
  /// Copies examples/NAME here, with so little time for measuring that it takes none.
  Lab& example(const std::string& name);
  /// Of everything that is run from here on.
  Lab& set(const std::string& variable, const std::string& value);
  /// Puts a folder first on the PATH of everything that is run from here on.
  Lab& tools_from(const fs::path& folder);

  /// Any program, in the project's folder.
  Ended run(const std::vector<std::string>& argv) const;
  /// Any program, in another folder.
  Ended run_in(const fs::path& folder, const std::vector<std::string>& argv) const;
  Ended git(const std::vector<std::string>& arguments) const;
  /// Makes the project's folder a git repository with everything committed.
  Lab& commit();

  Ended orch(std::vector<std::string> arguments) const;
  /// `pgo-orch run`, checked to end with this status; its results.json.
  Json results(int status, const std::vector<std::string>& options = {}) const;
  Json results() const { return results(0); }
  /// Builds, trains and checks only.
  Json built(int status = 0) const { return results(status, {"--no-measure"}); }

  /// SHA-256 over names, modes and contents of the project's folder, without the state folder.
  std::string digest() const;
  /// The names of all files below a folder of the project, sorted.
  std::vector<std::string> files(const fs::path& folder = {}) const;

 private:
  fs::path folder_;
  fs::path root_;
  pgo_orch::toolchains::EnvironmentChanges env_;
};

/// Its Cargo.toml, with more keys behind its own.
std::string package(const std::string& name, const std::string& more = "");

std::string read(const fs::path& file);
bool contains(const std::string& text, const std::string& part);
int count(const std::string& text, const std::string& part);

/// Why the value is not as a JSON Schema says, a line for each reason; "": it is.
std::string against_schema(const Json& value, const fs::path& file);

/// The row of a variant.
Json row(const Json& results, const std::string& name);
/// "ok", or the status with the reason.
std::string state(const Json& results, const std::string& name);
/// "baseline: ok\npgo: failed: why\n"
std::string states(const Json& results);
std::string code(const Json& results, const std::string& variant, const std::string& program = "");
fs::path executable(const Json& results, const std::string& variant, const std::string& program = "");
/// That all variants are ok.
void check_all_ok(const Json& results);
/// That the profile of this variant found functions of the program.
void check_proved(const Json& results, const std::string& variant);
/// Runs the script that `plan` with these options prints, in this folder of a project; it must succeed.
void run_plan_script(const Lab& lab, const fs::path& project, std::vector<std::string> options = {});

/// Builds by the script of `plan --format sh`, in a state folder of their own. To get the same code from
/// several crates it must be at the path that the run's was (which is moved away): cargo names the files of
/// crates by the path of the profile too, and with other names rustc may order functions otherwise.
struct ByScript {
  ByScript(const Lab& lab, fs::path folder);
  /// SHA-256 over the code of a variant's program.
  std::string code(const std::string& variant, const std::string& program) const;

  fs::path state;
};

/// That no rustc, and no build script, was started for it by the latest run.
void check_fresh(const Lab& lab, const std::string& variant);

/// A small program with functions to profile: sums up the lengths of Collatz chains below its argument.
inline const std::string chains = R"(
fn chain(mut n: u64) -> u64 {
    let mut length = 1;
    while n != 1 {
        n = if n % 2 == 0 { n / 2 } else { 3 * n + 1 };
        length += 1;
    }
    length
}

#[inline(never)]
fn total(below: u64) -> u64 {
    (1..below).map(chain).sum()
}

fn main() {
    let below = std::env::args().nth(1).map_or(10, |text| text.parse().unwrap());
    println!("{}", total(below));
}
)";

/// pgo.toml of one workload, timed for a moment, of which no guard has a say, and not looked into; variants
/// are added to it.
inline std::string project_of(const std::string& keys,
                              const std::string& workload = "name = \"chains\"\nargs = [\"3000\"]") {
  return "[project]\n" + keys + R"(
[measure]
max-time = "200ms"
floor = "1m"
phases = false
[build]
phases = false
[[workload]]
)" + workload +
         "\n[[variant]]\nname = \"baseline\"\n";
}

inline const std::string chains_project = project_of("source = \"chains.rs\"");
inline const std::string package_project = project_of("manifest = \"Cargo.toml\"");
inline const std::string with_pgo = "[[variant]]\nname = \"pgo\"\npgo = true\n";

/// The same with more in its [build].
inline std::string with_build_keys(std::string project, const std::string& keys) {
  const std::string header = "[build]\n";
  return project.insert(project.find(header) + header.size(), keys);
}

}  // namespace e2e
