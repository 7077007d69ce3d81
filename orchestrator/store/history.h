#pragma once
// What each run found, a line each, kept when the run itself is removed: what `pgo-orch history` shows. In
// the state folder, or in a file of the repository. A line has no paths and no values of environment
// variables.

#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "measure/schema.h"
#include "measure/statistics/verdict.h"
#include "toolchains/words.h"

namespace pgo_orch::orchestrator {

inline constexpr const char* history_schema = "pgo-orch/history/1";

/// What compared them: a run its variants with its baseline; a gate a head with a base, two revisions.
enum class Recorded { run, gate };
constexpr auto words_of(Recorded) {
  using enum Recorded;
  return std::to_array<Word<Recorded>>({{run, "run"}, {gate, "gate"}});
}

struct RecordedMachine {
  std::string cpu;
  int cores = 0;
  std::string kernel;
  bool virtualized = false;
};

/// A program that was compared.
struct RecordedBuild {
  std::string name;      ///< of the variant, or "head" and "base"
  std::string revision;  ///< of its sources; empty: that of the whole entry
  std::string target;
  std::map<std::string, std::string> settings;  ///< in force; JSON text
  std::map<std::string, std::string> code;      ///< SHA-256 of the code, by program
};

struct RecordedWorkload {
  std::string digest;  ///< of what it runs
  int weight = 1;      ///< among all workloads
};

/// A build against the base, in percent of what that takes; negative is less.
struct RecordedEffect {
  measure::GateMetric metric = measure::GateMetric::wall;  ///< that of runs
  std::string build;
  std::optional<std::string> workload;  ///< no value: all together, or it is of the program itself
  std::optional<double> effect;         ///< no value: it was not timed
  std::optional<double> lo;             ///< no value: unbounded
  std::optional<double> hi;
  measure::Verdict verdict = measure::Verdict::unresolved;
  double confidence = 0;
  int rounds = 0;
};

struct HistoryEntry {
  Recorded kind = Recorded::run;
  std::string run;      ///< id
  std::string started;  ///< ISO 8601, UTC
  std::string tool;     ///< pgo-orch's version
  std::string project;
  std::vector<std::string> programs;
  RecordedMachine machine;
  std::string rustc;
  std::string revision;       ///< of the project's sources; empty: not known
  std::optional<bool> clean;  ///< no file differed from it
  RecordedBuild base;
  std::vector<RecordedBuild> builds;  ///< what was compared with it
  std::map<std::string, RecordedWorkload> workloads;
  std::map<std::string, std::string> corpora;  ///< SHA-256, by name
  std::vector<RecordedEffect> effects;

  /// The base, or one of the builds; null: there is none of that name.
  const RecordedBuild* build(const std::string& name) const;
};

struct RecordedHistory {
  std::vector<HistoryEntry> entries;  ///< in the order of their starts; of a run that was continued the last
  int unread = 0;                     ///< lines that are damaged, or of another version
};

/// With its numbers rounded to what can be seen, and its fields always in the same order.
nlohmann::json to_json(const HistoryEntry& entry);
/// Errors (Error, or of nlohmann): it is not an entry, or one of another version.
HistoryEntry entry_from(const nlohmann::json& value);

/// Of a file that may be missing. Error: it can't be read.
RecordedHistory read_history(const std::filesystem::path& file);
/// Adds a line. Error: it can't be written, or is a link.
void append(const std::filesystem::path& file, const HistoryEntry& entry);

}  // namespace pgo_orch::orchestrator
