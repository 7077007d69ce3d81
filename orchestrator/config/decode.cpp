// From a TOML value to the value of a key, or to an error that says what to write instead.

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <sstream>

#include "orchestrator/config/decode.h"
#include "orchestrator/config/quantities.h"
#include "orchestrator/config/reader.h"

namespace pgo_orch::orchestrator {
namespace {

using Result = std::optional<Value>;

Result decode_boolean(const KeyInfo& key, const toml::node& node, Reading& reading) {
  if (const auto* value = node.as_boolean()) return value->get();
  return wrong(key, node, "true or false", reading);
}

Result decode_integer(const KeyInfo& key, const toml::node& node, int least, Reading& reading) {
  const auto* value = node.as_integer();
  if (value && value->get() >= least && value->get() <= std::numeric_limits<int>::max()) {
    return static_cast<int>(value->get());
  }
  const bool too_big = value && value->get() > least;
  return wrong(key, node, fmt::format("a whole number from {}{}", least, too_big ? " to 2147483647" : ""),
               reading);
}

Result decode_factor(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const auto value = node.is_number() ? node.value<double>() : std::nullopt;
  if (value && *value > 0 && *value < 1e9) return *value;
  return wrong(key, node, "a number over 0", reading);
}

Result decode_text(const KeyInfo& key, const toml::node& node, bool empty_is_fine, Reading& reading) {
  const auto* value = node.as_string();
  if (value && (empty_is_fine || is_word(value->get()))) return value->get();
  return wrong(key, node, value ? "a text that is not empty" : "a string", reading);
}

/// "10" and 10 lack only the unit: the suggestion keeps the user's figure.
Result wrong_quantity(const KeyInfo& key, const toml::node& node, std::string_view what,
                      std::string_view unit, Reading& reading) {
  const std::string figure = node.is_string() ? node.value_or(std::string()) : to_toml(node);
  const bool bare = !figure.empty() && figure.find_first_not_of("0123456789.") == std::string::npos;
  reading.problems.error(place_of(node),
                         fmt::format("'{0}' must be {1}, not {2}: write {0} = {3}", key.name, what,
                                     node.is_array() || node.is_table() ? describe(node) : to_toml(node),
                                     bare ? fmt::format("\"{}{}\"", figure, unit) : key.example));
  return std::nullopt;
}

Result decode_duration(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const auto value = parse_duration(node.value_or(std::string()));
  if (node.is_string() && value && value->count() > 0) return *value;
  return wrong_quantity(key, node, "a duration over 0 with a unit (ns, us, ms, s, m or h)", "s", reading);
}

Result decode_percentage(const KeyInfo& key, const toml::node& node, Reading& reading) {
  if (const auto value = parse_percentage(node.value_or(std::string()))) return *value;
  return wrong_quantity(key, node, "a percentage from 0% to 100%", "%", reading);
}

Result decode_limit(const KeyInfo& key, const toml::node& node, Reading& reading) {
  const std::string text = node.value_or(std::string());
  if (parse_limit(text)) return text;
  return wrong_quantity(key, node, "a duration, a percentage or a size", "ms", reading);
}

}  // namespace

std::nullopt_t wrong(const KeyInfo& key, const toml::node& node, std::string_view what, Reading& reading,
                     std::string_view instead) {
  reading.problems.error(place_of(node), fmt::format("'{0}' must be {1}, not {2}: write {0} = {3}", key.name,
                                                     what, node.is_string() ? to_toml(node) : describe(node),
                                                     instead.empty() ? key.example : instead));
  return std::nullopt;
}

bool is_word(const std::string& text) {
  return !text.empty() && text.find('\0') == std::string::npos;
}

std::optional<Value> decode(const KeyInfo& key, const toml::node& node, const std::string& where,
                            Reading& reading) {
  using enum Type;
  switch (key.type) {
    case boolean:
      return decode_boolean(key, node, reading);
    case count:
      return decode_integer(key, node, 1, reading);
    case number:
      return decode_integer(key, node, 0, reading);
    case factor:
      return decode_factor(key, node, reading);
    case text:
      return decode_text(key, node, true, reading);
    case name:
      return decode_text(key, node, false, reading);
    case choice:
      return decode_choice(key, node, reading);
    case choice_or_path:
      return decode_choice_or_path(key, node, reading);
    case name_or_path:
    case target:
    case file:
    case folder:
      return decode_path(key, node, reading);
    case files:
      return decode_files(key, node, reading);
    case duration:
      return decode_duration(key, node, reading);
    case percentage:
      return decode_percentage(key, node, reading);
    case limit:
      return decode_limit(key, node, reading);
    case strings:
    case one_or_several:
      return decode_strings(key, node, reading);
    case command:
      return decode_command(key, node, reading);
    case commands:
      return decode_commands(key, node, reading);
    case string_table:
      return decode_string_table(key, node, reading);
    case expectation:
      return decode_expectation(key, node, where, reading);
    case feedback:
      return decode_feedback(key, node, where, reading);
    case packages:
      return decode_packages(key, node, where, reading);
    case dependencies:
      return decode_dependencies(key, node, reading);
    case table:
    case tables:
    case switch_or_table:
      return decode_tables(key, node, where, reading);
    case axis_values:
    case axis_values_list:
      return decode_axis_values(key, node, reading);
  }
  return std::nullopt;
}

}  // namespace pgo_orch::orchestrator
