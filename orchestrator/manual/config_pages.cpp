// pgo.toml.5 and docs/reference-pgo-toml.md: from the table of keys.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/config/keys.h"
#include "orchestrator/manual/manual.h"
#include "orchestrator/manual/roff.h"

namespace pgo_orch::orchestrator {

namespace {

constexpr Word<Type> types[] = {
    {Type::boolean, "true or false"},
    {Type::count, "whole number from 1"},
    {Type::number, "whole number from 0"},
    {Type::exit_codes, "exit code, or several"},
    {Type::factor, "number over 0"},
    {Type::text, "text"},
    {Type::name, "text"},
    {Type::folder_name, "text"},
    {Type::sha256, "64 hexadecimal digits"},
    {Type::commit_id, "40 hexadecimal digits"},
    {Type::choice, "text"},
    {Type::choice_or_path, "text, or a path with a /"},
    {Type::name_or_path, "name or path"},
    {Type::target, "triple, or a .json file"},
    {Type::file, "file"},
    {Type::path, "path"},
    {Type::files, "file, or several"},
    {Type::folder, "folder"},
    {Type::duration, "duration"},
    {Type::percentage, "percentage"},
    {Type::size, "size"},
    {Type::limit, "duration, percentage or size"},
    {Type::strings, "list of texts"},
    {Type::one_or_several, "text, or several"},
    {Type::command, "command"},
    {Type::commands, "list of commands"},
    {Type::string_table, "table of texts"},
    {Type::versions, "version, or a table of them"},
    {Type::string_lists, "table of lists of texts"},
    {Type::feedback, "true, false or a table"},
    {Type::switch_or_table, "true, false or a table"},
    {Type::packages, "table by package"},
    {Type::dependencies, "table, as in Cargo.toml"},
    {Type::table, "table"},
    {Type::tables, "list of tables"},
    {Type::axis_values, "list of tables of values"},
};

std::string type_in_words(Type type) {
  const auto* row = std::ranges::find(types, type, &Word<Type>::value);
  return row == std::end(types) ? "" : row->text;
}

/// The words as the file has them: "true=fat" is written true.
Strings spellings(const KeyInfo& key) {
  Strings words = words_of(key.values);
  for (auto& word : words) word = word.substr(0, word.find('='));
  return words;
}

/// What a table inside another is called here.
std::string title_of(Section section) {
  if (const auto header = header_of(section); !header.empty()) return header;
  switch (section) {
    case Section::expect:
      return "expect";
    case Section::pgo:
      return "pgo";
    case Section::package:
      return "packages";
    case Section::only_if:
      return "only-if";
    case Section::build_patch:
      return "patch of [build]";
    case Section::release_generate:
      return "generate of [release]";
    case Section::band:
      return "bands of [[decision]]";
    case Section::bolt:
      return "bolt";
    default:
      return "Before the first table";
  }
}

/// Sections in the order in which keys lead to them, each once.
void collect(Section section, std::vector<Section>& found) {
  if (std::ranges::find(found, section) != found.end()) return;
  found.push_back(section);
  for (const auto& key : keys_of(section))
    if (key.inner && !key.only_value) collect(*key.inner, found);
}

std::vector<Section> all_sections() {
  std::vector<Section> found;
  collect(Section::top, found);
  return found;
}

/// The sentence of the top table's row for this section.
std::string doc_of_section(Section section) {
  for (const auto& key : keys_of(Section::top))
    if (key.inner == section) return std::string(key.doc);
  return "";
}

/// Keys of top that are tables have sections of their own.
bool is_shown(Section section, const KeyInfo& key) {
  return key.only_value != "" && !(section == Section::top && key.inner);
}

std::string facts_of(const KeyInfo& key) {
  Strings facts;
  if (key.required) facts.emplace_back("required");
  if (key.only_with) facts.push_back(fmt::format("only with `{}`", to_word(*key.only_with)));
  if (key.only_value) facts.push_back(fmt::format("must be `{}` in this version", *key.only_value));
  if (key.inner) facts.push_back(fmt::format("see {}", title_of(*key.inner)));
  if (!key.initial.empty()) facts.push_back(fmt::format("default `{}`", key.initial));
  return fmt::format("{}", fmt::join(facts, "; "));
}

/// Which other section's keys this one takes too.
std::string also_takes(Section section) {
  return sections_of(section).size() > 1
             ? fmt::format("It also takes all keys of {}{}.", title_of(Section::settings),
                           section == Section::matrix ? ", where an array is an axis" : "")
             : "";
}

std::string type_of(const KeyInfo& key) {
  if (key.values.empty()) return type_in_words(key.type);
  const auto words = fmt::format("`{}`", fmt::join(spellings(key), "`, `"));
  return key.type == Type::choice ? words : fmt::format("{}: {}", type_in_words(key.type), words);
}

constexpr const char* conventions =
    "Relative paths start at the folder of pgo.toml. Durations (`\"30s\"`, `\"2.5ms\"`), percentages "
    "(`\"1%\"`) "
    "and sizes (`\"4 MiB\"`) are strings; a command is a list of its words. Unknown keys are errors.";

/// A '|' would end the cell.
std::string cell(std::string text) {
  for (auto bar = text.find('|'); bar != text.npos; bar = text.find('|', bar + 2)) text.insert(bar, "\\");
  return text;
}

}  // namespace

std::string reference_of_config() {
  std::string text =
      "# Reference of pgo.toml\n\nMade from the table of keys that pgo-orch reads the file with (`pgo-orch "
      "schema` "
      "prints the same for\neditors). " +
      std::string(conventions) + "\n";
  for (const Section section : all_sections()) {
    text += fmt::format("\n## {}\n", title_of(section));
    for (const auto& line : {doc_of_section(section), also_takes(section)})
      if (!line.empty()) text += line + "\n";
    text += "\n| key | value | what it is | |\n|---|---|---|---|\n";
    for (const auto& key : keys_of(section))
      if (is_shown(section, key))
        text += fmt::format(
            "| `{}` | {} | {}{} | {} |\n", key.name, cell(type_of(key)), cell(std::string(key.doc)),
            key.example.empty() ? "" : cell(fmt::format(" E.g. `{}`", key.example)), cell(facts_of(key)));
  }
  return text;
}

std::string man_of_config() {
  Roff page("PGO.TOML", 5, "pgo.toml", "what pgo-orch builds, measures and ships");
  page.heading("DESCRIPTION")
      .paragraph("`pgo-orch`(1) reads this file. " + std::string(conventions))
      .example(
          "[project]\nmanifest = \"Cargo.toml\"\n\n[[workload]]\nname = \"train\"\nrole = \"train\"\n"
          "args = [\"--count\", \"data/typical.txt\"]\n\n[[workload]]\nname = \"big\"\nrole = \"measure\"\n"
          "args = [\"--count\", \"data/big.txt\"]\n\n[[variant]]\nname = \"baseline\"\n\n[[variant]]\n"
          "name = \"pgo\"\nlto = \"fat\"\npgo = true");
  page.heading("KEYS");
  for (const Section section : all_sections()) {
    page.subheading(title_of(section));
    for (const auto& line : {doc_of_section(section), also_takes(section)})
      if (!line.empty()) page.paragraph(line);
    for (const auto& key : keys_of(section)) {
      if (!is_shown(section, key)) continue;
      const auto facts = facts_of(key);
      page.entry(std::string(key.name),
                 fmt::format("{} ({}{}{})", key.doc, type_of(key), facts.empty() ? "" : "; ", facts));
    }
  }
  return page.heading("SEE ALSO").paragraph("`pgo-orch`(1), `cargo`(1)").text();
}

}  // namespace pgo_orch::orchestrator
