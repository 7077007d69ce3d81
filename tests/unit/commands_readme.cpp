// What the README shows is what the program takes.

#include <doctest/doctest.h>

#include <string>

#include "orchestrator/commands/command_line.h"
#include "orchestrator/config/config.h"
#include "toolchains/files.h"

using namespace pgo_orch;

namespace {

std::string readme() {
  return toolchains::read_file(PGO_ORCH_SOURCE_DIR "/README.md");
}

/// The first fenced block of a language.
std::string block(const std::string& text, const std::string& language) {
  const std::string opening = "```" + language + "\n";
  const auto start = text.find(opening) + opening.size();
  return text.substr(start, text.find("```", start) - start);
}

}  // namespace

TEST_CASE("the README's pgo.toml is a valid one with three variants") {
  const toolchains::TempDir folder;
  toolchains::write_file_atomically(folder.path() / "Cargo.toml", "[package]\nname = \"a\"\n");
  toolchains::write_file_atomically(folder.path() / "pgo.toml", block(readme(), "toml"));
  const auto config = orchestrator::load_config(folder.path() / "pgo.toml");
  REQUIRE(config.variants->size() == 3);
  CHECK(config.variants->at(2).name == "pgo");
  CHECK(config.variants->at(2).settings.lto == "fat");
  CHECK(config.variants->at(2).settings.pgo.has_value());
}

TEST_CASE("every option that a command has stands in the README") {
  for (const char* command : {"run", "plan", "report", "compare"}) {
    const auto help =
        std::get<orchestrator::ShowText>(orchestrator::parse_command_line({command, "--help"})).text;
    for (auto at = help.find("--"); at != std::string::npos; at = help.find("--", at + 2)) {
      const std::string option = help.substr(at, help.find_first_of(" \n=", at) - at);
      const bool general = option == "--help" || option == "--color" || option == "--state-dir";
      CHECK_MESSAGE((general || readme().find(option) != std::string::npos), std::string(command)
                                                                                 << " " << option);
    }
  }
}
