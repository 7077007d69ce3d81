#pragma once
// What `cargo build -v --message-format json-render-diagnostics` printed, as data.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::pgo {

/// A `compiler-artifact` message: one unit, built now or found fresh.
/// Harnesses of tests are not read.
struct CargoArtifact {
  std::string name;                  ///< of the target: "ripgrep", "build-script-build"
  std::string kind;                  ///< "bin", "lib", "custom-build", ...
  std::string source;                ///< absolute path of its root file
  std::filesystem::path executable;  ///< empty if it is none
  bool fresh = false;
  std::string package{};  ///< name and version of the package; empty if cargo's id tells none
  std::string version{};
  std::vector<std::string> features{};
};

/// One rustc that cargo started, from a "Running `...`" line.
struct RustcCall {
  std::string crate_name;
  std::string crate_type;             ///< "bin", "lib", "proc-macro", ...; several are joined by a comma
  std::string source;                 ///< as on the command line: relative for the workspace's own packages
  std::string target;                 ///< of --target; empty for the host
  std::string metadata;               ///< cargo's -C metadata
  std::vector<std::string> features;  ///< of --cfg 'feature="..."'
  std::vector<std::string> flags;     ///< every word behind the program, each option as one: "-Copt-level=3"

  bool is_build_script() const { return crate_type == "bin" && crate_name.starts_with("build_script_"); }
};

/// Messages on standard output. Other lines are ignored.
std::vector<CargoArtifact> parse_artifacts(std::string_view json_lines);

/// Folders in which build scripts said that libraries are (`build-script-executed` messages), in cargo's
/// order.
std::vector<std::filesystem::path> parse_library_folders(std::string_view json_lines);

/// The files that a dep-info file (`NAME.d`) of cargo says its first target is made of.
std::vector<std::string> parse_dep_info(std::string_view text);

/// rustc calls in a log of standard error, with -v or -vv (which puts variables before the program).
std::vector<RustcCall> parse_rustc_calls(std::string_view log);

/// Warnings of rustc about the profile: no data for a function, a changed control flow, a version.
struct ProfileWarnings {
  int missing = 0;     ///< "no profile data available for function"
  int mismatched = 0;  ///< "function control flow change detected (hash mismatch)"
  int other = 0;
  int total() const { return missing + mismatched + other; }
};
ProfileWarnings count_profile_warnings(std::string_view log);

}  // namespace pgo_orch::pgo
