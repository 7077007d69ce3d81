#include "orchestrator/examine/examine.h"

#include <fmt/format.h>

#include "orchestrator/examine/build_phases.h"
#include "orchestrator/examine/code_evidence.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

Examination::Examination(const std::vector<Workload>& workloads, const ExamineOptions& options,
                         std::filesystem::path folder, const Instruments& instruments,
                         const Workshop& workshop)
    : workloads_(workloads),
      options_(options),
      folder_(std::move(folder)),
      instruments_(instruments),
      workshop_(workshop) {}

/// A failed examination is a note: what was measured is not lost.
void Examination::guarded(const auto& look) {
  if (const auto problem = problem_in(look)) findings_.notes.push_back(*problem);
}

FunctionTimes& Examination::functions() {
  if (!functions_) functions_.emplace(workshop_, folder_, options_.budget, findings_);
  return *functions_;
}

void Examination::runs(const Entrant& entrant) {
  if (!options_.runs) return;
  for (const auto& workload : workloads_) {
    if (toolchains::interrupted()) return;
    if (!workload.measured() || !takes_part(entrant, workload)) continue;
    workshop_.progress.note(fmt::format("phases of {} in '{}'", entrant.name, workload.name));
    const auto program = traced(entrant, workload, workshop_.planner);
    const auto& phases =
        findings_.phases.runtime.emplace_back(split_runs(workload, program, instruments_, workshop_));
    if (entrant.plan) guarded([&] { functions().profile_run(workload, program, phases.total); });
  }
}

void Examination::code(const std::vector<VariantPlan>& plans,
                       const std::vector<report::VariantResult>& rows) {
  if (workshop_.planner.config().questions.inspections.empty() || toolchains::interrupted()) return;
  workshop_.progress.note("inspecting the code of all variants");
  guarded([&] { gather_evidence(plans, rows, workloads_, workshop_, findings_); });
}

void Examination::whole(const VariantPlan& plan, const report::VariantResult& row) {
  runs({.name = plan.name, .plan = &plan});
  if (!options_.builds || toolchains::interrupted()) return;
  workshop_.progress.note(fmt::format("phases of the build of {}", plan.name));
  findings_.phases.build.push_back(split_build(plan, workshop_));
  const auto* command = std::get_if<pgo::CommandStep>(last_build(plan));
  if (!command || !row.build || !options_.runs || toolchains::interrupted()) return;
  guarded([&] {
    functions().profile_build(plan, *command, *row.build);
    if (workshop_.planner.config().build.keep == Keep::bin) remove_target_folders(plan);
  });
}

}  // namespace pgo_orch::orchestrator
