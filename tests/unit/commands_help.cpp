
#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "orchestrator/commands/command_line.h"
#include "profiles_golden.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;

namespace {

/// What --help prints, of the program and of each command, without the version.
std::string all_help() {
  std::string text = general_help(commands());
  text.erase(text.find(" " PGO_ORCH_VERSION), sizeof PGO_ORCH_VERSION);
  for (const auto& command : commands())
    text += "\n---- " + std::string(command.name) + "\n" + help_of(command);
  return text;
}

}  // namespace

TEST_CASE("the help of all commands") {
  golden::check("commands/help.txt", all_help());
}

TEST_CASE("help fits 80 columns and has no trailing blanks") {
  std::istringstream lines(all_help());
  for (std::string line; std::getline(lines, line);) {
    CHECK_MESSAGE(line.size() <= 80, line);
    CHECK_MESSAGE(!line.ends_with(' '), line);
  }
}

TEST_CASE("every option has a group that help shows, and each name once") {
  for (const auto& command : commands()) {
    const std::string help = help_of(command);
    std::set<std::string> seen;
    for (const auto& option : command.options) {
      CHECK(seen.insert(option.names).second);
      CHECK(help.find(std::string("\n") + option.group + ":\n") != std::string::npos);
      CHECK(help.find("--" + std::string(option.names).substr(0, std::string(option.names).find(','))) !=
            std::string::npos);
    }
  }
}
