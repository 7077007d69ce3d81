// pgo-orch.1: from the table of commands.

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "orchestrator/commands/command_line.h"
#include "orchestrator/manual/manual.h"
#include "orchestrator/manual/roff.h"

namespace pgo_orch::orchestrator {

namespace {

bool is_general(const Option& option) {
  return std::string_view(option.group) == group::general;
}

std::string capitalized(std::string text) {
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

void add_command(const Command& command, Roff& page) {
  page.subheading(command.name);
  std::istringstream lines(command.usage);
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find_first_not_of(' ');
    line = line.substr(first);
    page.paragraph("`" + (line.starts_with("pgo-orch ") ? line : "pgo-orch " + line) + "`");
  }
  page.paragraph(capitalized(command.summary) + ".");
  for (const auto& option : command.options)
    if (!is_general(option)) page.entry(spelling(option), option.text);
}

void add_general_options(Roff& page) {
  page.paragraph("Commands that keep files, or print for a person, also take:");
  for (const auto& option : general_options()) page.entry(spelling(option), option.text);
  page.entry("-V, --version", "instead of a command: show the version");
}

}  // namespace

std::string man_of_program() {
  Roff page("PGO-ORCH", 1, "pgo-orch", "find the best way to build a program, and release it");
  page.heading("SYNOPSIS").paragraph("`pgo-orch` COMMAND [pgo.toml] [options]");
  page.heading("DESCRIPTION")
      .paragraph(
          "pgo-orch builds the variants of a program that pgo.toml lists (opt-level, LTO, linkers, PGO), "
          "checks "
          "that their output is still right, and measures run time, memory, build time and size. It reports "
          "what "
          "is faster and by how much, with confidence intervals that hold on a noisy machine.");
  page.heading("COMMANDS");
  for (const auto& command : commands()) add_command(command, page);
  page.heading("GENERAL OPTIONS");
  add_general_options(page);
  page.heading("EXIT STATUS")
      .entry("0", "success")
      .entry("1", "a variant failed, printed wrong output, missed a goal or got slower")
      .entry("2", "wrong usage or configuration")
      .entry("3", "a tool is missing")
      .entry("130", "interrupted (143 by SIGTERM)");
  page.heading("FILES")
      .entry("pgo.toml", "what is built and measured; see `pgo.toml`(5)")
      .entry(".pgo-orch", "everything that pgo-orch keeps; `pgo-orch clean` removes it")
      .entry("dist", "what `pgo-orch release` makes");
  page.heading("EXAMPLES")
      .example(
          "pgo-orch try -- big.txt            # compare builds of the Cargo project here\n"
          "pgo-orch plan                      # show what a run would do\n"
          "pgo-orch run --quick               # compare all variants of ./pgo.toml quickly\n"
          "pgo-orch run --variant 'pgo*'      # only some variants, and the baseline\n"
          "pgo-orch report --markdown out.md  # write the latest run as Markdown\n"
          "pgo-orch release                   # build, prove and pack the best variant");
  return page.heading("SEE ALSO").paragraph("`pgo.toml`(5), `cargo`(1), `rustc`(1)").text();
}

}  // namespace pgo_orch::orchestrator
