#include <fmt/format.h>

#include "report/details.h"
#include "report/formats.h"
#include "report/run_tables.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

using Line = std::vector<std::string>;

/// The length of an interval, such as "[1.2, 2.0]", that the text begins with, if nothing behind it makes it
/// a link; else 0. Reports have many: with backslashes they could not be read as text.
std::size_t interval_length(std::string_view text) {
  const auto end = text.find(']');
  if (end == std::string_view::npos || end < 2) return 0;
  const bool number = std::string_view("+-0123456789\xe2").find(text[1]) != std::string_view::npos;
  const bool nested = text.substr(1, end).find('[') != std::string_view::npos;
  const bool link =
      end + 1 < text.size() && std::string_view("([:").find(text[end + 1]) != std::string_view::npos;
  return number && !nested && !link ? end + 1 : 0;
}

}  // namespace

std::string escaped_markdown(std::string_view text) {
  std::string result;
  const std::string shown = printable(text);
  std::size_t plain = 0;  // brackets before here are an interval's
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const char c = shown[i];
    if (c == '[' && i >= plain) plain = i + interval_length(std::string_view(shown).substr(i));
    const bool bracket = (c == '[' || c == ']') && i >= plain;
    if (bracket || std::string_view("\\`*_<>&|~").find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

namespace {

std::string escaped(std::string_view text) {
  return escaped_markdown(text);
}

/// The same at the beginning of a line, where it must not open a heading, a list or a quotation.
std::string escaped_line(std::string_view text) {
  std::string result = escaped(text);
  const auto digits = result.find_first_not_of("0123456789");
  if (digits == std::string::npos) return result;
  const bool numbers = digits > 0 && (result[digits] == '.' || result[digits] == ')');
  const bool opens = digits == 0 && std::string_view("#+-=").find(result[0]) != std::string_view::npos;
  if (numbers || opens) result.insert(digits, "\\");
  return result;
}

/// A code span for a table, where even code must escape its pipes. Its fence is longer than any in it.
std::string code(std::string_view text) {
  if (text.empty()) return "";
  std::size_t longest = 0, run = 0;
  std::string inner;
  for (const char c : printable(text)) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
    if (c == '|') inner += '\\';
    inner += c;
  }
  const std::string fence(longest + 1, '`');
  const std::string gap(longest > 0 ? " " : "");
  return fence + gap + inner + gap + fence;
}

/// One row of a table, of cells that are Markdown already.
std::string row(const Line& cells) {
  return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

std::string plain_table(const Line& titles, const std::vector<Line>& rows) {
  std::string text = row(titles) + row(Line(titles.size(), "---"));
  for (const Line& cells : rows) text += row(cells);
  return text;
}

}  // namespace

std::string to_markdown(const Table& table) {
  Line titles;
  Line rules;
  for (const Column& column : table.columns) {
    titles.push_back(escaped(column.group.empty() ? column.title : column.group + " " + column.title));
    rules.emplace_back(column.align == Align::left ? ":---" : "---:");
  }
  std::string text = table.title.empty() ? "" : fmt::format("## {}\n\n", escaped(table.title));
  if (!table.caption.empty()) text += escaped(table.caption) + "\n\n";
  text += row(titles) + row(rules);
  for (const auto& cells : table.rows) {
    Line line;
    for (const Cell& cell : cells) {
      const std::string shown =
          escaped(cell.text.substr(std::min(cell.text.size(), cell.text.find_first_not_of(' '))));
      line.push_back(cell.best ? "**" + shown + "**" : shown);
      line.resize(line.size() + cell.span - 1);  // Markdown has no spans: the rest of them stays empty
    }
    text += row(line);
  }
  return text + "\n";
}

namespace {

/// A fenced block in a list item; the fence is longer than any in it.
std::string block(const Line& lines) {
  std::string body;
  for (const std::string& line : lines) body += "  " + printable(line) + "\n";
  std::string fence = "```";
  while (body.find(fence) != std::string::npos) fence += '`';
  return fmt::format("\n  {0}text\n{1}  {0}\n", fence, body);
}

std::string section_text(const Section& section) {
  std::string text = fmt::format("## {}\n\n", section.heading);
  for (const Entry& entry : section.entries) {
    text += fmt::format("- {}\n", escaped_line(entry.text));
    for (const std::string& fact : entry.facts) text += fmt::format("  - {}\n", escaped_line(fact));
    if (!entry.verbatim.empty()) text += block(entry.verbatim);
  }
  return text + "\n";
}

std::string tools_part(const Results& results) {
  std::vector<Line> rows;
  for (const auto& [name, tool] : results.tools)
    rows.push_back({escaped(name), escaped(tool.version), escaped(tool.llvm), code(tool.path)});
  return rows.empty() ? "" : "## Tools\n\n" + plain_table({"tool", "version", "LLVM", "path"}, rows) + "\n";
}

std::string settings(const Results& results) {
  std::vector<Line> rows;
  for (const VariantResult& variant : results.variants) {
    Line texts;
    for (const Setting& setting : variant.settings)
      texts.push_back(code(setting.key + " = " + setting.value));
    rows.push_back({escaped(variant.name), fmt::format("{}", fmt::join(texts, ", ")),
                    code(fmt::format("{}", fmt::join(variant.rustflags, " "))), escaped(variant.target),
                    escaped(variant.toolchain)});
  }
  return "## Settings\n\n" + plain_table({"variant", "settings", "rustflags", "target", "toolchain"}, rows) +
         "\n";
}

std::string origin(const Results& results) {
  std::string text = "pgo-orch " + results.tool_version;
  for (const auto& [word, value] : {std::pair{"run", results.run.id},
                                    {"started", results.run.started},
                                    {"finished", results.run.finished}})
    if (!value.empty()) text += fmt::format(", {} {}", word, value);
  return escaped(text + (results.run.interrupted ? ", interrupted" : "")) + "\n";
}

}  // namespace

std::string to_markdown(const Results& results) {
  std::string text =
      fmt::format("# {}\n\n{}\n\n", escaped(results.project.name), escaped(describe_counts(results)));
  if (!results.recommendation.empty()) text += fmt::format("**{}**\n\n", escaped(results.recommendation));
  const auto tables = separate_tables(results);
  for (const Table& table : tables) text += to_markdown(table);
  for (const std::string& line : legend(results, tables, true))
    text += fmt::format("- {}\n", escaped_line(line));
  text += "\n";
  for (const Table& table : findings_tables(results, std::string::npos)) text += to_markdown(table);
  for (const Section& section : details(results)) text += section_text(section);
  text += settings(results) + tools_part(results);
  if (const std::string machine = describe_machine(results); !machine.empty())
    text += fmt::format("## Machine\n\n{}\n\n", escaped(machine));
  return text + origin(results);
}

}  // namespace pgo_orch::report
