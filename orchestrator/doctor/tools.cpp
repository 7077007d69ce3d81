#include <fmt/format.h>

#include "orchestrator/doctor/findings.h"
#include "toolchains/process_runner.h"
#include "toolchains/profilers.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using toolchains::LinkRequest;
using toolchains::Missing;
using toolchains::Rustc;

namespace {

constexpr const char* rust_group = "Rust";
constexpr const char* llvm_group = "LLVM";
constexpr const char* linker_group = "Linkers";
constexpr const char* other_group = "Other tools";

/// `use`: what it is good for.
Finding missing(const char* group, const std::string& name, const Missing& what, const std::string& use) {
  return {group, name, Fitness::missing, what.what, use, what.hint};
}

Finding of_rust(const char* name, const fs::path& path, const Rustc& rust) {
  const bool is_rustup = !rust.rustup_toolchain.empty();
  return {rust_group, name, Fitness::ok, fmt::format("{}, {}", rust.version, path.string()),
          is_rustup ? "rustup's toolchain " + rust.rustup_toolchain : "the first on the PATH"};
}

Finding of_tool(const Rustc& rust, Machine& machine, const char* name, const char* use) {
  const auto& tool = machine.llvm_tool(rust, name);
  if (!tool) return missing(llvm_group, name, tool.missing(), use);
  return {llvm_group, name, Fitness::ok, fmt::format("{}, {}", tool->version, tool->path.string()),
          tool->why};
}

/// Yes or no, and why.
Finding of_answer(const char* name, const toolchains::Answer& answer, const char* use) {
  if (answer) return {llvm_group, name, Fitness::ok, "links and runs", use};
  return missing(llvm_group, name, {answer.reason, ""}, use);
}

void add_llvm(const Rustc& rust, Machine& machine, FindingList& found) {
  found.push_back(of_tool(rust, machine, "llvm-profdata", "merges profiles: needed for PGO"));
  found.push_back(of_answer("profiler runtime", toolchains::has_profiler_runtime(machine.runner(), rust),
                            "rustc's own, for instrumented builds: needed for PGO"));
  found.push_back(of_tool(rust, machine, "llvm-strip", "strips programs after the proof"));
  found.push_back(of_tool(rust, machine, "llvm-objcopy", "separates debug info: split-debug of [release]"));
  found.push_back(of_tool(rust, machine, "llvm-objdump", "shows code: [[inspect]]"));
  found.push_back(of_tool(rust, machine, "clang", "C code takes part in PGO if it is compiled by this one"));
  if (const auto& clang = machine.llvm_tool(rust, "clang"))
    found.push_back(of_answer("clang's profiles", toolchains::clang_has_profiles(machine.runner(), *clang),
                              "for C code in PGO"));
}

void add_linkers(const Rustc& rust, Machine& machine, FindingList& found) {
  for (const char* name : {"default", "lld", "mold"}) {
    LinkRequest request;
    request.linker = name;
    const auto& linker = machine.linker(rust, request);
    const bool is_default = request.linker == "default";
    const std::string use =
        is_default ? "links what variants say nothing about" : "linker = \"" + request.linker + "\"";
    if (!linker)
      found.push_back(missing(linker_group, name, linker.missing(), use));
    else
      found.push_back({linker_group, name, Fitness::ok, linker->version,
                       linker->why.empty() ? "made a test link" : linker->why});
  }
}

Finding of_program(const char* name, const toolchains::Probe<toolchains::Program>& program, const char* use) {
  if (!program) return missing(other_group, name, program.missing(), use);
  return {
      other_group, name, Fitness::ok,
      fmt::format("{}{}{}", program->version, program->version.empty() ? "" : ", ", program->path.string()),
      program->why};
}

Finding of_git() {
  const auto path = toolchains::find_executable("git");
  if (!path)
    return missing(other_group, "git", {"not on the PATH", "apt-get install git"},
                   "corpora from repositories, and the revision in releases");
  return {other_group, "git", Fitness::ok, path->string(), "the first on the PATH"};
}

void add_profilers(Machine& machine, const fs::path& own_executable, FindingList& found) {
  const auto profilers = toolchains::find_profilers(machine.runner(), own_executable);
  if (profilers.perf)
    found.push_back(of_program("perf", profilers.perf->program, ""));
  else
    found.push_back(missing(other_group, "perf", profilers.perf.missing(),
                            "samples functions for analyze; without it valgrind counts them"));
  found.push_back(
      of_program("valgrind", profilers.valgrind, "counts instructions and allocations for analyze"));
  found.push_back(of_program("inferno", profilers.flamegraph, "draws flame graphs as SVG files"));
}

}  // namespace

FindingList find_tools_of(Machine& machine, const fs::path& own_executable) {
  FindingList found;
  const auto& rust = machine.rust("");
  if (rust) {
    found.push_back(of_rust("cargo", rust->cargo, *rust));
    found.push_back(of_rust("rustc", rust->rustc, *rust));
    found.push_back({rust_group, "LLVM", Fitness::ok, rust->llvm_version,
                     "rustc's own: its tools must be of this version"});
    add_llvm(*rust, machine, found);
    add_linkers(*rust, machine, found);
  } else {
    found.push_back(missing(rust_group, "rustc", rust.missing(), "builds Rust programs"));
  }
  found.push_back(of_git());
  add_profilers(machine, own_executable, found);
  return found;
}

}  // namespace pgo_orch::orchestrator
