#pragma once
// The one table of pgo.toml's keys: it drives parsing, type checks, "did you mean", and what is generated
// from it (schema, documentation, completions). A key that is not here does not exist.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/config_value.h"

namespace pgo_orch::orchestrator {

/// A TOML table of the file, or one inside another.
enum class Section {
  top,
  project,
  workload,
  expect,
  settings,
  variant,
  matrix,
  pgo,
  package,
  bolt,
  gate,
  measure,
  build,
  build_patch,
  reference,
  goal,
  decision,
  band,
  phase,
  inspect
};

enum class Type {
  boolean,
  count,
  number,
  factor,  // count: from 1; number: from 0; factor: any number over 0
  text,
  name,
  choice,
  choice_or_path,  // name: not empty
  name_or_path,
  path,
  file,
  files,
  folder,  // file, folder: must exist
  duration,
  percentage,
  limit,  // limit: a duration, a percentage or a size
  strings,
  one_or_several,
  command,
  commands,
  string_table,
  expectation,
  feedback,
  packages,
  dependencies,
  table,
  tables,
  switch_or_table,  // with `inner`; switch: true and false stand for a table too
  axis_values,
  axis_values_list  // a choice of a matrix's axis values
};

enum class Support {
  full,
  later,  ///< validated, then an error unless it is the default
  off     ///< accepted with a note that it is off
};

struct KeyInfo {
  std::string_view name;
  Type type;
  std::string_view example;  ///< a value as it stands in TOML
  std::string_view doc;      ///< one line
  /// Puts a value of this key's type into the struct of its section; null where nothing is kept.
  void (*store)(void* object, const KeyInfo& key, const Value& value) = nullptr;
  /// Allowed words, apart by spaces; "true=fat" is TOML's true, kept as "fat". Digits may be a number or a
  /// string.
  std::string_view values = {};
  std::string_view fallback = {};  ///< what holds without it, as TOML
  std::optional<Section> inner = {};
  Support support = Support::full;
  std::string_view only_with = {};  ///< of [project]: the kinds ("source", "manifest") it has a meaning for
  bool required = false;
};

/// The rows of one section, in the order they are documented.
std::span<const KeyInfo> keys_of(Section section);

/// "[project]", "[[variant]]"; "" for a table inside another.
std::string header_of(Section section);

/// The sections whose keys a table takes: [[variant]] and [[matrix]] have settings beside their own.
std::vector<Section> sections_of(Section section);

/// The row of a key that a table of this section takes, or null.
const KeyInfo* find_key(Section section, std::string_view name);

}  // namespace pgo_orch::orchestrator
