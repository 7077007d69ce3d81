// Values that are lists or tables: strings, commands, expectations, feedback builds, package
// overrides, dependencies, variables.

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "orchestrator/config/decode.h"
#include "orchestrator/config/find.h"

namespace pgo_orch::orchestrator {
namespace {

/// `"./drive.sh {exe}"` as the array that was meant.
std::string as_array(const std::string& text) {
  toml::array words;
  for (const std::string& word : words_of(text)) words.push_back(word);
  return to_toml(words);
}

/// The words of the array; nothing, with the error reported, if one is not a string or not allowed.
std::optional<Strings> words_in(const Given& given, const toml::array& array) {
  const Strings allowed = words_of(given.key.values);
  Strings words;
  for (const toml::node& item : array) {
    const auto* text = item.as_string();
    if (text && !allowed.empty() && !contains(allowed, text->get())) {
      given.error(place_of(item),
                  fmt::format("'{}' cannot hold \"{}\": write {}{}", given.key.name, text->get(),
                              quoted_list(allowed), did_you_mean(text->get(), allowed)));
    } else if (text && !has_nul(text->get())) {
      words.push_back(text->get());
    } else {
      const std::string instead =
          item.is_number() || item.is_boolean() ? fmt::format(": write \"{}\"", to_toml(item)) : "";
      given.error(place_of(item),
                  fmt::format("'{}' must hold strings, not {}{}", given.key.name, describe(item), instead));
    }
  }
  return words.size() == array.size() ? std::optional(words) : std::nullopt;
}

/// A program with a '/' in its name is a path, and relative paths start at the file's folder, not at
/// a run's cwd.
void resolve_program(Strings& words, const Reading& reading) {
  std::string& program = words.front();
  if (program.find('/') == std::string::npos || program.find('{') != std::string::npos) return;
  program = (reading.root / program).lexically_normal().string();
}

/// The generated package lies in another folder, so a `path` must not stay relative.
std::string dependency_text(const toml::table& dependency, const Reading& reading) {
  const auto* path = dependency["path"].as_string();
  if (!path) return to_toml(dependency);
  toml::table absolute = dependency;
  absolute.insert_or_assign("path", (reading.root / path->get()).lexically_normal().string());
  return to_toml(absolute);
}

bool is_array_of_tables(const toml::node& node) {
  const auto* array = node.as_array();
  return array && array->is_homogeneous<toml::table>();
}

}  // namespace

Result decode_strings(const Given& given) {
  const bool or_one = given.key.type == Type::one_or_several || given.key.type == Type::files;
  if (given.node.is_string()) {
    const std::string text = given.text();
    if (or_one) return is_word(text) ? Result(Strings{text}) : given.wrong("a non-empty string");
    return given.wrong("an array of strings",
                       text.starts_with('-') ? as_array(text) : fmt::format("[{}]", to_toml(given.node)));
  }
  const auto* array = given.node.as_array();
  if (!array) return given.wrong(or_one ? "a string or an array of strings" : "an array of strings");
  auto words = words_in(given, *array);
  if (words && or_one && (words->empty() || !std::ranges::all_of(*words, is_word)))
    return given.wrong("one name or several");
  return words ? Result(std::move(*words)) : std::nullopt;
}

Result decode_command(const Given& given) {
  const auto* array = given.node.as_array();
  if (!array) {
    return given.wrong("an array of arguments", given.node.is_string() ? as_array(given.text()) : "");
  }
  auto words = words_in(given, *array);
  if (!words) return std::nullopt;
  if (words->empty() || words->front().empty()) {
    given.error(place_of(*array), fmt::format("'{0}' does not name a program: write {0} = {1}",
                                              given.key.name, given.key.example));
    return std::nullopt;
  }
  resolve_program(*words, given.reading);
  return std::move(*words);
}

Result decode_commands(const Given& given) {
  const auto* array = given.node.as_array();
  const bool flat = array && !array->empty() && array->is_homogeneous<std::string>();
  if (!array || flat) {
    const std::string one = flat ? to_toml(given.node) : as_array(given.text());
    return given.wrong("an array of commands, each an array of arguments",
                       flat || given.node.is_string() ? fmt::format("[{}]", one) : "");
  }
  Commands commands;
  for (const toml::node& item : *array) {
    const auto words = decode_command({given.key, item, given.where, given.reading});
    if (words) commands.push_back(std::get<Strings>(*words));
  }
  return commands.size() == array->size() ? Result(std::move(commands)) : std::nullopt;
}

Result decode_feedback(const Given& given) {
  if (const auto* on = given.node.as_boolean()) return on->get() ? Feedback(profiles::Pgo{}) : Feedback();
  const auto* table = given.node.as_table();
  if (!table) return given.wrong("true, false or a table");
  profiles::Pgo pgo;
  read_table(*table, given.inside(), Section::pgo, {&pgo}, given.reading);
  for (const char* key : {"train", "balance", "leave-one-out", "stage-cfg"})
    if (table->contains("profile") && table->contains(key))
      given.error(
          place_of(*table, key),
          fmt::format("'{}' and 'profile' cannot be used together: a saved profile needs no training", key));
  constexpr double most = 0.999999;  // of LLVM's summary of a profile
  if (pgo.hot_cutoff && (*pgo.hot_cutoff <= 0 || *pgo.hot_cutoff > most))
    given.error(place_of(*table, "hot-cutoff"), "'hot-cutoff' must be over 0% and at most 99.9999%");
  if (table->contains("retrain-below") && !table->contains("profile")) {
    given.error(place_of(*table, "retrain-below"),
                "'retrain-below' only applies with 'profile': without one every run trains");
  }
  return Feedback(pgo);
}

Result decode_packages(const Given& given) {
  const auto* table = given.node.as_table();
  if (!table) return given.wrong("a table of packages");
  Packages packages;
  for (const Entry& entry : entries_of(*table)) {
    const std::string name(entry.name());
    if (const auto* inner = entry.node.as_table()) {
      read_table(*inner, fmt::format("package '{}' of {}", name, given.where), Section::package,
                 {&packages[name]}, given.reading);
    } else {
      given.error(place_of(entry.node),
                  fmt::format("'{}' in 'packages' must be a table of settings, not {}: write {}", name,
                              describe(entry.node), given.key.example));
    }
  }
  return packages;
}

Result decode_dependencies(const Given& given) {
  const auto* table = given.node.as_table();
  if (!table) return given.wrong("a table");
  std::string lines;
  for (const Entry& entry : entries_of(*table)) {
    const auto* inner = entry.node.as_table();
    if (!inner && !entry.node.is_string()) {
      given.error(place_of(entry.node),
                  fmt::format("dependency '{0}' must be a version or a table, not {1}: write {0} = \"1\"",
                              entry.name(), describe(entry.node)));
      continue;
    }
    const std::string value = inner ? dependency_text(*inner, given.reading) : to_toml(entry.node);
    lines += fmt::format("{} = {}\n", to_toml_key(entry.name()), value);
  }
  return lines;
}

Result decode_string_table(const Given& given) {
  const auto* table = given.node.as_table();
  if (!table) return given.wrong("a table of strings");
  StringTable result;
  for (const Entry& entry : entries_of(*table)) {
    const auto* text = entry.node.as_string();
    const std::string name(entry.name());
    if (!is_word(name) || name.find('=') != std::string::npos) {
      given.error(place_of(entry.key),
                  fmt::format("'{}' cannot be the name of an environment variable", name));
    } else if (!text || has_nul(text->get())) {
      const std::string figure =
          entry.node.is_number() || entry.node.is_boolean() ? to_toml(entry.node) : "value";
      given.error(place_of(entry.node),
                  fmt::format("'{0}' in '{1}' must be a string, not {2}: write {0} = \"{3}\"", name,
                              given.key.name, describe(entry.node), figure));
    } else {
      result[name] = text->get();
    }
  }
  return result;
}

Result decode_versions(const Given& given) {
  static const std::regex version(R"([0-9]+(\.[0-9]+)*)");
  const auto is_version = [](const toml::node& node) {
    const auto* text = node.as_string();
    return text && std::regex_match(text->get(), version);
  };
  if (is_version(given.node)) return StringTable{{"", given.text()}};
  const auto* table = given.node.as_table();
  if (!table || table->empty()) return given.wrong("a version, or a table of them");
  StringTable result;
  for (const Entry& entry : entries_of(*table)) {
    if (is_version(entry.node))
      result[std::string(entry.name())] = entry.node.as_string()->get();
    else
      given.error(place_of(entry.node), fmt::format("'{}' in '{}' must be a version such as {}", entry.name(),
                                                    given.key.name, given.key.example));
  }
  return result;
}

Result decode_string_lists(const Given& given) {
  const auto* table = given.node.as_table();
  if (!table || table->empty()) return given.wrong("a table of lists");
  for (const Entry& entry : entries_of(*table)) {
    const auto* array = entry.node.as_array();
    if (!array || array->empty())
      given.error(place_of(entry.node),
                  fmt::format("'{0}' in '{1}' must be an array of strings, not {2}: write {1} = {3}",
                              entry.name(), given.key.name, describe(entry.node), given.key.example));
    else
      words_in(given, *array);
  }
  return true;
}

Result decode_tables(const Given& given) {
  const Type type = given.key.type;
  const auto read = [&](const toml::node& node) {
    if (!given.key.inner) return;
    void* object = given.object && given.key.inside ? given.key.inside(given.object) : nullptr;
    read_table(*node.as_table(), given.inside(), *given.key.inner, {object}, given.reading);
  };
  if (type == Type::tables) {
    if (!is_array_of_tables(given.node)) return given.wrong("an array of tables");
    for (const toml::node& item : *given.node.as_array()) read(item);
  } else if (given.node.is_table()) {
    read(given.node);
  } else if (type != Type::switch_or_table || !given.node.is_boolean()) {
    return given.wrong(type == Type::switch_or_table ? "true, false or a table"
                       : type == Type::axis_values   ? "a table of axis values"
                                                     : "a table");
  }
  return true;
}

}  // namespace pgo_orch::orchestrator
