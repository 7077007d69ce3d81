#pragma once
// Reads TOML tables by the table of keys: every key known, every value of its type, every problem reported.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "orchestrator/config/keys.h"
#include "orchestrator/config/toml.h"

namespace pgo_orch::orchestrator {

/// What the readers of one file share.
struct Reading {
  Diagnostics& problems;
  std::filesystem::path root;  ///< absolute; relative paths start here
  bool files_may_appear =
      false;  ///< a prepare or setup command may make them: a missing one is not an error yet
  bool names_corpora = false;        ///< a path may begin with {corpus.NAME}: it is not resolved
  bool variants_incomplete = false;  ///< a matrix is wrong: the names of its variants are unknown

  void error(Place place, std::string text) { problems.error(place, std::move(text)); }
  /// At this key of the table; without it, at the table.
  void error(const toml::table& table, std::string_view key, std::string text) {
    problems.error(place_of(table, key), std::move(text));
  }
};

/// Checks every key of the table and stores it in the structs that keep its sections (see sections_of; null:
/// values are only checked). `where` ("variant 'fat'") is for the messages.
void read_table(const toml::table& table, const std::string& where, Section section,
                const std::vector<void*>& objects, Reading& reading);

/// The checked value of one key; nothing if it is wrong, which is then reported. `where` as above; `object`
/// keeps the tables inside.
std::optional<Value> decode(const KeyInfo& key, const toml::node& node, const std::string& where,
                            Reading& reading, void* object = nullptr);

/// Puts the value into the struct. Whether it was right.
bool read_key(const KeyInfo& key, const Entry& entry, const std::string& where, void* object,
              Reading& reading);

/// "unknown key 'lot' in variant 'fat' (did you mean 'lto'?)"
void report_unknown_key(const Entry& entry, Section section, const std::string& where, Reading& reading);

/// Reports the use of a key that this version lacks.
void report_unsupported(const KeyInfo& key, const Entry& entry, const std::string& where, Reading& reading);

// ---- the parts of load_config, each for one kind of table: all report what is wrong and go on ----

/// Unknown tables, [x] for [[x]], missing ones, and those that this version lacks.
void check_tables(const toml::table& document, Reading& reading);

Project read_project(const toml::table& document, Reading& reading);
/// One for each value of `each`, as of workloads.
std::vector<Corpus> read_corpora(toml::table& document, Reading& reading);
/// `config` has project and corpora.
std::vector<Workload> read_workloads(toml::table& document, const Config& config, Reading& reading);
/// The corpora that a workload names: that they are there, and are for what it does with them.
void check_corpora_of(const toml::table& table, const Workload& workload, const std::vector<Corpus>& corpora,
                      Reading& reading);
/// Null if there is no variant at all.
std::shared_ptr<const Variants> read_variants(const toml::table& document, Reading& reading);
Measure read_measure(const toml::table& document, Reading& reading);
Build read_build(const toml::table& document, Reading& reading);
GateRules read_gate(const toml::table& document, Reading& reading);
Release read_release(const toml::table& document, Reading& reading);
Questions read_questions(const toml::table& document, Reading& reading);

/// What each variant, complete, cannot be: contradictions between its settings, and with
/// project and workloads.
void check_variants(const toml::table& document, const Config& config, Reading& reading);
/// What `leave-one-out` cannot be asked for, and names of what it adds that cannot be.
void check_left_out(const Config& config, Reading& reading);
/// References, goals, decisions, phases and gates, and the names they refer to.
void check_verdicts(const toml::table& document, const Config& config, Reading& reading);

/// Whether cargo has the profile without anyone writing it.
bool is_cargo_profile(std::string_view name);

/// "variant 'fat'", "[[variant]]" for one without a name, "[project]".
std::string title_of(const toml::table& table, Section section);

}  // namespace pgo_orch::orchestrator
