// Lists of strings, commands, and lists of commands.

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "orchestrator/config/decode.h"

namespace pgo_orch::orchestrator {
namespace {

/// `"./drive.sh {exe}"` as the array that was meant.
std::string as_array(const std::string& text) {
  std::istringstream stream(text);
  toml::array words;
  for (std::string word; stream >> word;) words.push_back(word);
  return to_toml(words);
}

/// Whether the key, if it lists its values, lists this one.
bool is_allowed(const KeyInfo& key, const std::string& word) {
  return key.values.empty() ||
         fmt::format(" {} ", key.values).find(fmt::format(" {} ", word)) != std::string::npos;
}

/// The words of the array; nothing, with the error reported, if one is no string.
std::optional<Strings> words_in(const KeyInfo& key, const toml::array& array, Reading& reading) {
  Strings words;
  bool fine = true;
  for (const toml::node& item : array) {
    const auto* text = item.as_string();
    if (text && !is_allowed(key, text->get())) {
      fine = false;
      reading.problems.error(place_of(item), fmt::format("'{}' cannot hold \"{}\": it takes {}", key.name,
                                                         text->get(), key.values));
      continue;
    }
    if (text && text->get().find('\0') == std::string::npos) {
      words.push_back(text->get());
      continue;
    }
    fine = false;
    const std::string instead =
        item.is_number() || item.is_boolean() ? fmt::format(": write \"{}\"", to_toml(item)) : "";
    reading.problems.error(place_of(item), fmt::format("'{}' must be made of strings, not {}{}", key.name,
                                                       describe(item), instead));
  }
  return fine ? std::optional(words) : std::nullopt;
}

/// A program with a '/' in its name is a path, and relative paths start at the file's folder, not at a run's
/// cwd.
void resolve_program(Strings& words, const Reading& reading) {
  std::string& program = words.front();
  if (program.find('/') == std::string::npos || program.find('{') != std::string::npos) return;
  program = (reading.root / program).lexically_normal().string();
}

std::optional<Strings> command_in(const KeyInfo& key, const toml::array& array, Reading& reading) {
  auto words = words_in(key, array, reading);
  if (!words) return std::nullopt;
  if (words->empty() || words->front().empty()) {
    reading.problems.error(place_of(array),
                           fmt::format("'{0}' names no program: write {0} = {1}", key.name, key.example));
    return std::nullopt;
  }
  resolve_program(*words, reading);
  return words;
}

}  // namespace

std::optional<Value> decode_strings(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const bool or_one = key.type == Type::one_or_several || key.type == Type::files;
  if (const auto* text = node.as_string()) {
    if (or_one && is_word(text->get())) return Strings{text->get()};
    const bool is_options = text->get().starts_with('-');
    return wrong(key, node, or_one ? "a text that is not empty" : "an array of strings", reading,
                 or_one       ? key.example
                 : is_options ? as_array(text->get())
                              : fmt::format("[{}]", to_toml(node)));
  }
  const auto* array = node.as_array();
  if (!array)
    return wrong(key, node, or_one ? "a string or an array of strings" : "an array of strings", reading);
  auto words = words_in(key, *array, reading);
  if (!words) return std::nullopt;
  if (!or_one) return std::move(*words);
  if (!words->empty() && std::ranges::all_of(*words, is_word)) return std::move(*words);
  return wrong(key, node, "one name or several", reading);
}

std::optional<Value> decode_command(const KeyInfo& key, const toml::node& node, Reading& reading) {
  if (const auto* array = node.as_array()) {
    auto words = command_in(key, *array, reading);
    return words ? std::optional<Value>(std::move(*words)) : std::nullopt;
  }
  return wrong(key, node, "an array of arguments", reading,
               node.is_string() ? as_array(node.value_or(std::string())) : "");
}

std::optional<Value> decode_commands(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const auto* array = node.as_array();
  const bool flat = array && !array->empty() && array->is_homogeneous<std::string>();
  if (!array || flat) {
    const std::string one = node.is_string() ? as_array(node.value_or(std::string()))
                            : flat           ? to_toml(node)
                                             : "";
    return wrong(key, node, "an array of commands, each an array of arguments", reading,
                 one.empty() ? "" : fmt::format("[{}]", one));
  }
  Commands commands;
  bool fine = true;
  for (const toml::node& item : *array) {
    const auto words = decode_command(key, item, reading);
    fine = fine && words;
    if (words) commands.push_back(std::get<Strings>(*words));
  }
  return fine ? std::optional<Value>(std::move(commands)) : std::nullopt;
}

}  // namespace pgo_orch::orchestrator
