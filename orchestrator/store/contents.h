#pragma once
// What lies in the state folder, by kind: what `list` adds up and `clean` removes.

#include <array>
#include <filesystem>
#include <vector>

#include "orchestrator/store/layout.h"
#include "toolchains/units.h"
#include "toolchains/words.h"

namespace pgo_orch::orchestrator {

enum class Taken { target_folders, executables, profiles, runs, history, release, gate, trial, other };
constexpr auto words_of(Taken) {
  using enum Taken;
  return std::to_array<Word<Taken>>({{target_folders, "target folders"},
                                     {executables, "executables"},
                                     {profiles, "profiles"},
                                     {runs, "runs"},
                                     {history, "history"},
                                     {release, "release"},
                                     {gate, "gate"},
                                     {trial, "try"},
                                     {other, "other"}});
}

/// A file or folder that pgo-orch made, with all below it.
struct StatePart {
  std::filesystem::path path;
  Taken kind = Taken::other;
  Bytes size;
};

struct Contents {
  std::vector<StatePart> parts;
  std::vector<std::filesystem::path> foreign;  ///< not made by pgo-orch, links among them; also in runs
};

/// Of a state folder; nothing of one that does not exist. Left out are the files that make it one
/// (.gitignore, lock, latest) and what `apply --revert` needs. No link is followed.
Contents contents_of(const Layout& layout);

/// Removes it, but for what is foreign, and the folders that this lies in.
void remove_part(const StatePart& part, const std::vector<std::filesystem::path>& foreign,
                 std::error_code& failed);

Bytes size_of(const std::vector<StatePart>& parts);
Bytes size_of(const std::vector<StatePart>& parts, Taken kind);

/// Removes the folders in which parts were and nothing is left; if it holds nothing else, the state folder,
/// too, with the lock, which the caller holds, and the link to it.
void remove_if_empty(const Layout& layout);

}  // namespace pgo_orch::orchestrator
