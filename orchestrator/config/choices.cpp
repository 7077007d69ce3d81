// Values out of a list, and paths.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "orchestrator/config/decode.h"

namespace pgo_orch::orchestrator {
namespace {

struct Word {
  std::string spelling;   ///< as in TOML, without quotes
  std::string canonical;  ///< what is kept
  bool is_boolean() const { return spelling == "true" || spelling == "false"; }
  bool is_number() const { return spelling.find_first_not_of("0123456789") == std::string::npos; }
};

std::vector<Word> words_of(const KeyInfo& key) {
  std::istringstream stream{std::string(key.values)};
  std::vector<Word> words;
  for (std::string word; stream >> word;) {
    const auto equals = word.find('=');
    words.push_back({word.substr(0, equals), equals == std::string::npos ? word : word.substr(equals + 1)});
  }
  return words;
}

/// true and false must stand without quotes, numbers may have them.
bool matches(const Word& word, const toml::node& node) {
  if (const auto* text = node.as_string()) return !word.is_boolean() && text->get() == word.spelling;
  if (node.is_integer()) return word.is_number() && to_toml(node) == word.spelling;
  return node.is_boolean() && to_toml(node) == word.spelling;
}

std::string listing(const std::vector<Word>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    const bool bare = words[i].is_boolean() || words[i].is_number();
    text += bare ? words[i].spelling : fmt::format("\"{}\"", words[i].spelling);
  }
  return text;
}

void report_choice(const KeyInfo& key, const toml::node& node, std::string_view addition, Reading& reading) {
  const auto words = words_of(key);
  Strings spellings;
  for (const Word& word : words) spellings.push_back(word.spelling);
  const std::string hint = node.is_string() ? did_you_mean(node.value_or(std::string()), spellings) : "";
  reading.problems.error(place_of(node),
                         fmt::format("'{}' cannot be {}: write {}{}{}", key.name,
                                     node.is_array() || node.is_table() ? describe(node) : to_toml(node),
                                     listing(words), addition, hint));
}

bool exists(const std::filesystem::path& path, bool folder) {
  std::error_code error;  // a path too long or not to be read counts as missing
  return folder ? std::filesystem::is_directory(path, error)
                : std::filesystem::exists(path, error) && !std::filesystem::is_directory(path, error);
}

std::optional<std::string> path_in(const KeyInfo& key, const std::string& text, Place place,
                                   Reading& reading) {
  if (!is_word(text)) {
    reading.problems.error(place,
                           fmt::format("'{0}' must not be empty: write {0} = {1}", key.name, key.example));
    return std::nullopt;
  }
  if (key.type == Type::name_or_path && text.find('/') == std::string::npos) return text;
  if (key.type == Type::target && !text.ends_with(".json")) return text;
  const auto path = (reading.root / text).lexically_normal();
  const bool folder = key.type == Type::folder;
  const bool must_exist = folder || key.type == Type::file || key.type == Type::files;
  if (must_exist && !folder && exists(path, true)) {
    reading.problems.error(place, fmt::format("'{}': '{}' is a folder, not a file", key.name, text));
    return std::nullopt;
  }
  if (must_exist && !reading.files_may_appear && !exists(path, folder)) {
    reading.problems.error(
        place, fmt::format("'{}': no such {}: '{}' (relative paths start at this file's folder)", key.name,
                           folder ? "folder" : "file", text));
    return std::nullopt;
  }
  return path.string();
}

}  // namespace

std::optional<Value> decode_choice(const KeyInfo& key, const toml::node& node, Reading& reading) {
  for (const Word& word : words_of(key)) {
    if (matches(word, node)) return word.canonical;
  }
  report_choice(key, node, "", reading);
  return std::nullopt;
}

std::optional<Value> decode_choice_or_path(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const std::string text = node.value_or(std::string());
  if (node.is_string() && text.find('/') != std::string::npos)
    return path_in(key, text, place_of(node), reading);
  for (const Word& word : words_of(key)) {
    if (matches(word, node)) return word.canonical;
  }
  report_choice(key, node, ", or a path with a '/'", reading);
  return std::nullopt;
}

std::optional<Value> decode_path(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const auto* text = node.as_string();
  if (!text) return wrong(key, node, "a string", reading);
  return path_in(key, text->get(), place_of(node), reading);
}

std::optional<Value> decode_files(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const auto names = decode_strings(key, node, reading);
  if (!names) return std::nullopt;
  Strings paths;
  const auto* array = node.as_array();
  for (const std::string& text : std::get<Strings>(*names)) {
    const Place place = array ? place_of(array->at(paths.size())) : place_of(node);
    auto path = path_in(key, text, place, reading);
    paths.push_back(path.value_or(text));
  }
  return paths;
}

}  // namespace pgo_orch::orchestrator
