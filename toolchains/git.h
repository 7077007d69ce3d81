#pragma once
// What git says of the sources.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "toolchains/command.h"

namespace pgo_orch::toolchains {

struct GitState {
  std::string revision;        ///< the full id of the commit; empty: no repository, no commit, or no git
  std::optional<bool> clean;   ///< no file differs from it, and none is there that git does not know
  std::int64_t committed = 0;  ///< seconds since 1970
  std::string refused;  ///< why git would not look into a repository that is there, such as another owner
};

/// Of the repository that the folder is in; of what lies in `apart` it does not ask whether it is clean.
/// Changes nothing, not even git's index.
GitState git_state(Runner& runner, const std::filesystem::path& folder, const std::filesystem::path& apart);

/// The folder of the repository that this one lies in, without links; empty: it is in none.
std::filesystem::path git_top(Runner& runner, const std::filesystem::path& folder);

/// The full id of the commit that a revision names there. Error, in git's words: it names none.
std::string commit_named(Runner& runner, const std::filesystem::path& folder, const std::string& revision);

/// The text of a file in a commit, by its path in the repository; "": there is none.
std::string file_in_commit(Runner& runner, const std::filesystem::path& folder, const std::string& commit,
                           const std::filesystem::path& path);

/// From then on git says in `to`, an existing folder, what it says in `folder`: commits, tags, and which
/// files differ, of those there. Objects stay where they are. Nothing is done if `folder` is in no
/// repository.
void mirror_git(Runner& runner, const std::filesystem::path& folder, const std::filesystem::path& to);

}  // namespace pgo_orch::toolchains
