#pragma once
// A way to run a program: for training, for measuring, or both.

#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "toolchains/exit_codes.h"
#include "toolchains/units.h"
#include "toolchains/words.h"

namespace pgo_orch::pgo {

/// What a workload is for.
enum class Role { train, measure, both };
constexpr auto words_of(Role) {
  using enum Role;
  return std::to_array<Word<Role>>({{train, "train"}, {measure, "measure"}, {both, "both"}});
}

/// What becomes of a training that lost the profiles of some processes: the variant fails; that is said; or
/// nobody looks, so that a program may trace its own processes.
enum class LostProfiles { fail, allow, ignore };
constexpr auto words_of(LostProfiles) {
  using enum LostProfiles;
  return std::to_array<Word<LostProfiles>>({{fail, "fail"}, {allow, "allow"}, {ignore, "ignore"}});
}

/// Where a timed run's standard output goes.
enum class StdoutMode { pipe, null, file };
constexpr auto words_of(StdoutMode) {
  using enum StdoutMode;
  return std::to_array<Word<StdoutMode>>({{pipe, "pipe"}, {null, "null"}, {file, "file"}});
}

/// What a run must print. At most one of the stdout_* fields that name a text is set; none: as
/// the baseline does.
struct Expectation {
  toolchains::ExitCodes exit_codes;
  std::optional<std::string> stdout_text;
  std::optional<std::filesystem::path> stdout_file;  ///< absolute
  std::optional<std::string> stdout_sha256;          ///< lower-case hex
  std::optional<std::string> stdout_matches;         ///< regular expression, searched in the output
  bool stdout_sorted = false;                        ///< compared after sorting the lines
  bool stdout_any = false;                           ///< not compared at all
  /// Two runs of the baseline decide which of these three it is: the user was not asked.
  bool settles = false;
  bool operator==(const Expectation&) const = default;
};

struct Workload {
  std::string name;
  std::string program;  ///< name of the executable; resolved when the project has only one
  std::vector<std::string> args;
  std::vector<std::string> command;                 ///< instead of {exe} args; placeholders not yet replaced
  std::vector<std::vector<std::string>> steps;      ///< several of them, one after the other, are one run
  std::optional<std::filesystem::path> stdin_file;  ///< absolute
  std::optional<std::string> stdin_text;
  std::map<std::string, std::string> env;
  std::vector<std::string> unset;  ///< variables
  bool clean_env = false;          ///< nothing is inherited but toolchains::kept_variables
  std::filesystem::path cwd;       ///< absolute
  Role role = Role::both;
  int weight = 1;
  int runs = 1;  ///< training repetitions
  Nanoseconds timeout = std::chrono::minutes(1);
  Nanoseconds train_timeout = std::chrono::minutes(5);
  LostProfiles lost_profiles = LostProfiles::fail;
  std::vector<std::vector<std::string>> setup;    ///< once
  std::vector<std::vector<std::string>> prepare;  ///< before each run, outside the timed part
  StdoutMode stdout_mode = StdoutMode::pipe;
  Expectation expect;
  std::vector<std::filesystem::path> corpora;  ///< the folders of those that it uses
  std::optional<double> guard;                 ///< fraction; these three are instead of those in [measure]
  std::optional<double> cpu_guard;             ///< fraction
  std::optional<Nanoseconds> floor;

  /// What one run is.
  std::vector<std::vector<std::string>> commands() const {
    if (!steps.empty()) return steps;
    if (!command.empty()) return {command};
    std::vector<std::string> plain{"{exe}"};
    plain.insert(plain.end(), args.begin(), args.end());
    return {plain};
  }
  /// The program itself is not what is started.
  bool is_driven() const { return !command.empty() || !steps.empty(); }
  bool trains() const { return role != Role::measure; }
  bool measured() const { return role != Role::train; }
  bool operator==(const Workload&) const = default;
};

/// What a variant is that pgo's `leave-one-out` adds: another one, trained without one of its workloads, or
/// with all of them in another balance.
struct LeftOut {
  std::string variant;   ///< the name of the other
  std::string workload;  ///< the name of what is left out; empty: nothing, the balance is another one
  bool operator==(const LeftOut&) const = default;
};

}  // namespace pgo_orch::pgo
