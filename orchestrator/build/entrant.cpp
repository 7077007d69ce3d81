#include "orchestrator/build/entrant.h"

#include <algorithm>

#include "pgo/recipe.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Status;

std::vector<Entrant> entrants_of(const std::vector<VariantPlan>& plans, const Rows& rows,
                                 const Config& config, PhaseOf of) {
  std::vector<Entrant> found;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const auto& row = rows.variants[i];
    if (row.status == Status::ok && !row.identical_to)
      found.push_back({.name = row.name, .row = i, .plan = &plans[i]});
  }
  for (std::size_t i = 0; i < rows.references.size(); ++i) {
    const auto& row = rows.references[i];
    const auto* reference = find_reference(config, row.name);
    if (row.status == Status::ok && reference->of == of)
      found.push_back({.name = row.name, .row = i, .reference = reference});
  }
  return found;
}

bool takes_part(const Entrant& entrant, const Workload& workload) {
  return entrant.plan || takes_part(*entrant.reference, workload);
}

fs::path program_of(const Entrant& entrant, const Workload& workload, const Layout& layout) {
  if (entrant.reference) return copied_program(*entrant.reference, layout);
  return layout.variant(entrant.name) / "bin" / workload.program;
}

ProgramRun run_of(const Entrant& entrant, const Workload& workload, const Planner& planner,
                  const fs::path& program) {
  if (entrant.reference) return reference_run(*entrant.reference, workload, planner, program);
  const fs::path executable = program.empty() ? program_of(entrant, workload, planner.layout()) : program;
  return {pgo::workload_command(workload, executable, entrant.plan->settings.run_env), executable};
}

std::string code_of(const Entrant& entrant, const Workload& workload, const Rows& rows,
                    const Planner& planner) {
  if (entrant.reference) return reference_code(*entrant.reference, workload, planner);
  const auto& artifacts = rows.variants[entrant.row].artifacts;
  return std::ranges::find(artifacts, workload.program, &report::Artifact::program)->code_sha256;
}

}  // namespace pgo_orch::orchestrator
