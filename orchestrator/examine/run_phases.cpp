#include "orchestrator/examine/run_phases.h"

#include <fmt/format.h>

#include <algorithm>

#include "measure/rounds/rounds.h"
#include "measure/run_phases/run_phases.h"
#include "measure/statistics/statistics.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/symbols.h"
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

constexpr int traced_rounds = 30;  // what goals on a phase need for an interval
constexpr std::size_t untraced_runs = 5;
constexpr Nanoseconds untraced_budget = std::chrono::seconds(2);
constexpr Nanoseconds trace_budget = std::chrono::seconds(10);  // of each program

fs::path scratch_of(const Workshop& workshop) {
  return workshop.planner.layout().scratch() / "phases";
}

/// Runs of one program, each with what comes before it.
class Runs {
 public:
  Runs(const Workload& workload, const Traced& traced, const Workshop& workshop)
      : workload_(workload), traced_(traced), workshop_(workshop) {
    output_ = scratch_of(workshop) / fmt::format("traced-{}.out", traced.entrant.id);
  }

  /// Of its file, or of a copy.
  measure::RunSpec spec(const fs::path& copy = {}) const {
    auto spec = traced_.run;
    if (!copy.empty())
      spec = spec_of(traced_.entrant, workload_, workshop_.planner, copy, scratch_of(workshop_));
    if (shows_output()) spec.stdout_file = output_;
    return spec;
  }
  /// Nobody sees what is written to /dev/null.
  bool shows_output() const { return traced_.run.stdout_mode != pgo::StdoutMode::null; }
  std::string output() const { return toolchains::sha256_of_file(output_); }

  /// "": all is well.
  std::string prepare(const fs::path& copy = {}) const {
    if (workload_.prepare.empty()) return "";
    const auto failed = run_prepare(workload_, copy.empty() ? traced_.executable : copy, workshop_.runner,
                                    workshop_.planner.layout().state / "phases.log");
    return failed ? failed->reason : "";
  }

 private:
  const Workload& workload_;
  const Traced& traced_;
  const Workshop& workshop_;
  fs::path output_;
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
  const fs::path empty = is_rust ? empty_program(*plan, scratch_of(workshop), workshop) : fs::path();
  if (empty.empty()) return {.unavailable = forbidden};
  auto spec = runs.spec();
  spec.executable = empty;
  spec.argv = {"empty"};
  auto phases =
      measure::phases_by_empty_main(sample(spec, runs, sampler), sample(runs.spec(), runs, sampler));
  if (phases.unavailable.empty()) phases.notes.insert(phases.notes.begin(), forbidden);
  return phases;
}

/// A program that is going to be traced, and what its untraced runs printed.
struct Candidate {
  const Traced& traced;
  Runs runs;
  std::string expected;  ///< a digest; empty: not known
  measure::TracedProgram program;
  std::string unavailable;  ///< why it cannot be traced
};

Candidate candidate(const Workload& workload, const Traced& traced, const Instruments& instruments,
                    const Workshop& workshop) {
  Candidate made{traced, Runs(workload, traced, workshop), "", {}, ""};
  made.unavailable = made.runs.prepare();
  if (!made.unavailable.empty()) return made;
  const auto untraced = walls_of(sample(made.runs.spec(), made.runs, instruments.sampler));
  if (!untraced.empty()) {
    if (made.runs.shows_output()) made.expected = made.runs.output();
    made.program.untraced = untraced[untraced.size() / 2];
  }
  // Cargo calls a program's crate by its name; LTO leaves no other trace of what is Rust.
  const bool is_cargos =
      traced.entrant.plan && workshop.planner.config().project.kind != ProjectKind::command;
  made.program.landmarks =
      measure::landmarks_of(traced.executable, traced.twin, is_cargos ? workload.program : "");
  return made;
}

/// The run of a copy, as in timed rounds.
measure::Contender contender(const Workload& workload, const Candidate& candidate, const Workshop& workshop) {
  measure::Contender contender;
  contender.name = candidate.traced.entrant.name;
  contender.id = candidate.traced.entrant.id;
  contender.executable = program_of(candidate.traced.entrant, workload, workshop.planner.layout());
  contender.beside = contender.executable.parent_path();
  contender.expected_exit_codes = workload.expect.exit_codes;
  contender.run = [&candidate](const fs::path& copy) { return candidate.runs.spec(copy); };
  contender.prepare = [&candidate](const fs::path& copy) { return candidate.runs.prepare(copy); };
  return contender;
}

measure::RoundsOptions trace_options(const Workload& workload, const std::vector<Candidate>& candidates,
                                     std::uint64_t seed, const Workshop& workshop) {
  Nanoseconds longest{};
  for (const auto& candidate : candidates)
    longest = std::max(longest, candidate.program.untraced.value_or(Nanoseconds(0)));
  measure::RoundsOptions options;
  options.scratch = scratch_of(workshop);
  options.file_name = workload.program;
  options.budget.time = trace_budget * candidates.size();
  options.budget.min_rounds = longest > trace_budget ? 1 : 3;
  options.budget.max_rounds = traced_rounds;
  options.warmup = longest > trace_budget ? 0 : 1;
  options.seed = seed;
  return options;
}

/// The phases of one program that was traced, or could not be.
measure::RunPhases accepted(const Workload& workload, const Candidate& candidate, measure::RunPhases phases,
                            const Instruments& instruments, const Workshop& workshop) {
  if (!phases.unavailable.empty() && !toolchains::interrupted())
    phases = by_empty_main(phases.unavailable, candidate.runs, candidate.traced.entrant.plan,
                           instruments.sampler, workshop);
  const bool comparable =
      !workload.expect.stdout_any && !workload.expect.stdout_sorted && !workload.expect.settles;
  if (phases.source != "ptrace" || !comparable || candidate.expected.empty() ||
      candidate.runs.output() == candidate.expected)
    return phases;
  return {.unavailable = "its output differs when traced, so its phases would not match the timed runs"};
}

/// Those whose preparation fails take no part in the rounds.
std::vector<measure::RunPhases> split(const Workload& workload, const std::vector<Traced>& programs,
                                      const Instruments& instruments, const Workshop& workshop) {
  toolchains::make_folders(scratch_of(workshop));
  std::vector<Candidate> candidates;
  for (const auto& traced : programs) {
    std::optional<Candidate> made;
    if (const auto problem =
            problem_in([&] { made.emplace(candidate(workload, traced, instruments, workshop)); }))
      made.emplace(traced, Runs(workload, traced, workshop), "", measure::TracedProgram{}, *problem);
    candidates.push_back(std::move(*made));
  }
  std::vector<measure::TracedProgram> in_rounds;
  for (auto& candidate : candidates) {
    if (!candidate.unavailable.empty()) continue;
    candidate.program.contender = contender(workload, candidate, workshop);
    in_rounds.push_back(candidate.program);
  }
  auto traced = measure::measure_run_phases(in_rounds, instruments.tracer,
                                            trace_options(workload, candidates, instruments.seed, workshop));
  std::vector<measure::RunPhases> all;
  auto next = traced.begin();
  for (const auto& candidate : candidates) {
    if (candidate.unavailable.empty())
      all.push_back(accepted(workload, candidate, std::move(*next++), instruments, workshop));
    else
      all.push_back({.unavailable = candidate.unavailable});
  }
  return all;
}

/// Of each phase against the baseline's; all intervals of a workload hold together.
void compare_with_baseline(std::vector<report::RunPhases>& all, const std::string& baseline,
                           double confidence) {
  const auto base = std::ranges::find(all, baseline, &report::RunPhases::variant);
  if (base == all.end() || all.size() < 2) return;
  const double intervals = static_cast<double>(std::max<std::size_t>(1, base->phases.size())) *
                           static_cast<double>(all.size() - 1);
  for (auto& phases : all)
    if (&phases != &*base)
      phases.differences = measure::phase_differences(*base, phases, (1 - confidence) / intervals);
}

void append(auto& all, auto& more) {
  std::ranges::move(more, std::back_inserter(all));
}

}  // namespace

void Findings::add(Findings more) {
  std::erase_if(phases.runtime, [&](const report::RunPhases& had) {
    return std::ranges::any_of(more.phases.runtime, [&](const report::RunPhases& next) {
      return next.workload == had.workload && owner_of(next) == owner_of(had);
    });
  });
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
  return toolchains::code_sha256(linked) == toolchains::code_sha256(shipped) ? with_own_symbols(linked)
                                                                             : shipped;
}

bool Traced::has_its_code() const {
  return twin.empty() || toolchains::code_sha256(twin) == toolchains::code_sha256(executable);
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

std::vector<report::RunPhases> split_runs(const Workload& workload, const std::vector<Traced>& programs,
                                          const Instruments& instruments, const Workshop& workshop) {
  std::vector<measure::RunPhases> found(programs.size());
  std::string unavailable;
  if (workload.is_driven())
    unavailable = fmt::format("phases need a program that is started directly, but this workload has {}",
                              workload.steps.empty() ? "its own command" : "steps");
  else if (const auto problem = problem_in([&] { found = split(workload, programs, instruments, workshop); }))
    unavailable = *problem;
  std::vector<report::RunPhases> results;
  std::string baseline;
  for (std::size_t i = 0; i < programs.size(); ++i) {
    const Entrant& entrant = programs[i].entrant;
    report::RunPhases& result = results.emplace_back();
    static_cast<measure::RunPhases&>(result) = std::move(found[i]);
    if (!unavailable.empty()) result.unavailable = unavailable;
    result.dominant = measure::dominant(result.phases, measure::dominant_in_a_run);
    result.workload = workload.name;
    (entrant.plan ? result.variant : result.reference) = entrant.name;
    if (entrant.is_baseline()) baseline = entrant.name;
  }
  compare_with_baseline(results, baseline, workshop.planner.config().measure.confidence);
  return results;
}

}  // namespace pgo_orch::orchestrator
