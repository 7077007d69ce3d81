#include "toolchains/git_checkout.h"

#include <fmt/format.h>
#include <poll.h>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"
#include "toolchains/process_runner.h"
#include "toolchains/search_path.h"
#include "toolchains/text.h"
#include "toolchains/tree.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

/// See git(1) and git-config(1). A variable that is set but empty switches asking for passwords off.
EnvironmentChanges apart_from_users() {
  EnvironmentChanges changes{{"GIT_CONFIG_NOSYSTEM", "1"},
                             {"GIT_CONFIG_SYSTEM", "/dev/null"},
                             {"GIT_CONFIG_GLOBAL", "/dev/null"},
                             {"GIT_ATTR_NOSYSTEM", "1"},
                             {"GIT_TERMINAL_PROMPT", "0"},
                             {"GIT_ASKPASS", ""},
                             {"SSH_ASKPASS_REQUIRE", "never"},
                             {"GIT_SSH_COMMAND", "ssh -oBatchMode=yes"},
                             {"GIT_ALLOW_PROTOCOL", "https:ssh:file"},
                             {"GIT_LFS_SKIP_SMUDGE", "1"},
                             {"LC_ALL", "C"}};
  for (const char* name :
       {"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_CONFIG", "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS", "GIT_TEMPLATE_DIR", "GIT_SSH", "GIT_PROXY_COMMAND", "SSH_ASKPASS"})
    changes[name] = std::nullopt;
  return changes;
}

Command git_in(const fs::path& folder, std::vector<std::string> words) {
  Command command{
      .argv = {"git", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c",
               "core.autocrlf=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c",
               "submodule.recurse=false", "-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60"},
      .cwd = folder,
      .env = apart_from_users(),
      .timeout = std::chrono::hours(1)};
  command.argv.insert(command.argv.end(), words.begin(), words.end());
  return command;
}

/// Where we note what the checked-out files were, out of reach of what is checked out.
fs::path mark_of(const fs::path& folder) {
  return folder / ".git" / "pgo-orch-checkout";
}

std::string digest_of(const fs::path& folder) {
  return tree_digest(folder, [](const fs::path& relative) { return relative == ".git"; });
}

std::string answer(Runner& runner, const fs::path& folder, std::vector<std::string> words) {
  const auto said = ask_tool(runner, git_in(folder, std::move(words)));
  return said.ok() ? std::string(trimmed(said.out)) : "";
}

bool is_there(const GitCommit& wanted, const fs::path& folder, Runner& runner) {
  std::error_code missing;
  return fs::is_regular_file(fs::symlink_status(mark_of(folder), missing)) &&
         answer(runner, folder, {"config", "--get", "remote.origin.url"}) == wanted.address &&
         answer(runner, folder, {"rev-parse", "HEAD"}) == wanted.id &&
         read_file(mark_of(folder)) == digest_of(folder);
}

std::vector<Command> submodule_commands(const GitCommit& wanted, const fs::path& folder, Runner& runner);
void lend_objects(const GitCommit& wanted, const fs::path& folder, Runner& runner);

/// "", or what git says of the first that fails.
std::string run_all(const std::vector<Command>& commands, Runner& runner) {
  for (const auto& command : commands) {
    const auto said = capture(runner, command);
    if (said.outcome.end == End::interrupted) throw Error("interrupted", Exit::interrupted);
    if (said.ok()) continue;
    const auto words = trimmed(said.err);
    return words.empty() ? describe(said.outcome) : std::string(words);
  }
  return "";
}

/// "": it is checked out; else git's words.
std::string try_checkout(const GitCommit& wanted, const fs::path& folder, Runner& runner) {
  fs::remove_all(folder);
  make_folders(folder.parent_path());
  auto commands = checkout_commands(wanted, folder);
  const auto last = std::move(commands.back());
  commands.pop_back();
  if (auto problem = run_all(commands, runner); !problem.empty()) return problem;
  if (wanted.is_local) lend_objects(wanted, folder, runner);
  if (auto problem = run_all({last}, runner); !problem.empty()) return problem;
  if (auto problem = run_all(submodule_commands(wanted, folder, runner), runner); !problem.empty())
    return problem;
  const auto head = answer(runner, folder, {"rev-parse", "HEAD"});
  return head == wanted.id ? "" : fmt::format("git checked out '{}' instead", head);
}

void pause(std::chrono::milliseconds time) {
  const Heeding heeding;
  pollfd interrupt{.fd = interrupt_descriptor(), .events = POLLIN, .revents = 0};
  ::poll(&interrupt, 1, static_cast<int>(time.count()));
}

}  // namespace

namespace {

/// As the user's own git would: it may trust folders of other owners, and know how to reach submodules.
Command as_user(Command command) {
  for (const char* name : {"GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_GLOBAL"})
    command.env.erase(name);
  return command;
}

std::vector<Command> local_commands(const GitCommit& wanted, const fs::path& folder) {
  return {as_user(git_in(folder.parent_path(), {"clone", "--quiet", "--shared", "--no-checkout",
                                                "--template=", "--", wanted.address, folder.string()})),
          git_in(folder, {"checkout", "--quiet", "--detach", wanted.id})};
}

/// A shallow repository is cloned like one that is far away: what its branches and tags lead to comes along,
/// not every commit that was fetched into it.
void lend_objects(const GitCommit& wanted, const fs::path& folder, Runner& runner) {
  if (answer(runner, folder, {"cat-file", "-t", wanted.id}) == "commit") return;
  const auto said = ask_tool(runner, as_user(git_in(wanted.address, {"rev-parse", "--git-common-dir"})));
  if (!said.ok()) return;
  const fs::path common = (fs::path(wanted.address) / std::string(trimmed(said.out))).lexically_normal();
  const fs::path own = folder / ".git";
  if (fs::exists(common / "shallow"))
    fs::copy_file(common / "shallow", own / "shallow", fs::copy_options::overwrite_existing);
  write_file_atomically(own / "objects/info/alternates", (common / "objects").string() + "\n");
}

/// What the user's repository has of a submodule is taken from there.
std::vector<Command> submodule_commands(const GitCommit& wanted, const fs::path& folder, Runner& runner) {
  std::vector<Command> commands;
  if (!wanted.is_local || !fs::exists(folder / ".gitmodules")) return commands;
  const auto said =
      answer(runner, folder,
             {"config", "--file", ".gitmodules", "--name-only", "--get-regexp", R"(^submodule\..*\.path$)"});
  const auto common = answer(runner, wanted.address, {"rev-parse", "--git-common-dir"});
  for (const auto& line : lines_of(said)) {
    const std::string name = line.substr(10, line.size() - 10 - 5);  // submodule.NAME.path
    const fs::path had = fs::path(wanted.address) / common / "modules" / name;
    if (fs::exists(had))
      commands.push_back(git_in(folder, {"config", "submodule." + name + ".url", had.string()}));
  }
  commands.push_back(as_user(git_in(folder, {"-c", "protocol.file.allow=always", "submodule", "--quiet",
                                             "update", "--init", "--recursive"})));
  return commands;
}

}  // namespace

std::vector<Command> checkout_commands(const GitCommit& wanted, const fs::path& folder) {
  if (wanted.is_local) return local_commands(wanted, folder);
  std::vector<Command> commands{
      git_in(folder.parent_path(), {"init", "--quiet", "--template=", folder.string()}),
      git_in(folder, {"remote", "add", "origin", wanted.address})};
  if (!wanted.folders.empty()) {
    std::vector<std::string> words{"sparse-checkout", "set", "--no-cone"};
    for (const auto& each : wanted.folders) words.push_back("/" + each + "/");
    commands.push_back(git_in(folder, std::move(words)));
  }
  commands.push_back(git_in(folder, {"fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules",
                                     "--filter=blob:none", "origin", wanted.id}));
  commands.push_back(git_in(folder, {"checkout", "--quiet", "--detach", wanted.id}));
  return commands;
}

std::string check_out(const GitCommit& wanted, const fs::path& folder, Runner& runner) {
  if (!find_executable("git"))
    throw Error("git is needed to fetch " + wanted.address + ": apt-get install git", Exit::tool);
  const bool was_there = fs::exists(fs::symlink_status(folder));
  const bool is_folder = fs::is_directory(fs::symlink_status(folder));
  if (is_folder && is_there(wanted, folder, runner)) return "";
  const fs::path fresh = folder.string() + ".new";
  constexpr std::chrono::milliseconds pauses[] = {std::chrono::seconds(1), std::chrono::seconds(3)};
  std::string problem = try_checkout(wanted, fresh, runner);
  for (const auto time : pauses) {
    if (problem.empty() || wanted.is_local) break;
    pause(time);
    if (interrupted()) throw Error("interrupted", Exit::interrupted);
    problem = try_checkout(wanted, fresh, runner);
  }
  if (!problem.empty()) {
    fs::remove_all(fresh);
    throw Error(fmt::format("cannot fetch {} of {}{}: {}", wanted.id, wanted.address,
                            wanted.is_local ? "" : ", tried three times", problem),
                Exit::failed);
  }
  write_file_atomically(mark_of(fresh), digest_of(fresh));
  fs::remove_all(folder);
  fs::rename(fresh, folder);
  return fmt::format("fetched {} of {}{}", wanted.id, wanted.address,
                     was_there ? ", since what was there had been changed" : "");
}

}  // namespace pgo_orch::toolchains
