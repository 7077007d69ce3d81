#include "orchestrator/config/schema.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "orchestrator/config/keys.h"
#include "orchestrator/config/texts.h"
#include "orchestrator/config/toml.h"

namespace pgo_orch::orchestrator {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* number_pattern = "[0-9]+(\\.[0-9]+)? ?";
constexpr const char* duration_units = "(ns|us|ms|s|m|h)";
constexpr const char* size_units = "(B|KiB|MiB|GiB)";

/// A value as TOML has it, as JSON has it.
Json to_json(std::string_view value) {
  const auto document = toml::parse("value = " + std::string(value));
  std::ostringstream text;
  text << toml::json_formatter(document);
  return Json::parse(text.str()).at("value");
}

Json text_like(const std::string& pattern) {
  return {{"type", "string"}, {"pattern", "^" + pattern + "$"}};
}

Json any_of(const std::vector<Json>& schemas) {
  return {{"anyOf", schemas}};
}

Json list_of(const Json& item, int least = 0) {
  Json list{{"type", "array"}, {"items", item}};
  if (least > 0) list["minItems"] = least;
  return list;
}

Json table_of(const Json& value) {
  return {{"type", "object"}, {"additionalProperties", value}};
}

Json word() {
  return {{"type", "string"}, {"minLength", 1}};
}

/// Keys that tables share are described once, under the table's name.
std::string definition_of(Section section) {
  switch (section) {
    case Section::settings:
      return "settings";
    case Section::expect:
      return "expect";
    case Section::pgo:
      return "pgo";
    case Section::package:
      return "package";
    case Section::bolt:
      return "bolt";
    case Section::only_if:
      return "condition";
    case Section::build_patch:
      return "patch";
    case Section::release_generate:
      return "generated-file";
    case Section::band:
      return "band";
    default: {
      const auto header = header_of(section);
      const auto first = header.find_first_not_of('[');
      return header.substr(first, header.find(']') - first);
    }
  }
}

Json reference_to(Section section) {
  return {{"$ref", "#/definitions/" + definition_of(section)}};
}

/// The words as the file may have them: numbers also without quotes, true and false only so.
Json words_in(const KeyInfo& key) {
  Json words = Json::array();
  for (const auto& text : words_of(key.values)) {
    const auto spelling = text.substr(0, text.find('='));
    const bool is_boolean = spelling == "true" || spelling == "false";
    const bool is_number = spelling.find_first_not_of("0123456789") == spelling.npos;
    if (is_boolean || is_number) words.push_back(Json::parse(spelling));
    if (!is_boolean) words.push_back(spelling);
  }
  return {{"enum", words}};
}

Json strings_of(const KeyInfo& key) {
  return list_of(key.values.empty() ? Json{{"type", "string"}} : words_in(key));
}

Json table_or_any(const KeyInfo& key) {
  return key.inner ? reference_to(*key.inner) : Json{{"type", "object"}};
}

Json integer_from(int least) {
  return {{"type", "integer"}, {"minimum", least}};
}

/// A program that is not empty, and its arguments.
Json command_line() {
  return {{"type", "array"},
          {"minItems", 1},
          {"items", Json::array({word()})},
          {"additionalItems", {{"type", "string"}}}};
}

/// What a list or table of the key's type looks like.
Json collection_of(const KeyInfo& key) {
  const Json text{{"type", "string"}};
  switch (key.type) {
    case Type::files:
    case Type::one_or_several:
      return any_of({word(), list_of(word(), 1)});
    case Type::strings:
      return strings_of(key);
    case Type::command:
      return command_line();
    case Type::commands:
      return list_of(command_line());
    case Type::string_table:
      return table_of(text);
    case Type::versions: {
      const Json version = text_like("[0-9]+(\\.[0-9]+)*");
      Json table = table_of(version);
      table["minProperties"] = 1;
      return any_of({version, table});
    }
    case Type::string_lists: {
      Json table = table_of(list_of(text, 1));
      table["minProperties"] = 1;
      return table;
    }
    case Type::feedback:
    case Type::switch_or_table:
      return any_of({{{"type", "boolean"}}, table_or_any(key)});
    case Type::packages:
      return table_of(table_or_any(key));
    case Type::dependencies:
      return table_of(any_of({text, {{"type", "object"}}}));
    case Type::tables:
      return list_of(table_or_any(key), 1);
    default:
      return table_or_any(key);
  }
}

/// What a value of the key's type looks like.
Json value_of(const KeyInfo& key) {
  const std::string number(number_pattern);
  const auto duration = number + duration_units;
  const auto percentage = text_like("0*(100(\\.0+)?|[0-9]{1,2}(\\.[0-9]+)?) ?%");
  switch (key.type) {
    case Type::boolean:
      return {{"type", "boolean"}};
    case Type::count:
      return integer_from(1);
    case Type::number:
      return integer_from(0);
    case Type::exit_codes: {
      Json code = integer_from(0);
      code["maximum"] = 255;
      return any_of({code, list_of(code, 1)});
    }
    case Type::factor:
      return {{"type", "number"}, {"exclusiveMinimum", 0}};
    case Type::text:
      return {{"type", "string"}};
    case Type::folder_name:
      return text_like(fmt::format("[A-Za-z0-9_][A-Za-z0-9._+-]{{0,{}}}", longest_name - 1));
    case Type::sha256:
      return text_like("[0-9A-Fa-f]{64}");
    case Type::commit_id:
      return text_like("[0-9A-Fa-f]{40}");
    case Type::name:
    case Type::name_or_path:
    case Type::target:
    case Type::file:
    case Type::path:
    case Type::folder:
      return word();
    case Type::choice:
      return words_in(key);
    case Type::choice_or_path:
      return any_of({words_in(key), text_like(".*/.*")});
    case Type::duration:
      return text_like("(?![0.]+ ?[a-z])" + duration);  // over 0
    case Type::percentage:
      return percentage;
    case Type::size:
      return text_like(number + size_units);
    case Type::limit:
      return any_of({text_like(duration), percentage, text_like(number + size_units)});
    default:
      return collection_of(key);
  }
}

/// What else the value may be, by the table that it is in.
enum class Also { nothing, axis, placeholder };

/// An array of a matrix is an axis; where a table has `each`, a word may be a placeholder.
Also also_in(Section section, Section part, const KeyInfo& key) {
  if (section == Section::matrix && (part == Section::settings || key.name == "inherits")) return Also::axis;
  const bool is_pattern = key.type == Type::choice || key.type == Type::duration ||
                          key.type == Type::percentage || key.type == Type::folder_name ||
                          key.type == Type::sha256 || key.type == Type::commit_id;
  return is_pattern && row_of(section, "each") ? Also::placeholder : Also::nothing;
}

/// With what people read.
Json described(const KeyInfo& key, Also also) {
  Json value = value_of(key);
  if (also == Also::axis) value = any_of({value, list_of(value, 1)});
  if (also == Also::placeholder) value = any_of({value, text_like(".*\\{each\\..*")});
  if (value.contains("$ref")) value = {{"allOf", {value}}};  // draft 7 ignores what is beside a $ref
  if (key.only_value) value = {{"const", to_json(*key.only_value)}};
  Json property{{"description", key.doc}};
  if (!key.initial.empty()) property["default"] = to_json(key.initial);
  if (!key.example.empty()) property["examples"] = Json::array({to_json(key.example)});
  property.update(value);
  return property;
}

Json table_schema(Section section) {
  Json properties = Json::object(), needed = Json::array();
  for (const Section part : sections_of(section)) {
    for (const KeyInfo& key : keys_of(part)) {
      if (key.only_value == "") continue;  // this version takes no value of it
      properties[std::string(key.name)] = described(key, also_in(section, part, key));
      if (key.required) needed.push_back(key.name);
    }
  }
  Json schema{{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
  if (!needed.empty()) schema["required"] = needed;
  return schema;
}

Json required_one_of(const Strings& names) {
  Json choices = Json::array();
  for (const auto& name : names) choices.push_back({{"required", {name}}});
  return choices;
}

/// Keys of one table that reading refuses together.
constexpr struct {
  Section section;
  const char* one;
  const char* other;
} apart[] = {
    {Section::workload, "stdin", "stdin-text"},
    {Section::workload, "args", "command"},
    {Section::workload, "args", "steps"},
    {Section::workload, "command", "steps"},
    {Section::expect, "stdout", "stdout-file"},
    {Section::expect, "stdout", "stdout-sha256"},
    {Section::expect, "stdout", "stdout-matches"},
    {Section::expect, "stdout-file", "stdout-sha256"},
    {Section::expect, "stdout-file", "stdout-matches"},
    {Section::expect, "stdout-sha256", "stdout-matches"},
    {Section::corpus, "git", "folder"},
};

void keep_apart(Section section, Json& schema) {
  for (const auto& pair : apart) {
    if (pair.section != section) continue;
    Json both{{"required", {pair.one, pair.other}}};
    // No arguments are as good as none given.
    if (row_of(section, pair.one)->type == Type::strings) both["properties"][pair.one] = {{"minItems", 1}};
    schema["allOf"].push_back({{"not", both}});
  }
}

/// With all tables that are inside it.
void define(Section section, Json& definitions) {
  const auto name = definition_of(section);
  if (definitions.contains(name)) return;
  definitions[name] = table_schema(section);
  keep_apart(section, definitions[name]);
  for (const Section part : sections_of(section))
    for (const KeyInfo& key : keys_of(part))
      if (key.inner && !key.only_value) define(*key.inner, definitions);
}

}  // namespace

std::string config_schema() {
  Json schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
              {"title", "pgo.toml"},
              {"description", "What pgo-orch builds, measures and ships."}};
  schema.update(table_schema(Section::top));
  schema["anyOf"] = required_one_of({"variant", "matrix"});
  Json definitions = Json::object();
  for (const KeyInfo& key : keys_of(Section::top))
    if (key.inner) define(*key.inner, definitions);
  definitions[definition_of(Section::project)]["oneOf"] = required_one_of({"source", "manifest", "command"});
  schema["definitions"] = definitions;
  return schema.dump(2) + "\n";
}

}  // namespace pgo_orch::orchestrator
