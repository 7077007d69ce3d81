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

Findings Examination::runs(Entrants entrants) {
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
    workshop_.progress.note(fmt::format("phases of {} in '{}'", report::join_words(names), workload.name));
    auto phases = split_runs(workload, programs, instruments_, workshop_);
    for (std::size_t i = 0; i < programs.size(); ++i) {
      if (programs[i].entrant.plan && !profiled_.contains(programs[i].entrant.id))
        findings.add(
            guarded([&] { return functions().profile_run(workload, programs[i], phases[i].total); }));
    }
    std::ranges::move(phases, std::back_inserter(findings.phases.runtime));
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
