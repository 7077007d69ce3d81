#pragma once
// End-to-end tests through the front door: a project's files, toys for tools (see fake/), a command line;
// then the exit code, what was printed, what the tools were called with, and results.json.

#include <doctest/doctest.h>

#include <deque>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "call.h"
#include "running.h"

namespace pgo_orch::cli {

class Test {
 public:
  /// `project`: the name of its folder, which is the current one of all runs.
  explicit Test(const std::string& project = "project");
  Test(const Test&) = delete;
  Test& operator=(const Test&) = delete;

  Test& file(const std::string& name, const std::string& text);     ///< in the project's folder
  Test& script(const std::string& name, const std::string& lines);  ///< a shell script with these lines
  /// Before its n-th run the workload of pgo.toml does this, in the project's folder.
  Test& before_run(int n, const std::string& lines);
  Test& env(const std::string& name, const std::string& value);
  Test& tool(const std::string& name, const std::string& script);  ///< a shell script, instead of the toy
  Test& without(const std::string& name);                          ///< no such tool on the PATH

  /// From now on a `build` whose command names this part, `train` or `measure` (after so many runs) stays
  /// where it is until it is killed.
  Test& hold(const std::string& what, const std::string& part);
  void let_go() const;
  void wait_until_held() const;
  bool anybody_held_lives() const;

  Result run(const Words& arguments) const;
  /// Builds, trains and checks only, which must end with this code. The variant's "STATUS: REASON".
  std::string built(const std::string& variant, int code = 0) const;
  Running start(const Words& arguments) const;
  Result run_program(const std::string& program,
                     const Words& arguments) const;  ///< another one, in the same way
  Result run_into(const std::filesystem::path& out, const Words& arguments) const;
  Result run_on_terminal(const Words& arguments) const;  ///< all it prints is in `out`

  std::vector<Call> calls(const std::string& tool) const;
  std::vector<Call> builds() const;  ///< of cargo
  /// What ran, in order: "fetch", "build fat/plain", "train", "run", "merge", "show".
  Words story() const;
  void forget_calls() const;

  const nlohmann::json& json_in(const std::string& file) const;  ///< parsed now; stays valid
  const nlohmann::json& results() const;                         ///< of the latest run
  const nlohmann::json& row(const std::string& variant) const;
  std::string reason(const std::string& variant) const;  ///< "STATUS: REASON", in which paths are shortened

  bool has_note(const std::string& part) const;  ///< in which paths are shortened

  std::filesystem::path path(const std::string& name = "") const;  ///< in the project's folder
  std::filesystem::path outside(const std::string& name) const;    ///< in the test's folder
  std::string read(const std::string& name) const;                 ///< a file of the project's folder
  /// Paths, times, sizes and process numbers replaced by words.
  std::string normal(std::string text) const;

 private:
  std::vector<std::string> environment() const;
  Running launch(const std::string& program, const Words& arguments, int out, int err,
                 const std::filesystem::path& output) const;
  std::filesystem::path new_output() const;
  std::filesystem::path folder_, project_;
  std::map<std::string, std::string> env_;
  mutable std::deque<nlohmann::json> parsed_;  ///< all that was ever asked for: references to it stay valid
};

/// A project that one workload runs and nobody times for long, or looks into; without race and control, so
/// that nothing depends on what the times are. Variants follow.
inline std::string project_with(const std::string& project_keys, const std::string& workload = "fib") {
  return "[project]\n" + project_keys + "\n[[workload]]\nname = \"" + workload + R"("

[measure]
max-time = "20ms"
floor = "1m"
race = false
control = false
phases = false

[build]
phases = false

[[variant]]
name = "baseline"
)";
}

/// The same with more in its [build].
inline std::string with_build_keys(std::string project, const std::string& keys) {
  const std::string header = "[build]\n";
  return project.insert(project.find(header) + header.size(), keys + "\n");
}

/// The same with more for its workload.
inline std::string with_workload_keys(std::string project, const std::string& keys) {
  return project.insert(project.find("\n[measure]"), keys + "\n");
}

inline std::string with_variant(const std::string& project, const std::string& name,
                                const std::string& keys) {
  return project + "\n[[variant]]\nname = \"" + name + "\"\n" + keys + "\n";
}

/// Of the one file fib.rs.
inline const std::string fib = project_with("source = \"fib.rs\"\n");
inline const std::string fib_and_pgo = with_variant(fib, "pgo", "pgo = true");

}  // namespace pgo_orch::cli

template <>
struct doctest::StringMaker<std::vector<std::string>> {
  static String convert(const std::vector<std::string>& words) {
    std::string text;
    for (const auto& word : words) text += (text.empty() ? "[" : "|") + word;
    return (text + "]").c_str();
  }
};
