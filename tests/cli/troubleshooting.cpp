// docs/troubleshooting.md explains messages: those that the program has.

#include <doctest/doctest.h>

#include <filesystem>
#include <regex>

#include "running.h"

using namespace pgo_orch::cli;

namespace {

namespace fs = std::filesystem;

/// All of the program's text, in which string literals that the compiler joins are joined.
std::string sources() {
  std::string all;
  for (const char* room : {"orchestrator", "report", "measure", "pgo", "profiles", "toolchains"})
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(PGO_ORCH_SOURCE_DIR) / room))
      if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h")
        all += text_of(entry.path());
  return std::regex_replace(all, std::regex("\"\\s*\n\\s*\""), "");
}

}  // namespace

TEST_CASE("each message that the troubleshooting page explains is one of the program's") {
  const auto program = sources();
  const auto page = text_of(fs::path(PGO_ORCH_SOURCE_DIR) / "docs/troubleshooting.md");
  const std::regex heading("\n### `([^\n]+)`\n");
  int messages = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), heading), end; at != end; ++at, ++messages) {
    const std::string message = (*at)[1];
    CAPTURE(message);
    for (std::size_t from = 0; from < message.size();) {
      const auto gap = std::min(message.find("…", from), message.size());
      auto part = message.substr(from, gap - from);
      part.erase(0, part.find_first_not_of(' '));
      while (part.ends_with(' ')) part.pop_back();
      CHECK(contains(program, part));
      from = gap + std::string("…").size();
    }
  }
  CHECK(messages > 10);
}
