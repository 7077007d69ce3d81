#include "report/formats.h"

#include <algorithm>

#include "report/details.h"
#include "report/run_tables.h"
#include "report/text.h"

namespace pgo_orch::report {

namespace {

/// Sentences wrapped to the width; continuation lines are indented by two more.
std::string paragraph(const std::string& sentences, std::size_t indent, const TerminalOptions& options,
                      Tone tone = Tone::plain) {
  std::string text;
  const std::size_t hanging = indent == 0 ? 0 : indent + 2;
  for (const std::string& line :
       wrap(printable(sentences), std::max<std::size_t>(40, options.width) - hanging))
    text += std::string(text.empty() ? indent : hanging, ' ') + paint(line, tone, options.color) + "\n";
  return text;
}

std::string header(const Results& results, const TerminalOptions& options) {
  std::string text = paint(printable(results.project.name), Tone::heading, options.color);
  text += (text.empty() ? "" : ": ") + describe_counts(results) + "\n";
  const std::string machine = describe_machine(results);
  if (!machine.empty()) text += paragraph(machine, 0, options, Tone::quiet);
  if (results.run.interrupted) text += paragraph("interrupted: partial results", 0, options, Tone::unsure);
  return text;
}

std::string render(const Section& section, const TerminalOptions& options) {
  std::string text = paint(section.heading, section.tone, options.color) + "\n";
  for (const Entry& entry : section.entries) {
    text += paragraph(entry.text, 2, options);
    for (const std::string& line : entry.verbatim)
      text += "    " + paint("| " + printable(line), Tone::quiet, options.color) + "\n";
    for (const std::string& fact : entry.facts) text += paragraph(fact, 4, options);
  }
  return text;
}

}  // namespace

std::string to_terminal(const Results& results, const TerminalOptions& options) {
  std::string text = header(results, options);
  const auto tables = tables_within(results, options.width);
  for (const Table& table : tables) text += "\n" + to_text(table, options.color);
  for (const std::string& line : legend(results, tables, options.color))
    text += paint(line, Tone::quiet, options.color) + "\n";
  const auto detail = results.benchmarks.empty() ? Detail::full : Detail::brief;
  for (const Table& table : findings_tables(results, options.width, detail))
    text += "\n" + to_text(table, options.color);
  for (const Section& section : details(results)) text += "\n" + render(section, options);
  if (!results.recommendation.empty())
    text += "\n" + paragraph(results.recommendation, 0, options, Tone::heading);
  return text;
}

}  // namespace pgo_orch::report
