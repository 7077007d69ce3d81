#include "orchestrator/build/entrant.h"

#include <algorithm>

#include "orchestrator/build/libraries.h"
#include "pgo/recipe.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Status;

Entrants entrants_of(const std::vector<VariantPlan>& plans, const std::vector<Workload>& workloads,
                     const Config& config) {
  Entrants all;
  for (const auto& plan : plans) all.push_back({.id = all.size(), .name = plan.name, .plan = &plan});
  for (const auto& reference : config.questions.references) {
    const bool wanted =
        reference.of == PhaseOf::build || std::ranges::any_of(workloads, [&](const Workload& workload) {
          return workload.measured() && takes_part(reference, workload);
        });
    if (wanted) all.push_back({.id = all.size(), .name = reference.name, .reference = &reference});
  }
  return all;
}

Entrants ready(const Entrants& entrants, const Rows& rows, PhaseOf of) {
  Entrants found;
  for (const auto& entrant : entrants) {
    if (entrant.id >= rows.variants.size() + rows.references.size()) break;
    const bool ok = with_row(rows, entrant.id, [](const auto& row) { return row.status == Status::ok; });
    const bool own = entrant.plan ? !rows.variants[entrant.id].identical_to : entrant.reference->of == of;
    if (ok && own) found.push_back(entrant);
  }
  return found;
}

Entrants candidates(Entrants entrants) {
  std::erase_if(entrants, &Entrant::is_trained_without);
  return entrants;
}

bool takes_part(const Entrant& entrant, const Workload& workload) {
  return entrant.plan || takes_part(*entrant.reference, workload);
}

fs::path program_of(const Entrant& entrant, const Workload& workload, const Layout& layout) {
  if (entrant.reference) return copied_program(*entrant.reference, layout);
  return layout.variant(entrant.name) / "bin" / workload.program;
}

fs::path folder_of(const Entrant& entrant, const Layout& layout) {
  return entrant.reference ? folder_of(*entrant.reference, layout).root : layout.variant(entrant.name);
}

toolchains::Command variant_command(const Workload& workload, const fs::path& executable,
                                    const profiles::Settings& settings) {
  return with_libraries(pgo::workload_command(workload, executable, settings.run_env), executable);
}

ProgramRun run_of(const Entrant& entrant, const Workload& workload, const Planner& planner,
                  const fs::path& program) {
  if (entrant.reference) return reference_run(*entrant.reference, workload, planner, program);
  const fs::path executable = program.empty() ? program_of(entrant, workload, planner.layout()) : program;
  return {variant_command(workload, executable, entrant.plan->settings), executable};
}

std::vector<toolchains::CheckedFile> checked_files(const Entrant& entrant, const Rows& rows) {
  std::vector<toolchains::CheckedFile> files;
  with_row(rows, entrant.id, [&](const auto& row) {
    for (const auto& artifact : row.artifacts) {
      files.push_back({artifact.path, artifact.sha256});
      for (const auto& library : artifact.libraries) files.push_back({library.path, library.sha256});
    }
  });
  return files;
}

std::string code_of(const Entrant& entrant, const Workload& workload, const Rows& rows,
                    const Planner& planner) {
  if (entrant.reference) return reference_code(*entrant.reference, workload, planner);
  const auto& artifacts = rows.variants[entrant.id].artifacts;
  return std::ranges::find(artifacts, workload.program, &report::Artifact::program)->code_sha256;
}

}  // namespace pgo_orch::orchestrator
