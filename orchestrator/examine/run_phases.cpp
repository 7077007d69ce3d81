#include "orchestrator/examine/run_phases.h"

#include <fmt/format.h>

#include <algorithm>

#include "measure/run_phases/run_phases.h"
#include "measure/statistics/statistics.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/plan/reference_command.h"
#include "orchestrator/time/measure_stage.h"
#include "pgo/recipe.h"
#include "profiles/flags.h"
#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr int traced_runs = 30;  // what goals on a phase need for an interval, some left out
constexpr std::size_t untraced_runs = 5;
constexpr Nanoseconds untraced_budget = std::chrono::seconds(2);
constexpr Nanoseconds trace_budget = std::chrono::seconds(10);

/// Runs of one workload, each with what comes before it.
class Runs {
 public:
  Runs(const Workload& workload, const Traced& traced, const Workshop& workshop)
      : workload_(pgo::with_executable(workload, traced.executable)), workshop_(workshop), spec_(traced.run) {
    toolchains::make_folders(scratch());
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
    if (const auto failed = runs_.prepare(); !failed.empty()) return {.unavailable = failed};
    return tracer_.trace(spec, landmarks);
  }

 private:
  measure::Tracer& tracer_;
  const Runs& runs_;
};

std::vector<measure::Sample> sample(const measure::RunSpec& spec, const Runs& runs,
                                    measure::Sampler& sampler) {
  std::vector<measure::Sample> samples;
  Nanoseconds spent{};
  while (samples.size() < untraced_runs && spent < untraced_budget && runs.prepare().empty()) {
    samples.push_back(sampler.run(spec));
    spent += samples.back().wall;
  }
  return samples;
}

/// Of those that ended by themselves, sorted.
std::vector<Nanoseconds> walls_of(const std::vector<measure::Sample>& samples) {
  std::vector<Nanoseconds> walls;
  for (const auto& sample : samples)
    if (sample.end == toolchains::End::exited) walls.push_back(sample.wall);
  std::ranges::sort(walls);
  return walls;
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
  command.timeout = workshop.planner.config().build.timeout;
  return workshop.runner.run(command).ok() ? folder / "empty" : fs::path();
}

/// Where ptrace is forbidden.
measure::RunPhases by_empty_main(const std::string& forbidden, const Runs& runs, const VariantPlan* plan,
                                 measure::Sampler& sampler, const Workshop& workshop) {
  const bool is_rust = plan && workshop.planner.config().project.kind != ProjectKind::command;
  const fs::path empty = is_rust ? empty_program(*plan, runs.scratch(), workshop) : fs::path();
  if (empty.empty()) return {.unavailable = forbidden};
  auto spec = runs.spec();
  spec.executable = empty;
  spec.argv = {"empty"};
  auto phases =
      measure::phases_by_empty_main(sample(spec, runs, sampler), sample(runs.spec(), runs, sampler));
  if (phases.unavailable.empty()) phases.notes.insert(phases.notes.begin(), forbidden);
  return phases;
}

measure::RunPhases split(const Workload& workload, const Traced& traced, const Instruments& instruments,
                         const Workshop& workshop) {
  const VariantPlan* plan = traced.entrant.plan;
  const Runs runs(workload, traced, workshop);
  if (const auto failed = runs.prepare(); !failed.empty()) return {.unavailable = failed};
  const auto untraced = walls_of(sample(runs.spec(), runs, instruments.sampler));
  const std::string expected = untraced.empty() ? "" : runs.output();
  // Cargo calls a program's crate by its name; LTO leaves no other trace of what is Rust.
  const bool is_cargos = plan && workshop.planner.config().project.kind != ProjectKind::command;
  const auto landmarks =
      measure::landmarks_of(traced.executable, traced.twin, is_cargos ? workload.program : "");
  PreparedTracer prepared(instruments.tracer, runs);
  std::optional<Nanoseconds> usual;
  if (!untraced.empty()) usual = untraced[untraced.size() / 2];
  auto phases =
      measure::measure_run_phases(prepared, runs.spec(), landmarks, traced_runs, trace_budget, usual);
  if (!phases.unavailable.empty() && !toolchains::interrupted())
    phases = by_empty_main(phases.unavailable, runs, plan, instruments.sampler, workshop);
  const bool comparable = !workload.expect.stdout_any && !workload.expect.stdout_sorted;
  if (phases.source != "ptrace" || !comparable || expected.empty() || runs.output() == expected)
    return phases;
  return {.unavailable = "its output differs when traced, so its phases would not match the timed runs"};
}

void append(auto& all, auto& more) {
  std::ranges::move(more, std::back_inserter(all));
}

}  // namespace

void Findings::add(Findings more) {
  append(phases.runtime, more.phases.runtime);
  append(phases.build, more.phases.build);
  append(groups, more.groups);
  append(inspected, more.inspected);
  append(allocations, more.allocations);
  append(flamegraphs, more.flamegraphs);
  for (auto& note : more.notes)
    if (std::ranges::find(notes, note) == notes.end()) notes.push_back(std::move(note));
}

fs::path with_symbols(const Layout& layout, const std::string& variant, const std::string& program) {
  const fs::path linked = layout.variant(variant) / "linked" / program;
  const fs::path shipped = layout.variant(variant) / "bin" / program;
  std::error_code missing;
  if (!fs::exists(linked, missing)) return shipped;
  // It may be left from when the variant was stripped, or had a profile.
  return toolchains::code_sha256(linked) == toolchains::code_sha256(shipped) ? linked : shipped;
}

Traced traced(const Entrant& entrant, const Workload& workload, const Planner& planner) {
  const auto& layout = planner.layout();
  Traced traced{.entrant = entrant, .run = {}, .executable = {}, .twin = {}};
  const fs::path program = entrant.plan ? program_of(entrant, workload, layout) : fs::path();
  traced.run = spec_of(entrant, workload, planner, program, layout.scratch());
  traced.executable = entrant.plan ? program : traced.run.executable;
  if (!entrant.plan) return traced;
  const fs::path symbols = with_symbols(layout, entrant.name, workload.program);
  if (symbols != traced.executable) traced.twin = symbols;
  return traced;
}

report::RunPhases split_runs(const Workload& workload, const Traced& traced, const Instruments& instruments,
                             const Workshop& workshop) {
  report::RunPhases result;
  if (!workload.command.empty())
    result.unavailable =
        "phases need a program that is started directly, but this workload has its own command";
  else if (const auto problem = problem_in([&] {
             static_cast<measure::RunPhases&>(result) = split(workload, traced, instruments, workshop);
           }))
    result.unavailable = *problem;
  result.dominant = measure::dominant(result.phases, measure::dominant_in_a_run);
  result.workload = workload.name;
  (traced.entrant.plan ? result.variant : result.reference) = traced.entrant.name;
  return result;
}

}  // namespace pgo_orch::orchestrator
