#include "report/formats.h"

#include <algorithm>
#include <utility>

#include "report/details.h"
#include "report/humanize.h"
#include "report/run_tables.h"
#include "report/text.h"
#include "toolchains/command.h"

namespace pgo_orch::report {

namespace {

constexpr std::size_t most_remark_lines = 5;
constexpr std::size_t most_executables = 4;

/// Sentences wrapped to the width; continuation lines are indented by two more.
std::string paragraph(const std::string& sentences, std::size_t indent, const TerminalOptions& options,
                      Tone tone = Tone::plain) {
  std::string text;
  const std::size_t hanging = indent == 0 && !sentences.starts_with("- ") ? 0 : indent + 2;
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

/// Entries that fit into so many lines, and how many did not.
std::string as_far_as_they_fit(const std::vector<Entry>& entries, std::size_t lines,
                               const TerminalOptions& options) {
  std::string text;
  std::size_t shown = 0, used = 0;
  for (const Entry& entry : entries) {
    const std::string more = paragraph("- " + entry.text, 0, options);
    used += static_cast<std::size_t>(std::ranges::count(more, '\n'));
    if (shown > 0 && used > lines) break;
    text += more;
    ++shown;
  }
  if (shown < entries.size())
    text += paint(
        fmt::format("  and {} (--verbose)\n",
                    human_count(std::ssize(entries) - static_cast<std::ptrdiff_t>(shown), "more remark")),
        Tone::quiet, options.color);
  return text;
}

std::string below(const std::string& path, const std::string& folder) {
  return !folder.empty() && path.starts_with(folder + "/") ? path.substr(folder.size() + 1) : path;
}

/// A command about this project, as typed in the current folder.
std::string command(const Results& results, const std::string& verb, const std::string& rest,
                    const TerminalOptions& options) {
  const std::string file = below(results.project.path, options.folder);
  return fmt::format("pgo-orch {}{}{}", verb,
                     file.empty() || file == "pgo.toml" ? "" : " " + toolchains::shell_quote(file), rest);
}

/// Where the recommended executable is, and how to go on.
std::string closing(const Results& results, bool verbose, const TerminalOptions& options) {
  std::vector<std::pair<std::string, std::string>> lines;
  const auto* row = results.recommended ? results.variant(*results.recommended) : nullptr;
  if (row)
    for (const Artifact& artifact : row->artifacts)
      if (lines.size() < most_executables)
        lines.emplace_back("executable", toolchains::shell_quote(below(artifact.path, options.folder)));
  if (results.run.interrupted && results.run.command == "try")
    lines.emplace_back("go on", "the same command again: finished builds are kept");
  else if (results.run.interrupted)
    lines.emplace_back("go on", command(results, "run", " --resume", options));
  else if (row && row->name != results.baseline && results.run.command != "try")
    lines.emplace_back(
        "build it anywhere",
        command(results, "plan", fmt::format(" --variant {} --format sh", toolchains::shell_quote(row->name)),
                options));
  if (!verbose)
    lines.emplace_back("details", options.asked.empty()
                                      ? command(results, "report", " --verbose", options)
                                      : fmt::format("pgo-orch report {} --verbose", options.asked));
  std::string text = lines.empty() ? "" : "\n";
  for (const auto& [what, how] : lines) text += fmt::format("{:<19}{}\n", what + ":", printable(how));
  return text;
}

/// Nobody who asks where the time goes wants less than all of it.
bool is_analysis(const Results& results) {
  return results.benchmarks.empty() && (!results.phases.runtime.empty() || !results.phases.build.empty());
}

}  // namespace

std::string to_terminal(const Results& results, const TerminalOptions& options) {
  const bool verbose = options.verbose || is_analysis(results);
  std::string text;
  if (!results.recommendation.empty())
    text += paragraph(results.recommendation, 0, options, Tone::heading) + "\n";
  if (verbose || results.benchmarks.empty())
    text += header(results, options) + "\n";
  else if (results.run.interrupted)
    text += paragraph("interrupted: partial results", 0, options, Tone::unsure) + "\n";
  const auto tables = tables_within(results, options.width);
  std::string between;
  for (const Table& table : tables) text += std::exchange(between, "\n") + to_text(table, options.color);
  for (const std::string& line : legend(results, tables, options.color))
    text += paint(line, Tone::quiet, options.color) + "\n";
  const auto detail = !verbose ? Detail::asked : results.benchmarks.empty() ? Detail::full : Detail::brief;
  for (const Table& table : findings_tables(results, options.width, detail))
    text += "\n" + to_text(table, options.color);
  if (verbose) {
    for (const Section& section : details(results)) text += "\n" + render(section, options);
    return text + closing(results, verbose, options);
  }
  for (const Section& section : asked_details(results)) text += "\n" + render(section, options);
  if (const auto notes = remarks(results); !notes.empty())
    text += "\n" + as_far_as_they_fit(notes, most_remark_lines, options);
  return text + closing(results, verbose, options);
}

}  // namespace pgo_orch::report
