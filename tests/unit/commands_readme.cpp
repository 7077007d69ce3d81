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

TEST_CASE("every option that a command has is in the README") {
  for (const auto& command : orchestrator::commands()) {
    for (const auto& option : command.options) {
      const std::string names = option.names, name = "--" + names.substr(0, names.find(','));
      const bool general = std::string_view(option.group) == "General";
      CHECK_MESSAGE((general || readme().find(name) != std::string::npos), std::string(command.name), " ",
                    name);
    }
  }
}
