#include "orchestrator/examine/examine.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/examine/build_phases.h"
#include "orchestrator/examine/code_evidence.h"
#include "report/text.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace {

/// A failed examination is a note: what was measured is not lost.
Findings guarded(const auto& look) {
  Findings findings;
  if (const auto problem = problem_in([&] { findings = look(); })) findings.notes.push_back(*problem);
  return findings;
}

/// What was found in another program than the one that was checked is no finding about it.
Findings of_what_was_checked(Findings findings, const Traced& traced,
                             const std::vector<toolchains::CheckedFile>& checked) {
  const auto problem = toolchains::replaced(checked);
  if (problem.empty() && traced.has_its_code()) return findings;
  Findings none;
  auto& phases = none.phases.runtime.emplace_back(std::move(findings.phases.runtime.front()));
  static_cast<measure::RunPhases&>(phases) = {};
  phases.dominant.reset();
  phases.unavailable =
      problem.empty() ? traced.twin.string() + " was replaced while it was looked at" : problem;
  none.notes.push_back(phases.unavailable);
  return none;
}

}  // namespace

Examination::Examination(const std::vector<Workload>& workloads, const ExamineOptions& options,
                         std::filesystem::path folder, const Instruments& instruments,
                         const Workshop& workshop)
    : workloads_(workloads),
      options_(options),
      folder_(std::move(folder)),
      instruments_(instruments),
      workshop_(workshop) {}

FunctionTimes& Examination::functions() {
  if (!functions_) functions_.emplace(workshop_, folder_, options_.budget);
  return *functions_;
}

Findings Examination::runs(Entrants entrants, const Rows& rows) {
  Findings findings;
  if (!options_.runs) return findings;
  // The others' flame graphs are drawn against the baseline's.
  std::ranges::stable_partition(entrants, &Entrant::is_baseline);
  for (const auto& workload : workloads_) {
    if (toolchains::interrupted()) break;
    std::vector<Traced> programs;
    std::vector<std::string> names;
    for (const auto& entrant : entrants) {
      if (!workload.measured() || !takes_part(entrant, workload)) continue;
      programs.push_back(traced(entrant, workload, workshop_.planner));
      names.push_back(entrant.name);
    }
    if (programs.empty()) continue;
    workshop_.progress.note(fmt::format("phases of {} in '{}': some more runs of each",
                                        report::join_words(names), workload.name));
    auto phases = split_runs(workload, programs, instruments_, workshop_);
    for (std::size_t i = 0; i < programs.size(); ++i) {
      const auto& program = programs[i];
      Findings own;
      const Nanoseconds total = phases[i].total;
      own.phases.runtime.push_back(std::move(phases[i]));
      if (program.entrant.plan && !profiled_.contains(program.entrant.id))
        own.add(guarded([&] { return functions().profile_run(workload, program, total); }));
      findings.add(of_what_was_checked(std::move(own), program, checked_files(program.entrant, rows)));
    }
  }
  for (const auto& entrant : entrants) profiled_.insert(entrant.id);
  return findings;
}

Findings Examination::code(const Entrants& entrants, const Rows& rows) {
  if (workshop_.planner.config().questions.inspections.empty() || toolchains::interrupted()) return {};
  workshop_.progress.note("inspecting the code of all variants");
  return guarded([&] { return gather_evidence(entrants, rows, workloads_, workshop_); });
}

Findings Examination::build(const Entrant& variant, const report::VariantResult& row) {
  const VariantPlan& plan = *variant.plan;
  Findings findings;
  if (!options_.builds || toolchains::interrupted()) return findings;
  workshop_.progress.note(fmt::format("phases of the build of {}", plan.name));
  findings.phases.build.push_back(split_build(plan, workshop_));
  const auto steps = pgo::compile_steps(plan.steps);
  const auto* command = steps.empty() ? nullptr : std::get_if<const pgo::CommandStep*>(&steps.back());
  if (!command || !row.build || !options_.runs || toolchains::interrupted()) return findings;
  findings.add(guarded([&] {
    auto profiled = functions().profile_build(plan, **command, *row.build);
    if (workshop_.planner.config().build.keep == Keep::bin) remove_target_folders(plan);
    return profiled;
  }));
  return findings;
}

}  // namespace pgo_orch::orchestrator
