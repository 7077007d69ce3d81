// Values that are tables: expectations, feedback builds, package overrides, dependencies.

#include <fmt/format.h>

#include "orchestrator/config_decode.h"
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

}  // namespace pgo_orch::orchestrator
