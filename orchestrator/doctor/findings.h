#pragma once
// What a machine has of what pgo-orch can use, thing by thing.

#include <array>
#include <string>
#include <vector>

#include "orchestrator/plan/machine.h"
#include "orchestrator/plan/planner.h"
#include "toolchains/words.h"

namespace pgo_orch::orchestrator {

enum class Fitness { ok, warning, missing, wrong };
constexpr auto words_of(Fitness) {
  using enum Fitness;
  return std::to_array<Word<Fitness>>(
      {{ok, "ok"}, {warning, "warning"}, {missing, "missing"}, {wrong, "wrong"}});
}

struct Finding {
  const char* group;  ///< the heading that it stands under
  std::string name;   ///< "llvm-profdata"
  Fitness fitness = Fitness::ok;
  std::string text;  ///< version and path, or what is missing
  std::string why;   ///< why this one was chosen, or what it would be good for
  std::string hint;  ///< the command that installs it
  bool operator==(const Finding&) const = default;
};

using FindingList = std::vector<Finding>;

/// Rust, LLVM's tools, linkers, compilers of C, git, profilers: each is asked for its version, linkers by a
/// link.
FindingList find_tools_of(Machine& machine, const std::filesystem::path& own_executable);

/// Disk and memory, and what an instrumented build of the project may need of them.
FindingList find_room(const Layout& layout);

/// What of the project cannot be built here: variants, and references whose program is missing. All that can
/// be built is one finding.
FindingList find_needs(const Planner& planner);

/// Whether anything is missing that the project needs, find_needs having said so.
bool lacks_anything(const FindingList& needs);

}  // namespace pgo_orch::orchestrator
