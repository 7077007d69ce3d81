#include "toolchains/git.h"

#include <fmt/format.h>

#include <charconv>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/text.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

/// Asks git in a folder.
auto git_in(Runner& runner, const fs::path& folder) {
  return [&runner, folder](const std::vector<std::string>& words) {
    Command command{.argv = {"git"}, .cwd = folder, .env = {{"GIT_OPTIONAL_LOCKS", "0"}}};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    return ask_tool(runner, std::move(command));
  };
}

}  // namespace

GitState git_state(Runner& runner, const fs::path& folder, const fs::path& apart) {
  const auto git = git_in(runner, folder);
  GitState state;
  const auto commit = git({"log", "-1", "--format=%H %ct"});
  const auto blank = commit.out.find(' ');
  if (commit.err.find("dubious ownership") != std::string::npos) state.refused = complaint(commit.err);
  if (!commit.ok() || blank == std::string::npos) return state;
  state.revision = commit.out.substr(0, blank);
  const std::string seconds(trimmed(std::string_view(commit.out).substr(blank + 1)));
  std::from_chars(seconds.data(), seconds.data() + seconds.size(), state.committed);
  const auto top = git({"rev-parse", "--show-toplevel"});
  if (!top.ok()) return state;
  std::vector<std::string> status{"status", "--porcelain", "--", ":/"};
  const fs::path root = trimmed(top.out);
  if (lies_in(apart, root) && apart != root)
    status.push_back(":(exclude,top,literal)" + apart.lexically_relative(root).string());
  const auto changes = git(status);
  if (changes.ok()) state.clean = changes.out.empty();
  return state;
}

fs::path git_top(Runner& runner, const fs::path& folder) {
  const auto top = git_in(runner, folder)({"rev-parse", "--show-toplevel"});
  return top.ok() ? fs::path(trimmed(top.out)) : fs::path();
}

std::string commit_named(Runner& runner, const fs::path& folder, const std::string& revision) {
  const auto found = git_in(
      runner, folder)({"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}"});
  if (found.ok()) return std::string(trimmed(found.out));
  throw Error(
      fmt::format("'{}' is neither a folder nor a commit that git knows in {}: fetch it first (in GitHub "
                  "Actions, actions/checkout with fetch-depth: 0), or correct the name",
                  revision, folder.string()));
}

std::string file_in_commit(Runner& runner, const fs::path& folder, const std::string& commit,
                           const fs::path& path) {
  const auto found = git_in(runner, folder)({"cat-file", "blob", commit + ":" + path.string()});
  return found.ok() ? found.out : "";
}

void mirror_git(Runner& runner, const fs::path& folder, const fs::path& to) {
  const auto git = git_in(runner, folder);
  const auto path = [&](const char* which) {
    const auto said = git({"rev-parse", which});
    return said.ok() ? (folder / trimmed(said.out)).lexically_normal() : fs::path();
  };
  // A worktree has an index and a HEAD of its own.
  const fs::path own = path("--absolute-git-dir"), common = path("--git-common-dir"),
                 top = path("--show-toplevel");
  if (own.empty() || common.empty() || top.empty()) return;
  const fs::path made = to / ".git";
  fs::create_directories(made / "objects/info");
  const auto copy = [&](const fs::path& from, const char* name) {
    std::error_code missing;
    if (fs::exists(from / name, missing))
      fs::copy(from / name, made / name, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  };
  for (const char* name : {"HEAD", "index"}) copy(own, name);
  for (const char* name : {"config", "refs", "packed-refs", "shallow", "info"}) copy(common, name);
  write_file_atomically(made / "objects/info/alternates", (common / "objects").string() + "\n");
  git({"config", "--file", (made / "config").string(), "core.worktree", top.string()});
}

}  // namespace pgo_orch::toolchains
