#pragma once
// The programs under comparison: all that a run compares is listed once, before anything is built, and stages
// pass entrants on. An entrant is known by its id, also to its row, contender and series.

#include <string>
#include <vector>

#include "measure/statistics/series.h"
#include "orchestrator/plan/planner.h"
#include "orchestrator/plan/reference_command.h"
#include "report/results.h"
#include "toolchains/checked_file.h"

namespace pgo_orch::orchestrator {

using report::Rows;

/// The place of its row: the planned variants, then the references (report::Rows::id).
using EntrantId = measure::ContenderId;

/// A variant or a reference.
struct Entrant {
  EntrantId id = 0;
  std::string name;
  const VariantPlan* plan = nullptr;     ///< null: a reference
  const Reference* reference = nullptr;  ///< null: a variant

  bool is_baseline() const { return plan && plan->baseline; }
  /// One that `leave-one-out` added: it is timed with the others, and no candidate.
  bool is_trained_without() const { return plan && plan->left_out; }
};
using Entrants = std::vector<Entrant>;

/// All plans in their order, and the references that any of the workloads, or builds, are compared with.
Entrants entrants_of(const std::vector<VariantPlan>& plans, const std::vector<Workload>& workloads,
                     const Config& config);

/// Those that are ok and run (or are built), each code once. References that were not prepared are not.
Entrants ready(const Entrants& entrants, const Rows& rows, PhaseOf of = PhaseOf::run);

/// Those that may be chosen: without what `leave-one-out` added.
Entrants candidates(Entrants entrants);

/// Calls `use` with the entrant's row.
auto with_row(auto& rows, EntrantId id, const auto& use) {
  const std::size_t variants = rows.variants.size();
  return id < variants ? use(rows.variants[id]) : use(rows.references[id - variants]);
}

bool takes_part(const Entrant& entrant, const Workload& workload);

/// The file that is copied afresh in the rounds; empty: a reference that runs where it is.
std::filesystem::path program_of(const Entrant& entrant, const Workload& workload, const Layout& layout);

/// Where its logs are.
std::filesystem::path folder_of(const Entrant& entrant, const Layout& layout);

/// How a variant's program runs a workload, whatever for.
toolchains::Command variant_command(const Workload& workload, const std::filesystem::path& executable,
                                    const profiles::Settings& settings);

/// How it runs a workload. `program`: instead of its own file.
ProgramRun run_of(const Entrant& entrant, const Workload& workload, const Planner& planner,
                  const std::filesystem::path& program = {});

/// The files that it is, as they were when its output was checked.
std::vector<toolchains::CheckedFile> checked_files(const Entrant& entrant, const Rows& rows);

/// A digest of the code that a workload runs: times of other code are not its own.
std::string code_of(const Entrant& entrant, const Workload& workload, const Rows& rows,
                    const Planner& planner);

}  // namespace pgo_orch::orchestrator
