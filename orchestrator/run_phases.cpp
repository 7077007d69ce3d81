#include "orchestrator/run_phases.h"

#include <fmt/format.h>

#include "measure/amdahl.h"
#include "measure/run_phases.h"
#include "measure/user_main.h"
#include "orchestrator/measure_stage.h"
#include "orchestrator/prepare.h"
#include "pgo/recipe.h"
#include "profiles/command_flags.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr int traced_runs = 15;
constexpr int untraced_runs = 5;

}  // namespace

std::optional<std::string> dominant_phase(const std::vector<report::Phase>& phases, double limit) {
  std::vector<measure::Part> parts;
  for (const auto& phase : phases) parts.push_back({phase.name, phase.share});
  return measure::dominant(parts, limit);
}

namespace {

report::RunPhases to_report(const measure::RunPhases& phases) {
  report::RunPhases result;
  for (const auto& phase : phases.phases) {
    auto& shown = result.phases.emplace_back(report::Phase{phase.name, phase.time, phase.share, {}});
    const double total = seconds(phases.total);
    for (const auto& part : phase.parts)
      shown.parts.push_back({part.name, part.time, total > 0 ? seconds(part.time) / total : 0, {}});
  }
  result.dominant = dominant_phase(result.phases, measure::dominant_in_a_run);
  result.total = phases.total;
  result.runs = phases.runs;
  result.samples = phases.samples;
  result.source = phases.source;
  result.unavailable = phases.unavailable;
  result.notes = phases.notes;
  return result;
}

/// Runs of one workload, each with what comes before it.
class Runs {
 public:
  Runs(const Workload& workload, const Traced& traced, const Workshop& workshop)
      : workload_(pgo::with_executable(workload, traced.executable)), workshop_(workshop) {
    toolchains::make_folders(scratch());
    spec_ = run_of(workload_, traced.run_env, traced.executable, scratch());
    spec_.stdout_mode = pgo::StdoutMode::file;
    spec_.stdout_file = scratch() / "traced.out";
  }

  const measure::RunSpec& spec() const { return spec_; }
  fs::path scratch() const { return workshop_.planner.layout().scratch() / "phases"; }
  std::string output() const { return toolchains::sha256_of_file(spec_.stdout_file); }

  /// "": all is well.
  std::string prepare() const {
    if (workload_.prepare.empty()) return "";
    const auto failed =
        run_prepare(workload_, workshop_.runner, workshop_.planner.layout().state / "phases.log");
    return failed ? failed->reason : "";
  }

 private:
  Workload workload_;
  const Workshop& workshop_;
  measure::RunSpec spec_;
};

/// Traced runs with the workload's own preparations before each.
class PreparedTracer : public measure::Tracer {
 public:
  PreparedTracer(measure::Tracer& tracer, const Runs& runs) : tracer_(tracer), runs_(runs) {}

  measure::Trace trace(const measure::RunSpec& spec, const toolchains::Landmarks& landmarks) override {
    if (auto failed = runs_.prepare(); !failed.empty()) {
      measure::Trace trace;
      trace.unavailable = failed;
      return trace;
    }
    return tracer_.trace(spec, landmarks);
  }

 private:
  measure::Tracer& tracer_;
  const Runs& runs_;
};

std::vector<measure::Sample> sample(const measure::RunSpec& spec, const Runs& runs,
                                    measure::Sampler& sampler) {
  std::vector<measure::Sample> samples;
  for (int i = 0; i < untraced_runs && runs.prepare().empty(); ++i) samples.push_back(sampler.run(spec));
  return samples;
}

/// A program of the same kind that does nothing, linked as the variant is. Empty: it could not be built.
fs::path empty_program(const VariantPlan& plan, const fs::path& folder, const Workshop& workshop) {
  toolchains::write_file_atomically(folder / "empty.rs", "fn main() {}\n");
  toolchains::Command command;
  command.argv = {workshop.planner.rust().rustc.string(), "empty.rs", "-o", "empty"};
  for (const auto& flag : profiles::profile_flags(plan.settings)) command.argv.push_back(flag.text);
  for (const auto& flag : plan.flags) {
    if (!profiles::instruments(flag.text)) command.argv.push_back(flag.text);
  }
  command.cwd = folder;
  command.env = workshop.planner.rust().env;
  command.log_file = folder / "empty.log";
  return workshop.runner.run(command).ok() ? folder / "empty" : fs::path();
}

/// Where ptrace is forbidden.
measure::RunPhases by_empty_main(const std::string& forbidden, const Runs& runs, const VariantPlan& plan,
                                 measure::Sampler& sampler, const Workshop& workshop) {
  const bool is_rust = workshop.planner.config().project.kind != ProjectKind::command;
  const fs::path empty = is_rust ? empty_program(plan, runs.scratch(), workshop) : fs::path();
  if (empty.empty()) return {.unavailable = forbidden};
  auto spec = runs.spec();
  spec.executable = empty;
  spec.argv = {"empty"};
  auto phases = measure::phases_by_empty_main(sample(spec, runs, sampler), sample(runs.spec(), runs, sampler));
  if (phases.unavailable.empty()) phases.notes.insert(phases.notes.begin(), forbidden);
  return phases;
}

}  // namespace

Traced traced_program(const Planner& planner, const std::string& variant,
                      const std::map<std::string, std::string>& run_env, const std::string& program) {
  const fs::path folder = planner.layout().variant(variant);
  const fs::path linked = folder / "linked" / program;
  std::error_code missing;
  return {variant, run_env, folder / "bin" / program, fs::exists(linked, missing) ? linked : fs::path()};
}

report::RunPhases split_runs(const Workload& workload, const Traced& traced, const VariantPlan& plan,
                             measure::Tracer& tracer, measure::Sampler& sampler, const Workshop& workshop) {
  report::RunPhases result;
  if (!workload.command.empty()) {
    result.unavailable = "a command of its own runs the program: only what is started directly can be split";
  } else {
    const Runs runs(workload, traced, workshop);
    const auto untraced = runs.prepare().empty() ? sampler.run(runs.spec()) : measure::Sample{};
    const std::string expected = untraced.end == toolchains::End::exited ? runs.output() : "";
    const auto landmarks = measure::landmarks_of(traced.executable, traced.twin);
    PreparedTracer prepared(tracer, runs);
    auto phases = measure::measure_run_phases(prepared, runs.spec(), landmarks, traced_runs);
    if (!phases.unavailable.empty() && !toolchains::interrupted())
      phases = by_empty_main(phases.unavailable, runs, plan, sampler, workshop);
    result = to_report(phases);
    const bool comparable = workload.expect.stdout_any || workload.expect.stdout_sorted;
    if (phases.source == "ptrace" && !comparable && !expected.empty() && runs.output() != expected)
      result.notes.emplace_back("a traced run printed something else than one that was not traced");
  }
  result.workload = workload.name;
  result.variant = traced.variant;
  return result;
}

}  // namespace pgo_orch::orchestrator
