#include "orchestrator/examine/examine.h"

#include <fmt/format.h>

#include "orchestrator/examine/build_phases.h"
#include "orchestrator/examine/code_evidence.h"
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

Findings Examination::runs(const Entrant& entrant) {
  Findings findings;
  if (!options_.runs) return findings;
  for (const auto& workload : workloads_) {
    if (toolchains::interrupted()) break;
    if (!workload.measured() || !takes_part(entrant, workload)) continue;
    workshop_.progress.note(fmt::format("phases of {} in '{}'", entrant.name, workload.name));
    const auto program = traced(entrant, workload, workshop_.planner);
    auto phases = split_runs(workload, program, instruments_, workshop_);
    const Nanoseconds total = phases.total;
    findings.phases.runtime.push_back(std::move(phases));
    if (entrant.plan)
      findings.add(guarded([&] { return functions().profile_run(workload, program, total); }));
  }
  return findings;
}

Findings Examination::code(const Entrants& entrants, const Rows& rows) {
  if (workshop_.planner.config().questions.inspections.empty() || toolchains::interrupted()) return {};
  workshop_.progress.note("inspecting the code of all variants");
  return guarded([&] { return gather_evidence(entrants, rows, workloads_, workshop_); });
}

Findings Examination::whole(const Entrant& variant, const report::VariantResult& row) {
  const VariantPlan& plan = *variant.plan;
  Findings findings = runs(variant);
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
