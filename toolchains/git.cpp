#include "toolchains/git.h"

#include <charconv>

#include "toolchains/files.h"
#include "toolchains/process_runner.h"
#include "toolchains/text.h"

namespace pgo_orch::toolchains {

GitState git_state(Runner& runner, const std::filesystem::path& folder, const std::filesystem::path& apart) {
  const auto git = [&](std::vector<std::string> words) {
    Command command{.argv = {"git"}, .cwd = folder, .env = {{"GIT_OPTIONAL_LOCKS", "0"}}};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    return ask_tool(runner, std::move(command));
  };
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
  const std::filesystem::path root = trimmed(top.out);
  if (lies_in(apart, root) && apart != root)
    status.push_back(":(exclude,top,literal)" + apart.lexically_relative(root).string());
  const auto changes = git(std::move(status));
  if (changes.ok()) state.clean = changes.out.empty();
  return state;
}

}  // namespace pgo_orch::toolchains
