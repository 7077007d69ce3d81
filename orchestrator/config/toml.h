#pragma once
// What toml++ leaves to its users: file order, places, and values as text on one line.

#include <toml++/toml.h>

#include <string>
#include <string_view>
#include <vector>

#include "orchestrator/config/diagnostics.h"

namespace pgo_orch::orchestrator {

struct Entry {
  const toml::key& key;
  const toml::node& node;
  std::string_view name() const { return key.str(); }
};

Place place_of(const toml::node& node);
Place place_of(const toml::key& key);
/// Of the key in this table; without it, of the table.
Place place_of(const toml::table& table, std::string_view key);

/// The table's keys in the order of the file (toml++ iterates from A to Z).
std::vector<Entry> entries_of(const toml::table& table);

/// The value on one line, its tables inline.
std::string to_toml(const toml::node& node);

/// A key, with quotes where TOML asks for them.
std::string to_toml_key(std::string_view name);

/// "a string", "the number 3", "an array": for "must be ..., not ...".
std::string describe(const toml::node& node);

/// The string there, or "" for anything else.
std::string text_at(const toml::table& table, std::string_view key);

/// The tables of [[name]], or [name]; nothing where it is something else.
std::vector<const toml::table*> tables_at(const toml::table& document, std::string_view name);
std::vector<toml::table*> tables_at(toml::table& document, std::string_view name);

}  // namespace pgo_orch::orchestrator
