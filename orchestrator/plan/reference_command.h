#pragma once
// The commands of a reference: of its build, and of its runs. Runs nothing.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/plan/planner.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

/// Where a reference lies: .pgo-orch/references/NAME, with other characters where a name cannot be a file's.
struct ReferenceFolder {
  std::filesystem::path root;
  std::filesystem::path output;                               ///< {output}: root/bin/NAME
  std::filesystem::path tmp() const { return root / "tmp"; }  ///< {tmp}: empty before each of its builds
  std::filesystem::path build_log() const { return root / "build.log"; }
  std::filesystem::path check_log() const { return root / "check.log"; }
};
ReferenceFolder folder_of(const Reference& reference, const Layout& layout);

/// Whether it is for this workload.
bool takes_part(const Reference& reference, const Workload& workload);

/// Whether a word holds the placeholder.
bool mentions(const std::vector<std::string>& words, const std::string& placeholder);

/// Its words with {output}, {root} and {tmp} replaced; `program`: instead of {output}'s own place.
std::vector<std::string> reference_words(const Reference& reference, const std::vector<std::string>& words,
                                         const Planner& planner, const std::filesystem::path& program = {});

/// Its build, as it runs in pgo.toml's folder. CARGO_TARGET_DIR is {tmp}/target, so that a `cargo build`
/// starts from nothing and leaves nothing beside the sources; what would make its times fiction (compiler
/// wrappers, a job server of make) is off, as for variants.
toolchains::Command reference_build(const Reference& reference, const Planner& planner);

/// How a program runs a workload.
struct ProgramRun {
  toolchains::Command command;
  std::filesystem::path executable;  ///< {exe} of what runs before it
};

/// How it runs a workload: its words and the workload's arguments; {exe} in a workload's own command is
/// replaced for its words. `program`: instead of {output}.
ProgramRun reference_run(const Reference& reference, const Workload& workload, const Planner& planner,
                         const std::filesystem::path& program = {});

/// The file that is copied afresh in the rounds as the variants' are: {output}, if its run names it and it is
/// a file; else empty.
std::filesystem::path copied_program(const Reference& reference, const Layout& layout);

/// The files that its runs are known to need: all beside {output}, and those that its own words name, the
/// tool among them.
std::vector<std::filesystem::path> reference_files(const Reference& reference,
                                                   const std::vector<Workload>& workloads,
                                                   const Planner& planner);

/// A digest of what it runs in a workload: words, the tool, and all files that the words name. It may read
/// others, which are unknown.
std::string reference_code(const Reference& reference, const Workload& workload, const Planner& planner);

/// Why it can't be tried here: "julia is not on the PATH", or a workload whose own command has no place for
/// it. No value: it can.
std::optional<std::string> why_not_here(const Reference& reference, const std::vector<Workload>& workloads,
                                        const Planner& planner);

}  // namespace pgo_orch::orchestrator
