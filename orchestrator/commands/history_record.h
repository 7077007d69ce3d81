#pragma once
// What a run adds to the history.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/plan/planner.h"
#include "orchestrator/store/history.h"
#include "report/gate.h"
#include "report/results.h"
#include "toolchains/git.h"

namespace pgo_orch::orchestrator {

/// Error: the file that --history names exists, and is not a history: lines would be added to something else.
void check_history_file(const std::filesystem::path& file);

/// What results don't have, taken before anything is built: sources may change while a run goes on.
class HistoryRecord {
 public:
  /// `file`: to which the line is added; git is not asked whether that one differs from the commit.
  HistoryRecord(const Planner& planner, const std::vector<VariantPlan>& plans,
                const std::vector<Workload>& workloads, toolchains::Runner& runner,
                std::filesystem::path file);

  /// Nothing if no variant was timed. `results` are without private values. Error: the file can't be written.
  void append(const report::Results& results) const;

  HistoryEntry entry_of(const report::Results& results) const;

 private:
  RecordedBuild build_of(const report::VariantResult& row) const;

  std::filesystem::path root_, file_;
  toolchains::GitState git_;
  std::map<std::string, std::map<std::string, std::string>> settings_;  ///< in force, by variant
  std::map<std::string, RecordedWorkload> workloads_;
};

/// What a gate adds: the effect of the new version on each metric, in each workload.
HistoryEntry entry_of(const report::GateReport& report, const Config& config);

}  // namespace pgo_orch::orchestrator
