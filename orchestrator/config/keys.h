#pragma once
// The one table of pgo.toml's keys: it drives parsing, type checks, "did you mean", and what is generated
// from it (schema, documentation, completions). A key that is not here does not exist.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/config/keys_types.h"
#include "orchestrator/config/value.h"

namespace pgo_orch::orchestrator {

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
