#pragma once
// The programs under comparison. Stages pass entrants on instead of looking rows and plans up by name.

#include <optional>
#include <string>
#include <vector>

#include "orchestrator/build/row.h"
#include "orchestrator/plan/planner.h"
#include "orchestrator/plan/reference_command.h"

namespace pgo_orch::orchestrator {

/// The rows of a run: a variant for each plan, in their order, and the references. A stage that sees an
/// entrant fail marks its row; all else it finds it returns.
struct Rows {
  std::vector<report::VariantResult> variants;
  std::vector<report::ReferenceResult> references;
};

/// A variant or a reference.
struct Entrant {
  std::string name;
  std::size_t row = 0;                   ///< among the rows of its kind
  const VariantPlan* plan = nullptr;     ///< null: a reference
  const Reference* reference = nullptr;  ///< null: a variant
};

/// The variants that are ok, each code once, and behind them the ok references that run (or are built) beside
/// them.
std::vector<Entrant> entrants_of(const std::vector<VariantPlan>& plans, const Rows& rows,
                                 const Config& config, PhaseOf of = PhaseOf::run);

/// Calls `use` with the entrant's row.
auto with_row(Rows& rows, const Entrant& entrant, const auto& use) {
  return entrant.plan ? use(rows.variants[entrant.row]) : use(rows.references[entrant.row]);
}

bool takes_part(const Entrant& entrant, const Workload& workload);

/// The file that is copied afresh in the rounds; empty: a reference that runs where it is.
std::filesystem::path program_of(const Entrant& entrant, const Workload& workload, const Layout& layout);

/// How it runs a workload. `program`: instead of its own file.
ProgramRun run_of(const Entrant& entrant, const Workload& workload, const Planner& planner,
                  const std::filesystem::path& program = {});

/// A digest of the code that a workload runs: times of other code are not its own.
std::string code_of(const Entrant& entrant, const Workload& workload, const Rows& rows,
                    const Planner& planner);

}  // namespace pgo_orch::orchestrator
