#pragma once
// A command to be run, and what came of it: data, so that it can be planned, shown, recorded and faked.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::toolchains {

/// Differences from this process's environment; no value means: not set.
using EnvironmentChanges = std::map<std::string, std::optional<std::string>>;

/// As a name without a value: what the changes do not name is not set either, but for kept_variables.
inline constexpr const char* all_others = "*";
inline constexpr const char* kept_variables[] = {"HOME", "PATH", "TMPDIR"};

/// This process's environment with the changes.
std::map<std::string, std::string> environment_with(const EnvironmentChanges& changes);

/// One program start. Never a shell string.
struct Command {
  std::vector<std::string> argv;
  std::filesystem::path cwd;  ///< empty: this process's
  EnvironmentChanges env;
  std::filesystem::path stdin_file;   ///< empty: /dev/null
  std::filesystem::path stdout_file;  ///< overwritten, no link; empty: goes where stderr goes
  bool stdout_pipe = false;  ///< stdout is a pipe: what comes out is written to stdout_file, or discarded
  std::filesystem::path log_file;  ///< stderr, appended, no link; empty: /dev/null
  Nanoseconds timeout{};           ///< over it all of its processes are ended; zero: none
  Bytes largest_file{};            ///< a process that writes a larger one is killed; zero: there is no limit
  /// What it leaves running when it ends may go on until the timeout. Else it is ended soon.
  bool waits_for_all = false;
  /// Also processes that left its session are ended. Else they may stay, as a service does that a command
  /// started, but no longer than this process.
  bool ends_all = false;
  /// Where its instrumented processes write their profiles: Outcome::lost_profiles is wanted.
  std::vector<std::filesystem::path> profile_folders;
};

/// A process of an instrumented program that wrote no profile.
struct LostProfile {
  int pid = 0;
  std::string program;  ///< its file's name
};

enum class End {
  exited,
  signalled,
  timed_out,
  interrupted,  ///< ended by us, because the user asked the program to stop
  not_started   ///< or its output could not be kept: `reason` says why
};

/// How a command ended and what it took.
struct [[nodiscard]] Outcome {
  End end = End::not_started;
  int exit_code = -1;  ///< if exited
  int signal = 0;      ///< if signalled
  std::string reason;  ///< if not_started
  Nanoseconds wall{};
  Nanoseconds user{};    ///< of the whole process tree, orphans included
  Nanoseconds system{};  ///< as the member above
  Bytes peak_rss;        ///< of the largest single process of the tree
  /// What it left running and did not end well: "'work' (process 12) was still running, and was ended",
  /// "'work' (process 12) was killed by signal 6 (Aborted)".
  std::vector<std::string> strays;
  std::vector<LostProfile> lost_profiles;
  std::string unwatched;  ///< why lost profiles are not known, if they are wanted

  bool ok() const { return end == End::exited && exit_code == 0; }
};

/// "exit code 3", "killed by signal 11 (Segmentation fault)", "timed out after 10 s", ...
std::string describe(const Outcome& outcome);

/// The command as a line for a shell: `cd CWD &&`, environment differences (`env -u NAME` for what is unset),
/// the words, `<` and `>` for its files; each word quoted where it must be. Log and timeout are left out.
std::string to_shell(const Command& command);

/// The words before a command's own that make its environment in a shell: `env -u A B='b c'`.
std::vector<std::string> environment_words(const EnvironmentChanges& changes);

/// One word quoted for a POSIX shell, left as it is where that is safe.
std::string shell_quote(const std::string& word);

/// The words of a line that is quoted for a POSIX shell, as `cargo build -v` prints them ('', "", backslash).
/// Nothing is expanded. Error: a quote that is not closed.
std::vector<std::string> split_shell_words(std::string_view line);

/// The one seam through which anything is spawned (but for the timing helper's own runs).
class Runner {
 public:
  virtual ~Runner() = default;
  /// Runs to the end. A command that fails is an Outcome, never an exception.
  virtual Outcome run(const Command& command) = 0;
};

}  // namespace pgo_orch::toolchains
