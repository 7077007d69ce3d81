#include "orchestrator/examine/examine.h"

#include <fmt/format.h>

#include <algorithm>

#include "orchestrator/build/references.h"
#include "orchestrator/examine/build_phases.h"
#include "orchestrator/examine/code_evidence.h"
#include "toolchains/error.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

Examination::Examination(const std::vector<Workload>& workloads, ExamineOptions options,
                         std::filesystem::path folder, measure::TimerSampler& timer, const Workshop& workshop,
                         report::Results& results)
    : workloads_(workloads),
      options_(options),
      folder_(std::move(folder)),
      timer_(timer),
      workshop_(workshop),
      results_(results) {}

/// What goes wrong in looking is said, and is no reason to lose what was measured.
template <class Look>
void Examination::guarded(const Look& look) {
  try {
    look();
  } catch (const Error& error) {
    results_.notes.emplace_back(error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    results_.notes.emplace_back(error.what());
  }
}

void Examination::whole(const VariantPlan& plan) {
  runs(plan);
  builds(plan);
}

void Examination::references() {
  if (!options_.runs) return;
  for (const auto* reference :
       ready_references(workshop_.planner.config(), PhaseOf::run, results_.references)) {
    for (const auto& workload : workloads_) {
      if (toolchains::interrupted()) return;
      const auto traced = traced_reference(*reference, workload, workshop_.planner);
      if (!workload.measured() || !traced) continue;
      workshop_.progress.note(fmt::format("phases of {} in '{}'", reference->name, workload.name));
      results_.phases.runtime.push_back(split_runs(workload, *traced, nullptr, timer_, workshop_));
    }
  }
}

void Examination::code(const Config& config) {
  if (config.questions.inspections.empty() || toolchains::interrupted()) return;
  std::vector<Inspected> variants;
  for (std::size_t i = 0; i < config.variants->size(); ++i) {
    const auto variant = config.variants->at(i);
    const auto* row = row_of(variant.name);
    if (!row || row->status != report::Status::ok) continue;
    const auto& own = variant.settings;
    variants.push_back({variant.name, own.run_env, row->identical_to,
                        !own.source.empty() || own.patch || !own.command.empty(), workshop_.planner.plan(i)});
  }
  workshop_.progress.note("looking at the code of all variants");
  guarded([&] { gather_evidence(variants, workloads_, workshop_, results_); });
}

void Examination::runs(const VariantPlan& plan) {
  if (!options_.runs) return;
  for (const auto& workload : workloads_) {
    if (toolchains::interrupted()) return;
    if (!workload.measured()) continue;
    workshop_.progress.note(fmt::format("phases of {} in '{}'", plan.name, workload.name));
    const auto traced = traced_variant(workshop_.planner, plan, workload);
    results_.phases.runtime.push_back(split_runs(workload, traced, &plan, timer_, workshop_));
    functions(workload, traced);
  }
}

void Examination::functions(const Workload& workload, const Traced& traced) {
  guarded([&] {
    if (!functions_) functions_.emplace(workshop_, folder_, options_.budget, results_);
    functions_->profile_run(workload, traced, results_.phases.runtime.back().total);
  });
}

void Examination::builds(const VariantPlan& plan) {
  if (!options_.builds || toolchains::interrupted()) return;
  workshop_.progress.note(fmt::format("phases of the build of {}", plan.name));
  auto phases = split_build(plan, workshop_);
  for (auto& row : results_.variants)
    if (row.name == plan.name && row.build) row.build->phases = phases.phases;
  results_.phases.build.push_back(std::move(phases));
  const auto* command = std::get_if<pgo::CommandStep>(last_build(plan));
  const auto* row = row_of(plan.name);
  if (!command || !row || !row->build || !options_.runs || toolchains::interrupted()) return;
  guarded([&] {
    if (!functions_) functions_.emplace(workshop_, folder_, options_.budget, results_);
    functions_->profile_build(plan, *command, *row->build);
    if (workshop_.planner.config().build.keep == Keep::bin) remove_target_folders(plan);
  });
}

const report::VariantResult* Examination::row_of(const std::string& variant) const {
  const auto found = std::ranges::find(results_.variants, variant, &report::VariantResult::name);
  return found == results_.variants.end() ? nullptr : &*found;
}

}  // namespace pgo_orch::orchestrator
