#include "orchestrator/build/merging.h"

#include <fmt/format.h>

#include <algorithm>

#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using pgo::MergeStep;
using toolchains::Command;

namespace {

struct Weighted {
  std::int64_t weight = 1;
  fs::path profile;
};

Command merge_command(const MergeStep& step, const std::vector<Weighted>& inputs, const fs::path& list,
                      const fs::path& fresh) {
  std::string lines;
  for (const auto& input : inputs) lines += fmt::format("{},{}\n", input.weight, input.profile.string());
  toolchains::write_file_atomically(list, lines);
  Command command;
  command.argv = {step.llvm_profdata.string(), "merge", "--input-files=" + list.string(), "-o",
                  fresh.string()};
  command.log_file = step.log;
  return command;
}

/// Adds what it took to `took`.
StepResult merge(const MergeStep& step, const std::vector<Weighted>& inputs, const fs::path& profile,
                 toolchains::Runner& runner, StageRun& took) {
  const fs::path fresh = profile.string() + ".new";
  const Command command = merge_command(step, inputs, step.profile.parent_path() / "inputs.txt", fresh);
  const auto outcome = run_logged(command, runner);
  took = took + to_run(outcome);
  if (!outcome.ok()) return failed_command("merge", command, outcome);
  std::error_code missing;
  if (const auto size = fs::file_size(fresh, missing); missing || size == 0)
    return failed_step(
        "merge",
        fmt::format("{} succeeded but {} {}: run it by hand, or let LLVM_PROFDATA name another",
                    step.llvm_profdata.string(), missing ? "did not write" : "wrote an empty",
                    fresh.string()),
        step.log);
  const bool same = fs::exists(profile, missing) &&
                    toolchains::sha256_of_file(profile) == toolchains::sha256_of_file(fresh);
  // An unchanged profile keeps its time: cargo finds what was built with it fresh.
  if (same) {
    fs::remove(fresh);
  } else {
    fs::rename(fresh, profile);
  }
  return std::nullopt;
}

}  // namespace

fs::path merged_beside(const fs::path& raw_dir) {
  return raw_dir.string() + ".profdata";
}

StepResult merge_raw(const MergeStep& step, const pgo::MergeInput& input, toolchains::Runner& runner,
                     StageRun& took) {
  std::vector<Weighted> raw;
  for (const auto& entry : fs::directory_iterator(input.raw_dir))
    if (entry.path().extension() == ".profraw") raw.push_back({1, entry.path()});
  std::ranges::sort(raw, {}, &Weighted::profile);
  auto failed = merge(step, raw, merged_beside(input.raw_dir), runner, took);
  if (failed && failed->failure.exit)
    failed->reason += fmt::format(": the profile of workload {} can't be read", input.workload);
  if (!failed && !step.keep_raw) fs::remove_all(input.raw_dir);
  return failed;
}

StepResult merge_all(const MergeStep& step, toolchains::Runner& runner, StageRun& took) {
  std::vector<Weighted> profiles;
  for (const auto& input : step.inputs) profiles.push_back({input.weight, merged_beside(input.raw_dir)});
  return merge(step, profiles, step.profile, runner, took);
}

}  // namespace pgo_orch::orchestrator
