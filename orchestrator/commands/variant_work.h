#pragma once
// One variant, built by itself for what a command wants to know of it, in a state folder that is locked.

#include "orchestrator/build/source_watch.h"
#include "orchestrator/build/step_result.h"
#include "orchestrator/commands/command.h"
#include "orchestrator/plan/planner.h"
#include "report/progress.h"
#include "report/results.h"
#include "toolchains/file_lock.h"
#include "toolchains/interrupt.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

using IsWanted = bool (*)(const Variant&);

bool has_saved_profile(const Variant& variant);
bool is_profile_guided(const Variant& variant);

/// The variant that --variant names, or the only one of this kind; `what` says which kind.
std::size_t variant_for(const Config& config, const Arguments& given, IsWanted wanted, const char* what);

/// The same file with saved profiles left out: all train.
Config that_trains(Config config);

/// The same file with all variants built for the target; "": for their own.
Config for_target(Config config, const std::string& target);

class VariantWork {
 public:
  /// Locks the state folder and plans the variant at `index`. Errors: another run is at work there; a tool is
  /// missing.
  VariantWork(Config config, std::size_t index, const Arguments& given);

  const Planner& planner() const { return planner_; }
  const Layout& layout() const { return layout_; }
  toolchains::Runner& runner() { return runner_; }
  VariantPlan& plan() { return plan_; }

  /// What must be there before cargo can run.
  void prepare();

  /// All steps, in a journal that no report is of. Error: one failed.
  report::VariantResult build();

  /// Error, with the end of its log: the step failed.
  void demand(const StepResult& result) const;

 private:
  toolchains::Probe<toolchains::FileLock> locked();

  toolchains::Heeding heeding_;
  Config config_;
  Layout layout_;
  toolchains::ProcessRunner runner_;
  toolchains::Probe<toolchains::FileLock> lock_;
  report::Progress progress_;
  Machine machine_;
  Planner planner_;
  VariantPlan plan_;
  SourceWatch sources_;
};

}  // namespace pgo_orch::orchestrator
