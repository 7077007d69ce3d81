#pragma once
// Reads TOML tables by the table of keys: every key known, every value of its type, every problem reported.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/config/keys.h"
#include "orchestrator/config/toml.h"

namespace pgo_orch::orchestrator {

/// What the readers of one file share.
struct Reading {
  Diagnostics& problems;
  std::filesystem::path root;     ///< absolute; relative paths start here
  bool files_may_appear = false;  ///< a prepare or setup command may make them: a missing one is no error yet
  bool variants_incomplete = false;  ///< a matrix is wrong: nobody knows the names of its variants
};

/// Checks every key of the table and stores it in the structs that keep its sections (see sections_of; null:
/// values are only checked). `where` ("variant 'fat'") is for the messages.
void read_table(const toml::table& table, const std::string& where, Section section,
                const std::vector<void*>& objects, Reading& reading);

/// The checked value of one key; nothing if it is wrong, which is then reported. `where` as above; `object`
/// keeps the tables inside.
std::optional<Value> decode(const KeyInfo& key, const toml::node& node, const std::string& where,
                            Reading& reading, void* object = nullptr);

/// Puts what stands there into the struct. Whether it was right.
bool read_key(const KeyInfo& key, const Entry& entry, const std::string& where, void* object,
              Reading& reading);

/// "unknown key 'lot' in variant 'fat' (did you mean 'lto'?)"
void report_unknown_key(const Entry& entry, Section section, const std::string& where, Reading& reading);

/// Reports the use of a key that this version lacks.
void report_unsupported(const KeyInfo& key, const Entry& entry, const std::string& where, Reading& reading);

}  // namespace pgo_orch::orchestrator
