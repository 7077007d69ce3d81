#pragma once
// The one table of pgo.toml's keys: it drives parsing, type checks and "did you mean". A key that is not here
// does not exist.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "orchestrator/config/config.h"
#include "profiles/settings.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

/// A TOML table of the file, or one inside another.
enum class Section : std::uint8_t {
  top,
  project,
  workload,
  corpus,
  expect,
  settings,
  variant,
  matrix,
  pgo,
  package,
  bolt,
  only_if,
  measure,
  build,
  build_patch,
  gate,
  release,
  release_generate,
  reference,
  goal,
  decision,
  band,
  phase,
  inspect
};

enum class Type : std::uint8_t {
  boolean,
  count,       ///< a whole number from 1
  number,      ///< a whole number from 0
  exit_codes,  ///< one or several, from 0 to 255
  factor,      ///< any number over 0
  text,
  name,            ///< a text that is not empty
  folder_name,     ///< is_safe_name (texts.h)
  sha256,          ///< 64 hexadecimal digits
  commit_id,       ///< 40 of them
  choice,          ///< one of KeyInfo::values
  choice_or_path,  ///< a path has a '/'
  name_or_path,
  target,  ///< a triple, or a path that ends with .json
  file,    ///< must exist, as `files` and `folder` must
  path,    ///< a file that may appear later
  files,   ///< one or several
  folder,
  duration,
  percentage,
  size,   ///< of bytes
  limit,  ///< a duration, a percentage or a size
  strings,
  one_or_several,  ///< a string or an array of strings
  command,
  commands,
  string_table,
  versions,      ///< "2.28", or one for each name
  string_lists,  ///< a table of arrays of strings, none empty
  feedback,
  packages,
  dependencies,
  table,  ///< these are read by the rows of KeyInfo::inner, if any
  tables,
  switch_or_table,  ///< true, false or a table
  axis_values       ///< a choice of a matrix's axis values
};

using Strings = std::vector<std::string>;
using Commands = std::vector<Strings>;
using StringTable = std::map<std::string, std::string>;
using Packages = std::map<std::string, profiles::ProfileValues>;
using Feedback = std::optional<profiles::Pgo>;  ///< none: `pgo = false`

/// A value of pgo.toml whose type was checked. Paths are strings, already absolute; percentages are
/// fractions; choices are in their canonical spelling.
using Value = std::variant<bool, int, double, std::string, Strings, Commands, StringTable, Nanoseconds, Bytes,
                           toolchains::ExitCodes, Feedback, Packages>;

/// What one table sets on top of what it inherits.
struct Overlay {
  profiles::Settings settings;
  Strings reset;  ///< keys whose inherited value is dropped first
  bool operator==(const Overlay&) const = default;
};

struct KeyInfo {
  std::string_view name;
  Type type;
  std::string_view example = {};  ///< a value as TOML has it
  std::string_view doc = {};      ///< what it is, for people
  /// Puts a value of this key's type into the struct of its section; null where nothing is kept.
  void (*store)(void* object, const KeyInfo& key, const Value& value) = nullptr;
  /// Allowed words, apart by spaces; "true=fat" is TOML's true, kept as "fat". Digits may be a number
  /// or a string.
  std::string_view values = {};
  std::optional<Section> inner = {};        ///< of a table inside
  void* (*inside)(void* object) = nullptr;  ///< the struct that keeps it; null: it is only checked
  /// Set: this version lacks the key. It is validated, and an error unless it has this value.
  std::optional<std::string_view> only_value = {};
  std::optional<ProjectKind> only_with = {};  ///< of [project]: the kind it applies to
  bool required = false;
  std::string_view initial = {};  ///< what counts where it is not given, as TOML has it
};

/// The words of KeyInfo::values.
Strings words_of(std::string_view list);

/// The rows of one section, in the order they are documented.
std::span<const KeyInfo> keys_of(Section section);

/// "[project]", "[[variant]]"; "" for a table inside another.
std::string header_of(Section section);

/// The sections whose keys a table takes: [[variant]] and [[matrix]] have settings beside their own.
std::vector<Section> sections_of(Section section);

/// The row of a key of this very section, or null.
const KeyInfo* row_of(Section section, std::string_view name);

/// The row of a key that a table of this section takes, or null.
const KeyInfo* find_key(Section section, std::string_view name);

}  // namespace pgo_orch::orchestrator
