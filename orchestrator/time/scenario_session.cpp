#include "orchestrator/time/scenario_session.h"

#include <fmt/format.h>

#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// With what the compiler says first, where it says anything.
std::string reason_of(const StepFailure& failed) {
  const auto& tail = failed.failure.tail;
  if (tail.empty() || !tail.front().starts_with("error")) return failed.reason;
  return fmt::format("{}: {}", failed.reason, tail.front());
}

class Session {
 public:
  Session(const IncrementalBuild& build, const std::set<BuildScenario>& wanted)
      : build_(build), wanted_(wanted) {}

  Turn take(bool warm) {
    const bool from_nothing = wanted_.contains(BuildScenario::incr_full) || !warm;
    write(build_.original);
    if (from_nothing) build_.forget();
    if (!run(BuildScenario::incr_full)) return std::move(turn_);
    if (wanted_.contains(BuildScenario::incr_unchanged) && !run(BuildScenario::incr_unchanged))
      return std::move(turn_);
    if (wanted_.contains(BuildScenario::incr_patched)) patch();
    return std::move(turn_);
  }

 private:
  /// Always with a new time, by which cargo goes.
  void write(const std::string& text) const {
    if (!build_.edited.empty()) toolchains::write_file_atomically(build_.edited, text);
  }

  void patch() {
    if (build_.edited.empty() || build_.patched == build_.original) {
      turn_.reasons[BuildScenario::incr_patched] =
          "the file of [build] patch is not one of its sources, or does not contain the text to replace";
      return;
    }
    write(build_.patched);
    run(BuildScenario::incr_patched);
    write(build_.original);
  }

  bool run(BuildScenario scenario) {
    Again again;
    const auto failed = attempt("build", [&] { return build_.build(again); });
    if (failed && failed->interrupted) {
      turn_.interrupted = true;
      return false;
    }
    if (failed) {
      fail(scenario, reason_of(*failed));
      return false;
    }
    if (!wanted_.contains(scenario)) return true;
    if (scenario == BuildScenario::incr_patched && again.all_fresh) {  // its time would be a lie
      turn_.reasons[scenario] =
          "cargo found nothing to build after the edit: the program does not use that file";
      return true;
    }
    turn_.took[scenario] = again.took;
    return true;
  }

  void fail(BuildScenario first, const std::string& reason) {
    for (const auto scenario : wanted_)
      if (scenario >= first) turn_.reasons[scenario] = reason;
  }

  const IncrementalBuild& build_;
  const std::set<BuildScenario>& wanted_;
  Turn turn_;
};

}  // namespace

Turn take_turn(const IncrementalBuild& build, const std::set<BuildScenario>& wanted, bool warm) {
  return Session(build, wanted).take(warm);
}

}  // namespace pgo_orch::orchestrator
