#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "orchestrator/commands/command_line.h"

namespace pgo_orch::orchestrator {

namespace {

constexpr std::size_t columns = 80;

/// "  -q, --quiet" or "      --json FILE".
std::string synopsis(const Option& option) {
  const auto text = spelling(option);
  return (text.starts_with("--") ? "      " : "  ") + text;
}

/// Breaks the text at spaces; its lines after the first are indented.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string lines;
  std::size_t used = indent;
  std::istringstream words(text);
  for (std::string word; words >> word; used += word.size()) {
    if (used == indent) {
      lines += word;
    } else if (used + 1 + word.size() <= columns) {
      lines += " " + word;
      ++used;
    } else {
      lines += "\n" + std::string(indent, ' ') + word;
      used = indent;
    }
  }
  return lines;
}

}  // namespace

std::string general_help(const std::vector<Command>& commands) {
  std::string text = "pgo-orch " PGO_ORCH_VERSION R"(
Finds the best way to build a program: builds its variants, checks their output,
times them in random order, and says which is faster, by how much, and how sure
that is.

Usage: pgo-orch COMMAND [pgo.toml] [options]

Commands:
)";
  std::size_t width = 0;
  for (const auto& command : commands) width = std::max(width, std::string_view(command.name).size() + 2);
  for (const auto& command : commands)
    text += fmt::format("  {:<{}}{}\n", command.name, width, command.summary);
  return text + R"(
Options:
  -h, --help     show this help; after a command, its options
  -V, --version  show the version

Examples:
  pgo-orch try -- big.txt            compare builds of the Cargo project here
  pgo-orch plan                      show what a run would do
  pgo-orch run --quick               compare all variants of ./pgo.toml quickly
  pgo-orch run --variant 'pgo*'      only some variants, and the baseline
  pgo-orch report --markdown out.md  write the latest run as Markdown
  pgo-orch compare before.json after.json --fail-if-slower 2%

Exit codes:
  0    success
  1    a variant failed, printed wrong output, missed a goal or got slower
  2    wrong usage or configuration
  3    a tool is missing
  130  interrupted (143 by SIGTERM)
)";
}

std::string help_of(const Command& command) {
  std::string text = fmt::format("{}\n\nUsage: pgo-orch {}\n", command.summary, command.usage);
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  std::size_t width = 0;
  for (const auto& option : command.options) width = std::max(width, synopsis(option).size() + 2);
  std::vector<std::string_view> groups;  // in the order of their first options
  for (const auto& option : command.options)
    if (std::ranges::find(groups, option.group) == groups.end()) groups.emplace_back(option.group);
  for (const auto group : groups) {
    text += fmt::format("\n{}:\n", group);
    for (const auto& option : command.options)
      if (option.group == group)
        text += fmt::format("{:<{}}{}\n", synopsis(option), width, wrapped(option.text, width));
  }
  return text;
}

}  // namespace pgo_orch::orchestrator
