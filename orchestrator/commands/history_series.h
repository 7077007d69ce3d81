#pragma once
// The history as series: what is compared through time, what is not, and where an effect changed.

#include <optional>
#include <string>
#include <vector>

#include "measure/statistics/intervals.h"
#include "orchestrator/plan/selection.h"
#include "orchestrator/store/history.h"

namespace pgo_orch::orchestrator {

/// An effect, of an entry that outlives it.
struct PastEffect {
  const HistoryEntry* entry;
  RecordedEffect effect;
};

/// Places count the effects of the series from 0; that of a change is the first effect at the new level. All
/// figures are in percent: `change` of what it takes relative to the base; negative: it takes less.
struct EffectChange {
  std::size_t at = 0, earliest = 0, latest = 0;
  measure::Interval before, after, change;
};

/// Effects of one program against one base: between them nothing changed but the program's sources.
struct Thread {
  std::size_t begin = 0, end = 0;    ///< places in the series, that of the end not included
  std::vector<std::string> reasons;  ///< why it is not the one before; empty: it is the first
  std::vector<EffectChange> changes;
};

/// Of a build (a variant), a workload and a metric, in the order of the runs.
struct EffectSeries {
  measure::GateMetric metric = measure::GateMetric::wall;
  std::string build;
  std::optional<std::string> workload;  ///< as in RecordedEffect
  std::vector<PastEffect> effects;
  std::vector<Thread> threads;  ///< without gaps
};

/// All that was recorded of one program on one machine.
struct Past {
  Recorded kind = Recorded::run;
  std::string project;
  RecordedMachine machine;
  std::vector<const HistoryEntry*> entries;
  std::vector<EffectSeries> series;  ///< by variant; of each all workloads together first
};

/// The one with the latest run last. `chosen` by globs; with workloads chosen, all together is not shown.
/// The history must outlive it.
std::vector<Past> pasts_of(const RecordedHistory& history, const Selection& chosen);

}  // namespace pgo_orch::orchestrator
