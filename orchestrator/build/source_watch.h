#pragma once
// Variants are compared, so all must be built of the same sources, and run on the same inputs.

#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "orchestrator/plan/planner.h"
#include "toolchains/checked_file.h"

namespace pgo_orch::orchestrator {

/// Remembers the content of files for as long as a run lasts. A file that is written without being changed is
/// the same. Several threads may use it.
class SourceWatch {
 public:
  using Time = std::chrono::system_clock::time_point;
  explicit SourceWatch(const Planner& planner);

  struct Look {
    std::string problem;  ///< names the file that changed, and says what to do; "": none did
    /// Seen for the first time, and written since the build began: by a build script, or edited.
    std::vector<std::filesystem::path> written;
  };

  /// Compares the files that a build, begun at `began`, was made of with what earlier builds found. Files
  /// that build scripts generate do not count: those in the target folder, and those rewritten in every
  /// build.
  Look look(const VariantPlan& plan, const pgo::BuildStep& step, Time began);
  /// Of a build command those files are known that its words name, or those of the compilers that it calls.
  Look look(const VariantPlan& plan, const pgo::CommandStep& step, Time began);
  /// After building once more, begun at `began`: a file was generated if that rewrote it, or if cargo found
  /// everything fresh, since what is written after a compiler's start is not. "": all were.
  std::string confirm(const std::vector<std::filesystem::path>& written, bool all_fresh, Time began);
  /// What an interrupted run's builds were made of, if they are not to be made again: from then on all must
  /// be made of the same. False: something has been changed since, or is not known.
  bool resume(const std::filesystem::path& record);
  /// Keeps what is known in a file, for `resume` and for who wants to know later whether it has changed:
  /// lines of {"file", "sha256", "variant", "written"} for a source, {"file", "sha256", "workload"} for an
  /// input that is not in the state folder, {"workload", "commands"} for what one run of a workload does,
  /// {"variable", "value_sha256"} for what variables_for_c() has and for what the sources read when they are
  /// compiled (empty: it is not set), {"file", "absent"} for a build script that there is not, {"project"},
  /// the digest of that table, and {"root"}, the folder of pgo.toml.
  void keep_in(const std::filesystem::path& record);

  /// SHA-256 of the sources that builds were made of; without those that build scripts wrote.
  std::map<std::filesystem::path, std::string> digests();

  /// Sources that have been changed since they were built.
  std::vector<std::filesystem::path> changed_sources();

  /// Sources of which it is not known whether they were compiled, and that changed between two builds: those
  /// in packages with build scripts, and in the folder of a build command.
  std::set<std::filesystem::path> changed_undeclared();

  /// Remembers the files that workloads name: their standard input, and words of their commands, arguments
  /// and environment. To be called before the baseline is checked; after that, `forget_outputs` forgets what
  /// its runs wrote.
  void remember_inputs(const std::vector<Workload>& workloads);
  void forget_outputs();
  /// "": all is as it was when the baseline was checked; else what changed, and what to do.
  std::string changed_input(const Workload& workload);
  std::string digest_of_inputs(const Workload& workload);
  /// The files that are known to be inputs of a workload, by path.
  std::vector<std::filesystem::path> inputs(const Workload& workload);

 private:
  struct Source {
    toolchains::KnownFile content;
    std::string variant;   ///< that was built of it first
    bool written = false;  ///< while that was built
  };
  using Places = std::map<std::filesystem::path, std::filesystem::path>;  ///< the user's file -> what is read
  Look compare(const VariantPlan& plan, const Places& files, bool has_build_script, Time began);
  std::set<std::filesystem::path> folders_with_manifests() const;
  void add_manifests(Places& files) const;
  void look_at_undeclared(const std::vector<std::filesystem::path>& folders, bool with_rust);
  std::vector<std::filesystem::path> changed() const;

  const Planner& planner_;
  std::mutex mutex_;
  std::map<std::filesystem::path, Source> sources_;
  std::set<std::string> read_by_sources_;  ///< variables, by env! and option_env!
  std::map<std::filesystem::path, toolchains::KnownFile> undeclared_;
  std::set<std::filesystem::path> changed_undeclared_;
  std::map<std::string, std::map<std::filesystem::path, toolchains::KnownFile>> inputs_;  ///< by workload
};

/// Files that the words name, also behind a "=", and all below folders that they name, but for what the state
/// folder, git or cargo keep there. Nothing of a folder that is too large to look through.
std::set<std::filesystem::path> named_files(const std::vector<std::string>& words,
                                            const std::filesystem::path& cwd,
                                            const std::filesystem::path& state);

}  // namespace pgo_orch::orchestrator
