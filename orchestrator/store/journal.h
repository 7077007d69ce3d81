#pragma once
// What a run has finished, one line each, so that it can be killed at any moment and resumed.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "measure/rounds/rounds.h"
#include "orchestrator/store/layout.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// A file of JSON objects, one on each line, that outlives a program that is killed while it writes.
class JsonLines {
 public:
  explicit JsonLines(std::filesystem::path file) : file_(std::move(file)) {}

  bool exists() const { return std::filesystem::exists(file_); }
  /// Adds a line in a single write; ends one that a killed program left without an end first.
  void append(const nlohmann::json& object) const;
  /// Takes the objects in their order. The number of lines that do not read: that are not objects (cut ones),
  /// or that `take` throws at. No file has no lines.
  int for_each(const std::function<void(const nlohmann::json&)>& take) const;
  void remove() const { std::filesystem::remove(file_); }

 private:
  std::filesystem::path file_;
};

/// What an earlier, unfinished run left.
struct Unfinished {
  std::string id;
  std::string started;
  std::uint64_t seed = 0;
  std::map<std::string, report::VariantResult> variants;             ///< finished rows
  std::map<std::string, std::vector<measure::Series>> measurements;  ///< by workload, complete rounds only
  /// Workloads whose measurement is complete.
  std::map<std::string, measure::Ends> measured;
  std::set<std::string> restarted;  ///< workloads that were restarted, which is allowed once
  int unread = 0;                   ///< lines that are damaged, or of another version
};

/// Whether a finished run may be resumed.
enum class Finished { is_refused, goes_on };

class Journal {
 public:
  /// A new run; `fingerprint` is of what it was asked to do.
  static Journal begin(const Layout& layout, const std::string& id, const std::string& fingerprint,
                       std::uint64_t seed);

  /// The run that `latest` points to. Errors: there is none, it is finished, or pgo.toml or
  /// the selection changed.
  static std::pair<Journal, Unfinished> resume(const Layout& layout, const std::string& fingerprint,
                                               Finished finished);

  void stage_finished(const std::string& variant, const std::string& stage);
  void variant_finished(const report::VariantResult& row);
  /// The last round of each series. `code`: the executables' hashes, by contender; samples of other code
  /// are not reused.
  void round_finished(const std::string& workload, const measure::Progress& progress,
                      const std::map<std::string, std::string>& code);
  /// A contender failed or was dropped: a resumed measurement leaves it out. A failure comes before the round
  /// that it is missing from.
  /// `no_room`: what it printed says that the disk was full.
  void contender_left(const std::string& workload, const measure::Series& series, const std::string& code,
                      bool no_room);
  /// Its rounds so far don't count: the control measured differently from the baseline; or they are
  /// of other code.
  void workload_restarted(const std::string& workload);
  void workload_discarded(const std::string& workload);
  /// Everything is decided, or its time is up.
  void workload_measured(const std::string& workload, measure::Ends ends);
  void end();

  const std::string& id() const { return id_; }
  const std::filesystem::path& folder() const { return folder_; }

 private:
  Journal(const std::filesystem::path& folder, std::string id);
  std::filesystem::path folder_;
  std::string id_;
  JsonLines lines_;
};

/// Names the samples of a contender with this code.
std::string contender_key(const std::string& name, const std::string& code);

/// The series of these contenders (name -> code), renamed to them. None unless every contender has one, and
/// every one that ends before the others is known to have left: samples count only beside those of the same
/// round. `others`, which don't run in every round and may be new, are exempt.
std::vector<measure::Series> usable(const std::vector<measure::Series>& had,
                                    const std::map<std::string, std::string>& code,
                                    const std::set<std::string>& others = {});

/// "2026-11-23T07-04-25Z", with a number appended if that run exists.
std::string new_run_id(const Layout& layout);

}  // namespace pgo_orch::orchestrator
