// Values that are tables: expectations, feedback builds, package overrides, dependencies, variables.

#include <fmt/format.h>

#include "orchestrator/config/decode.h"
#include "profiles/generated.h"

namespace pgo_orch::orchestrator {
namespace {

/// What stands in Cargo.toml behind the `=`.
std::string cargo_text(const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* figure = std::get_if<int>(&value)) return std::to_string(*figure);
  const auto& word = std::get<std::string>(value);
  const bool digits = word.find_first_not_of("0123456789") == std::string::npos;
  return digits ? word : profiles::toml_string(word);
}

profiles::ProfileValues read_package(const toml::table& table, const std::string& where, Reading& reading) {
  profiles::ProfileValues values;
  for (const Entry& entry : entries_of(table)) {
    const KeyInfo* key = find_key(Section::package, entry.name());
    if (!key) {
      report_unknown_key(entry, Section::package, where, reading);
    } else if (const auto value = decode(*key, entry.node, where, reading)) {
      values[std::string(key->name)] = cargo_text(*value);
    }
  }
  return values;
}

/// The generated package lies in another folder, so a `path` must not stay relative.
std::string dependency_text(const toml::table& dependency, const Reading& reading) {
  const auto* path = dependency["path"].as_string();
  if (!path) return to_toml(dependency);
  toml::table absolute = dependency;
  absolute.insert_or_assign("path", (reading.root / path->get()).lexically_normal().string());
  return to_toml(absolute);
}

}  // namespace

std::optional<Value> decode_expectation(const KeyInfo& key, const toml::node& node, const std::string& where,
                                        Reading& reading) {
  const auto* table = node.as_table();
  if (!table) return wrong(key, node, "a table", reading);
  pgo::Expectation expectation;
  read_table(*table, fmt::format("'{}' of {}", key.name, where), {{Section::expect, &expectation}}, reading);
  return expectation;
}

std::optional<Value> decode_feedback(const KeyInfo& key, const toml::node& node, const std::string& where,
                                     Reading& reading) {
  if (const auto* on = node.as_boolean()) return on->get() ? Feedback(profiles::Pgo{}) : Feedback();
  const auto* table = node.as_table();
  if (!table) return wrong(key, node, "true, false or a table", reading);
  profiles::Pgo pgo;
  read_table(*table, fmt::format("'{}' of {}", key.name, where), {{Section::pgo, &pgo}}, reading);
  if (table->contains("profile") && table->contains("train")) {
    reading.problems.error(place_of(*table, "train"),
                           "'train' and 'profile' exclude each other: a saved profile needs no training");
  }
  return Feedback(pgo);
}

std::optional<Value> decode_packages(const KeyInfo& key, const toml::node& node, const std::string& where,
                                     Reading& reading) {
  const auto* table = node.as_table();
  if (!table) return wrong(key, node, "a table of packages", reading);
  Packages packages;
  for (const Entry& entry : entries_of(*table)) {
    const std::string name(entry.name());
    if (const auto* inner = entry.node.as_table()) {
      packages[name] = read_package(*inner, fmt::format("package '{}' of {}", name, where), reading);
    } else {
      reading.problems.error(place_of(entry.node),
                             fmt::format("'{}' in 'packages' must be a table of settings, not {}: write {}",
                                         name, describe(entry.node), key.example));
    }
  }
  return packages;
}

std::optional<Value> decode_dependencies(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const auto* table = node.as_table();
  if (!table) return wrong(key, node, "a table", reading);
  std::string lines;
  for (const Entry& entry : entries_of(*table)) {
    const auto* inner = entry.node.as_table();
    if (!inner && !entry.node.is_string()) {
      reading.problems.error(
          place_of(entry.node),
          fmt::format("dependency '{0}' must be a version or a table, not {1}: write {0} = \"1\"",
                      entry.name(), describe(entry.node)));
      continue;
    }

    const std::string value = inner ? dependency_text(*inner, reading) : to_toml(entry.node);
    lines += fmt::format("{} = {}\n", to_toml_key(entry.name()), value);
  }
  return lines;
}

std::optional<Value> decode_string_table(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const auto* table = node.as_table();
  if (!table) return wrong(key, node, "a table of strings", reading);
  StringTable result;
  for (const Entry& entry : entries_of(*table)) {
    const auto* text = entry.node.as_string();
    const std::string name(entry.name());
    if (!is_word(name) || name.find('=') != std::string::npos) {
      reading.problems.error(place_of(entry.key), fmt::format("'{}' cannot be the name of a variable", name));
    } else if (!text || text->get().find('\0') != std::string::npos) {
      const std::string figure =
          entry.node.is_number() || entry.node.is_boolean() ? to_toml(entry.node) : "value";
      reading.problems.error(place_of(entry.node),
                             fmt::format("'{0}' in '{1}' must be a string, not {2}: write {0} = \"{3}\"",
                                         name, key.name, describe(entry.node), figure));
    } else {
      result[name] = text->get();
    }
  }
  return result;
}

std::optional<Value> decode_tables(const KeyInfo& key, const toml::node& node, const std::string& where,
                                   Reading& reading) {
  const std::string inside = fmt::format("'{}' of {}", key.name, where);
  if (const auto* table = node.as_table(); table && key.type != Type::tables) {
    read_table(*table, inside, {{*key.inner, nullptr}}, reading);
    return true;
  }
  if (node.is_boolean() && key.type == Type::switch_or_table) return true;
  const auto* array = node.as_array();
  if (key.type != Type::tables || !array || !array->is_homogeneous<toml::table>()) {
    const char* what = key.type == Type::tables  ? "an array of tables"
                       : key.type == Type::table ? "a table"
                                                 : "true, false or a table";
    return wrong(key, node, what, reading);
  }
  for (const toml::node& item : *array)
    read_table(*item.as_table(), inside, {{*key.inner, nullptr}}, reading);
  return true;
}

std::optional<Value> decode_axis_values(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const auto* array = node.as_array();
  const bool fits =
      key.type == Type::axis_values ? node.is_table() : array && array->is_homogeneous<toml::table>();
  if (fits) return true;
  return wrong(key, node, key.type == Type::axis_values ? "a table of axis values" : "an array of tables",
               reading);
}

}  // namespace pgo_orch::orchestrator
