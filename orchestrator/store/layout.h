#pragma once
// Where everything is in the state folder.

#include <filesystem>
#include <string>

#include "toolchains/file_lock.h"

namespace pgo_orch::orchestrator {

struct Layout {
  std::filesystem::path state;  ///< absolute
  std::filesystem::path alias;  ///< the same folder by a path without '%': profile file names are patterns

  std::filesystem::path variant(const std::string& name) const { return state / "variants" / name; }
  std::filesystem::path variant_alias(const std::string& name) const { return alias / "variants" / name; }
  std::filesystem::path workloads() const { return state / "workloads"; }  ///< inputs and outputs
  std::filesystem::path resolved() const { return state / "source"; }      ///< Cargo.lock of a source project
  std::filesystem::path checkouts() const { return state / "git"; }        ///< of the repositories of corpora
  std::filesystem::path shadow() const { return state / "shadow"; }
  std::filesystem::path tools() const { return state / "tools"; }
  std::filesystem::path scratch() const { return state / "scratch"; }  ///< ours; empty when a run starts
  std::filesystem::path tmp() const { return state / "tmp"; }          ///< {tmp}: what workloads keep there
  std::filesystem::path runs() const { return state / "runs"; }
  std::filesystem::path run(const std::string& id) const { return runs() / id; }
  std::filesystem::path history() const { return state / "history.jsonl"; }  ///< see history.h
  std::filesystem::path latest() const { return state / "latest"; }
  std::filesystem::path tried() const { return state / "try"; }             ///< the pgo.toml that `try` made
  std::filesystem::path release() const { return state / "release"; }       ///< a state folder of its own
  std::filesystem::path gate() const { return state / "gate"; }             ///< the same, of both versions
  std::filesystem::path confirm() const { return state / "confirm"; }       ///< of unpacked artifacts
  std::filesystem::path applied() const { return state / "applied.json"; }  ///< what `apply` changed last
  std::filesystem::path profiles_of_archives() const { return state / "archived"; }
  std::filesystem::path lock() const { return state / "lock"; }
};

/// The layout for a state folder; only the names, nothing is created.
Layout layout_at(const std::filesystem::path& state);

/// Whether pgo-orch made the folder: it has our .gitignore.
bool is_state_folder(const Layout& layout);

/// Error: the state folder exists and has files that are not ours, or links where we write.
void check_state_folder(const Layout& layout);

/// Creates the state folder with its .gitignore of "*" and, if its path has a '%', the link to it. Errors: it
/// can't be created, or the link's place is taken.
void create_state_folder(const Layout& layout);

/// Checks, creates and locks the state folder, and clears what a killed run left there. Error: another run is
/// at work there.
toolchains::Probe<toolchains::FileLock> lock_state_folder(const Layout& layout);

/// Makes it empty: a killed run may have left something there. For the holder of the lock.
void clear_scratch(const Layout& layout);

}  // namespace pgo_orch::orchestrator
