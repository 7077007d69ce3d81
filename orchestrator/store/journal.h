#pragma once
// What a run has finished, a line at a time, so that it can be killed at any moment and resumed.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "measure/rounds/rounds.h"
#include "orchestrator/store/layout.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// What an earlier, unfinished run left.
struct Unfinished {
  std::string id;
  std::string started;
  std::uint64_t seed = 0;
  std::map<std::string, report::VariantResult> variants;             ///< finished rows
  std::map<std::string, std::vector<measure::Series>> measurements;  ///< by workload, complete rounds only
  std::set<std::string> measured;   ///< workloads whose measurement came to its end
  std::set<std::string> restarted;  ///< workloads that began anew, which may be once
};

/// What to do with a run that came to its end.
enum class Finished { is_refused, goes_on };

class Journal {
 public:
  /// A new run; `fingerprint` is of what it was asked to do.
  static Journal begin(const Layout& layout, const std::string& id, const std::string& fingerprint,
                       std::uint64_t seed);

  /// The run that `latest` points to, to go on with. Errors: there is none, it is finished, or it was asked
  /// for something else (pgo.toml or the selection changed).
  static std::pair<Journal, Unfinished> resume(const Layout& layout, const std::string& fingerprint,
                                               Finished finished);

  void stage_finished(const std::string& variant, const std::string& stage);
  void variant_finished(const report::VariantResult& row);
  /// The last round of each series. `code` is the executables' hashes, by contender: samples of other code
  /// are not taken up again.
  void round_finished(const std::string& workload, const measure::Progress& progress,
                      const std::map<std::string, std::string>& code);
  /// Who failed or was lost: a resumed measurement does not take it up again. A failure is told before the
  /// round that it lacks.
  void contender_left(const std::string& workload, const measure::Series& series, const std::string& code);
  /// Its rounds so far don't count any more: the control was told apart from the baseline; or they are of
  /// other code.
  void workload_restarted(const std::string& workload);
  void workload_discarded(const std::string& workload);
  /// All is known of it, or its time is up.
  void workload_measured(const std::string& workload);
  void end();

  const std::string& id() const { return id_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  Journal(std::filesystem::path folder, std::string id) : folder_(std::move(folder)), id_(std::move(id)) {}
  std::filesystem::path folder_;
  std::string id_;
};

/// Key of what was timed of a contender: samples of other code are another's.
std::string contender_key(const std::string& name, const std::string& code);

/// The series of these contenders (name -> code), renamed to them; none at all unless every contender has
/// one, since samples count only beside those of the same round, and every one that ends before the others
/// is known to have left. `references` don't run in every round, and may be new: those count as far as they
/// are there.
std::vector<measure::Series> usable(const std::vector<measure::Series>& had,
                                    const std::map<std::string, std::string>& code,
                                    const std::set<std::string>& references = {});

/// "2026-11-23T07-04-25Z", with a number behind it if that run exists.
std::string new_run_id(const Layout& layout);

}  // namespace pgo_orch::orchestrator
