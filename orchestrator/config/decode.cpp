// From a TOML value to the value of a key, or to an error that says what to write instead.

#include "orchestrator/config/decode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "orchestrator/config/texts.h"

namespace pgo_orch::orchestrator {
namespace {

Result decode_boolean(const Given& given) {
  if (const auto* value = given.node.as_boolean()) return value->get();
  return given.wrong("true or false");
}

Result decode_integer(const Given& given) {
  const int least = given.key.type == Type::count ? 1 : 0;
  const auto* value = given.node.as_integer();
  if (value && value->get() >= least && value->get() <= std::numeric_limits<int>::max()) {
    return static_cast<int>(value->get());
  }
  const bool too_big = value && value->get() > least;
  return given.wrong(fmt::format("a whole number from {}{}", least, too_big ? " to 2147483647" : ""));
}

Result decode_exit_codes(const Given& given) {
  std::vector<int> codes;
  const auto take = [&](const toml::node& node) {
    const auto code = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
    if (code && *code >= 0 && *code <= 255) codes.push_back(static_cast<int>(*code));
    return code && *code >= 0 && *code <= 255;
  };
  const auto* array = given.node.as_array();
  const bool is_list = array && !array->empty() && std::all_of(array->begin(), array->end(), take);
  if (is_list || (!array && take(given.node))) return toolchains::ExitCodes(std::move(codes));
  return given.wrong("a whole number from 0 to 255, or several", "0, or [0, 1]");
}

Result decode_factor(const Given& given) {
  const auto value = given.node.is_number() ? given.node.value<double>() : std::nullopt;
  if (value && *value > 0 && *value < 1e9) return *value;
  return given.wrong("a number over 0");
}

Result decode_text(const Given& given) {
  const auto* value = given.node.as_string();
  if (value && (given.key.type == Type::text || is_word(value->get()))) return value->get();
  return given.wrong(value ? "a non-empty string" : "a string");
}

/// A value as written, unless it is too long to show.
std::string shown(const toml::node& node) {
  return node.is_array() || node.is_table() ? describe(node) : to_toml(node);
}

/// "10" and 10 lack only the unit: the suggestion keeps the user's figure.
Result wrong_quantity(const Given& given, std::string_view what, std::string_view unit) {
  const std::string figure = given.node.is_string() ? given.text() : to_toml(given.node);
  const bool bare = !figure.empty() && figure.find_first_not_of("0123456789.") == std::string::npos;
  given.error(
      place_of(given.node),
      fmt::format("'{0}' must be {1}, not {2}: write {0} = {3}", given.key.name, what, shown(given.node),
                  bare ? fmt::format("\"{}{}\"", figure, unit) : given.key.example));
  return std::nullopt;
}

Result decode_duration(const Given& given) {
  const auto value = parse_duration(given.text());
  if (value && value->count() > 0) return *value;
  return wrong_quantity(given, "a duration over 0 with a unit (ns, us, ms, s, m or h)", "s");
}

Result decode_percentage(const Given& given) {
  if (const auto value = parse_percentage(given.text())) return *value;
  return wrong_quantity(given, "a percentage from 0% to 100%", "%");
}

Result decode_size(const Given& given) {
  if (const auto value = parse_size(given.text())) return *value;
  return wrong_quantity(given, "a size with a unit (B, KiB, MiB or GiB)", "KiB");
}

Result decode_limit(const Given& given) {
  if (parse_limit(given.text())) return given.text();
  return wrong_quantity(given, "a duration, a percentage or a size", "ms");
}

struct Word {
  std::string spelling;   ///< as in TOML, without quotes
  std::string canonical;  ///< what is kept
  bool is_boolean() const { return spelling == "true" || spelling == "false"; }
  bool is_number() const { return spelling.find_first_not_of("0123456789") == std::string::npos; }
};

std::vector<Word> choices_of(const KeyInfo& key) {
  std::vector<Word> choices;
  for (const std::string& word : words_of(key.values)) {
    const auto equals = word.find('=');
    choices.push_back({word.substr(0, equals), word.substr(equals == std::string::npos ? 0 : equals + 1)});
  }
  return choices;
}

/// true and false take no quotes, numbers may have them.
bool matches(const Word& word, const toml::node& node) {
  if (const auto* text = node.as_string()) return !word.is_boolean() && text->get() == word.spelling;
  return (node.is_integer() ? word.is_number() : node.is_boolean()) && to_toml(node) == word.spelling;
}

bool exists(const std::filesystem::path& path, bool folder) {
  std::error_code error;  // a path that is too long or cannot be read counts as missing
  return folder ? std::filesystem::is_directory(path, error)
                : std::filesystem::exists(path, error) && !std::filesystem::is_directory(path, error);
}

std::optional<std::string> path_in(const Given& given, const std::string& text, Place place) {
  const Type type = given.key.type;
  const auto fail = [&](const std::string& problem) {
    given.error(place, problem);
    return std::nullopt;
  };
  if (!is_word(text))
    return fail(fmt::format("'{0}' must not be empty: write {0} = {1}", given.key.name, given.key.example));
  if (type == Type::name_or_path && text.find('/') == std::string::npos) return text;
  if (type == Type::target && !text.ends_with(".json")) return text;
  if (given.reading.names_corpora && text.starts_with("{corpus.")) return text;
  const auto path = (given.reading.root / text).lexically_normal();
  const bool folder = type == Type::folder;
  const bool must_exist = folder || type == Type::file || type == Type::files;
  if ((must_exist || type == Type::path) && !folder && exists(path, true))
    return fail(fmt::format("'{}': '{}' is a folder, not a file", given.key.name, text));
  if (must_exist && !given.reading.files_may_appear && !exists(path, folder))
    return fail(fmt::format("'{}': no such {}: '{}' (relative paths start at this file's folder)",
                            given.key.name, folder ? "folder" : "file", text));
  return path.string();
}

using Decode = Result (*)(const Given&);

Decode decoder_of(Type type) {
  switch (type) {
    case Type::boolean:
      return decode_boolean;
    case Type::count:
    case Type::number:
      return decode_integer;
    case Type::exit_codes:
      return decode_exit_codes;
    case Type::factor:
      return decode_factor;
    case Type::text:
    case Type::name:
    case Type::folder_name:
    case Type::sha256:
    case Type::commit_id:
      return decode_text;
    case Type::choice:
      return decode_choice;
    case Type::choice_or_path:
      return decode_choice_or_path;
    case Type::name_or_path:
    case Type::target:
    case Type::file:
    case Type::path:
    case Type::folder:
      return decode_path;
    case Type::files:
      return decode_files;
    case Type::duration:
      return decode_duration;
    case Type::percentage:
      return decode_percentage;
    case Type::size:
      return decode_size;
    case Type::limit:
      return decode_limit;
    case Type::strings:
    case Type::one_or_several:
      return decode_strings;
    case Type::command:
      return decode_command;
    case Type::commands:
      return decode_commands;
    case Type::string_table:
      return decode_string_table;
    case Type::versions:
      return decode_versions;
    case Type::string_lists:
      return decode_string_lists;
    case Type::feedback:
      return decode_feedback;
    case Type::packages:
      return decode_packages;
    case Type::dependencies:
      return decode_dependencies;
    case Type::table:
    case Type::tables:
    case Type::switch_or_table:
    case Type::axis_values:
      return decode_tables;
  }
  return nullptr;
}

}  // namespace

std::nullopt_t Given::wrong(std::string_view what, std::string_view instead) const {
  error(place_of(node), fmt::format("'{0}' must be {1}, not {2}: write {0} = {3}", key.name, what,
                                    node.is_string() ? to_toml(node) : describe(node),
                                    instead.empty() ? key.example : instead));
  return std::nullopt;
}

std::string Given::inside() const {
  return fmt::format("'{}' of {}", key.name, where);
}

bool has_nul(const std::string& text) {
  return text.find('\0') != std::string::npos;
}

bool is_word(const std::string& text) {
  return !text.empty() && !has_nul(text);
}

Result decode_choice(const Given& given) {
  const auto choices = choices_of(given.key);
  Strings spellings, quoted;
  for (const Word& word : choices) {
    if (matches(word, given.node)) return word.canonical;
    spellings.push_back(word.spelling);
    const bool bare = word.is_boolean() || word.is_number();
    quoted.push_back(bare ? word.spelling : fmt::format("\"{}\"", word.spelling));
  }
  given.error(
      place_of(given.node),
      fmt::format("'{}' cannot be {}: write {}{}{}", given.key.name, shown(given.node), listing(quoted),
                  given.key.type == Type::choice_or_path ? ", or a path with a '/'" : "",
                  given.node.is_string() ? did_you_mean(given.text(), spellings) : ""));
  return std::nullopt;
}

Result decode_choice_or_path(const Given& given) {
  return given.text().find('/') == std::string::npos ? decode_choice(given) : decode_path(given);
}

Result decode_path(const Given& given) {
  if (!given.node.is_string()) return given.wrong("a string");
  return path_in(given, given.text(), place_of(given.node));
}

Result decode_files(const Given& given) {
  const auto names = decode_strings(given);
  if (!names) return std::nullopt;
  Strings paths;
  const auto* array = given.node.as_array();
  for (const std::string& text : std::get<Strings>(*names)) {
    const Place place = array ? place_of(array->at(paths.size())) : place_of(given.node);
    paths.push_back(path_in(given, text, place).value_or(text));
  }
  return paths;
}

Result decode(const KeyInfo& key, const toml::node& node, const std::string& where, Reading& reading,
              void* object) {
  return decoder_of(key.type)({key, node, where, reading, object});
}

}  // namespace pgo_orch::orchestrator
