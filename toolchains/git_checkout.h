#pragma once
// One commit of a repository that others write: nothing of it is run, and nobody is asked for anything.

#include <filesystem>
#include <string>
#include <vector>

#include "toolchains/command.h"

namespace pgo_orch::toolchains {

/// What is wanted of a repository.
struct GitCommit {
  std::string address;               ///< by https, ssh or file; git is told to take no other protocol
  std::string id;                    ///< the full one
  std::vector<std::string> folders;  ///< empty: all
  /// A repository on this machine, which `address` is then: its objects stay where they are, and its tags and
  /// submodules come along.
  bool is_local = false;
};

/// The commands that check it out into a folder that is not there yet. Without hooks, LFS, submodules,
/// prompts and the configuration of user and machine; one commit deep, and only the wanted folders' files
/// where the server can select.
std::vector<Command> checkout_commands(const GitCommit& wanted, const std::filesystem::path& folder);

/// Checks it out, by a rename, unless the folder has it: of this address, with this commit, and with no file
/// changed since. Up to three tries, with growing pauses. What it did, or "": it was there. Errors: no git
/// (Exit::tool); git's own words, with the command.
std::string check_out(const GitCommit& wanted, const std::filesystem::path& folder, Runner& runner);

}  // namespace pgo_orch::toolchains
