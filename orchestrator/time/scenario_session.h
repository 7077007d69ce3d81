#pragma once
// One variant's turn in a round of build scenarios, and the change of incr-patched.

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "orchestrator/build/build_stage.h"
#include "orchestrator/config/config.h"

namespace pgo_orch::orchestrator {

/// How something is built repeatedly.
struct IncrementalBuild {
  std::function<StepResult(Again&)> build;  ///< once more, on what is there
  std::function<void()> forget;             ///< everything that it made: the next build is from nothing
  std::filesystem::path edited;             ///< the file that is changed, a copy; empty: there is none
  std::string original;                     ///< its text
  std::string patched;
};

/// The results of a turn, by scenario.
struct Turn {
  std::map<BuildScenario, StageRun> took;
  std::map<BuildScenario, std::string> reasons;  ///< why there is no time
  bool interrupted = false;
};

/// The builds of one round in their order: from nothing, unchanged, patched; as far as they are in
/// `wanted` or what follows needs them. `warm`: the latest turn left everything built but for the edit, so
/// a build from nothing that is not wanted is left out. A failure ends the turn, and is the reason of all
/// that would follow.
Turn take_turn(const IncrementalBuild& build, const std::set<BuildScenario>& wanted, bool warm);

/// All places of `replace` in a text, replaced.
struct EditedText {
  std::string text;
  int places = 0;
};
EditedText apply_edit(const SourceEdit& edit, std::string_view text);

/// The user's file that is edited (in a copy), in the project's folder.
std::filesystem::path edited_file(const Config& config);

/// Where the edit is asked for: Error if its file is not there, or does not hold what is to be replaced. How
/// many places it changes; 0: it is not asked for.
int check_source_edit(const Config& config);

}  // namespace pgo_orch::orchestrator
