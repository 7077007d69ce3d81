#include "orchestrator/build/build_stage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/build/libraries.h"
#include "pgo/cargo_output.h"
#include "pgo/recipe.h"
#include "toolchains/clock.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using pgo::BuildStep;
using pgo::CargoArtifact;

namespace {

/// What one `cargo build` came to.
struct CargoRun {
  toolchains::Outcome outcome;
  std::vector<CargoArtifact> artifacts;
  std::vector<pgo::RustcCall> calls;
  std::string log;

  bool clean() const { return std::ranges::none_of(artifacts, &CargoArtifact::fresh); }
};

fs::path times_file(const BuildStep& step) {
  return step.units_file.parent_path() / fmt::format("{}.times.json", name_of(step.stage));
}

std::string label(const BuildStep& step) {
  return pgo::describe(pgo::Step(step));
}

CargoRun run_cargo(const BuildStep& step, toolchains::Runner& runner) {
  CargoRun run;
  run.outcome = run_logged(step.command, runner);
  run.log = toolchains::read_file(step.command.log_file);
  run.calls = pgo::parse_rustc_calls(run.log);
  if (run.outcome.ok()) run.artifacts = pgo::parse_artifacts(toolchains::read_file(step.command.stdout_file));
  return run;
}

/// Of --target; "": for the host.
std::string triple_of(const BuildStep& step) {
  const auto target = std::ranges::find(step.command.argv, "--target");
  return target == step.command.argv.end() ? "" : *(target + 1);
}

pgo::Units recorded_units(const BuildStep& step) {
  std::error_code missing;
  if (!fs::exists(step.units_file, missing) || !fs::exists(step.target_dir, missing)) return {};
  return of_target(pgo::units_from_json(toolchains::read_file(step.units_file)), triple_of(step));
}

StepResult check_flags(const BuildStep& step, const CargoRun& run) {
  const auto problems = compare_with_plan(run.calls, triple_of(step), step.flags, step.options);
  if (problems.empty()) return std::nullopt;
  const std::string more = problems.size() > 3 ? fmt::format("; and {} more", problems.size() - 3) : "";
  const std::vector<std::string> shown(problems.begin(),
                                       problems.begin() + std::min<std::ptrdiff_t>(3, std::ssize(problems)));
  return failed_step(label(step),
                     fmt::format("cargo did not build what was planned: {}{}", fmt::join(shown, "; "), more),
                     step.command.log_file);
}

/// cargo only warns of a package that it does not know, and builds without its settings.
StepResult check_packages(const BuildStep& step, const CargoRun& run) {
  for (const auto& package : step.packages) {
    const auto at = run.log.find(fmt::format("profile package spec `{}` in profile", package));
    if (at == std::string::npos) continue;
    const auto line = run.log.substr(at, run.log.find('\n', at) - at);
    if (line.find("did not match any packages") == std::string::npos) continue;
    return failed_step(label(step),
                       fmt::format("'packages' names '{}', but this build has no such package", package),
                       step.command.log_file);
  }
  return std::nullopt;
}

StepResult copy_executables(const BuildStep& step, const CargoRun& run) {
  for (const auto& program : step.programs) {
    const auto found = std::ranges::find_if(run.artifacts, [&](const CargoArtifact& artifact) {
      return artifact.name == program.name && artifact.kind == (program.is_example ? "example" : "bin") &&
             !artifact.executable.empty();
    });
    if (found == run.artifacts.end()) {
      return failed_step(label(step), fmt::format("cargo named no executable for '{}'", program.name),
                         step.command.log_file);
    }
    toolchains::copy_file_exact(found->executable, step.output_dir / program.name);
  }
  return std::nullopt;
}

void keep_time(const BuildStep& step, const CargoRun& run, bool shared, StageTimes& times) {
  times.stored = false;
  times.shared = shared;
  times.measured_at = toolchains::timestamp();
  times.runs = {to_run(run.outcome)};
  save_times(times_file(step), times);
}

/// One build: what cargo said is recorded, also of a build that failed, and compared with the plan.
StepResult build_once(const BuildStep& step, toolchains::Runner& runner, CargoRun& run) {
  const pgo::Units before = recorded_units(step);
  fs::remove(step.units_file);  // killed from here on, cargo leaves units that were never checked
  run = run_cargo(step, runner);
  const bool built = run.outcome.ok();
  const pgo::Units units = built ? update(before, run.calls, run.artifacts) : add_calls(before, run.calls);
  toolchains::write_file_atomically(step.units_file, to_json(units));
  if (auto failed = check_flags(step, run)) {
    fs::remove_all(step.target_dir);  // else the next run would find it fresh, and nothing to complain about
    return failed;
  }
  if (!built) return failed_build(label(step), step.command, run.outcome);
  if (auto failed = check_packages(step, run)) return failed;
  if (covers(units, run.artifacts)) return std::nullopt;
  return failed_step(label(step),
                     "cargo's log does not say how every crate was built, so nothing can be proved",
                     step.command.log_file);
}

/// The record was lost: only a build from nothing tells again.
bool record_is_lost(const BuildStep& step, const CargoRun& run) {
  return run.outcome.ok() && !run.clean() && !covers(recorded_units(step), run.artifacts);
}

}  // namespace

std::string times_key(const BuildStep& step) {
  return toolchains::sha256(to_shell(step.command) + '\n' + toolchains::read_file(step.config));
}

toolchains::Command in_target_folder(const BuildStep& step, const fs::path& target_dir) {
  auto command = step.command;
  pgo::in_target_folder(command, target_dir);
  return command;
}

StepResult execute(const BuildStep& step, bool shared, toolchains::Runner& runner, StageBuild& built) {
  built.times = load_times(times_file(step), label(step), times_key(step));
  CargoRun run;
  auto failed = build_once(step, runner, run);
  if (failed && record_is_lost(step, run)) {
    fs::remove_all(step.target_dir);
    failed = build_once(step, runner, run);
  }
  if (failed) return failed;
  if (run.clean()) keep_time(step, run, shared, built.times);
  built.profile_warnings = pgo::count_profile_warnings(run.log).total();
  if (auto missing = copy_executables(step, run)) return missing;
  collect_libraries(step, pgo::parse_library_folders(toolchains::read_file(step.command.stdout_file)));
  return std::nullopt;
}

StepResult build_again(const BuildStep& step, toolchains::Runner& runner, Again& again) {
  CargoRun run;
  if (auto failed = build_once(step, runner, run)) return failed;
  again = {to_run(run.outcome), std::ranges::all_of(run.artifacts, &CargoArtifact::fresh)};
  return std::nullopt;
}

StepResult rebuild(const BuildStep& step, toolchains::Runner& runner, StageRun& took) {
  fs::remove_all(step.target_dir);
  Again again;
  if (auto failed = build_again(step, runner, again)) return failed;
  took = again.took;
  return std::nullopt;
}

}  // namespace pgo_orch::orchestrator
