#pragma once
// Gates: conditions on the baseline's phases that a variant must pass to be built.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// The baseline's phases, as far as they were measured.
struct GateEvidence {
  const report::Phases& phases;
  const std::vector<report::GroupShares>& groups;
  std::string baseline;
  std::vector<std::string> workloads;  ///< names; a gate without a workload is about the only one
};

/// Compares a single figure, which is a median where there were several runs; if their interval (of order
/// statistics, 95 %) includes the limit, the reason says so. `phase` may be a phase, a part of one, or a
/// [[phase]] group. A figure that is not known leaves the gate closed, with the reason.
report::GateResult evaluate(const OwnedGate& gate, const GateEvidence& evidence);

/// The gate that decides about the variant at `index`: the first closed one, its own first, else the last
/// open one. No value: it has none.
std::optional<report::GateResult> gate_of(const Variants& variants, std::size_t index,
                                          const GateEvidence& evidence);

}  // namespace pgo_orch::orchestrator
