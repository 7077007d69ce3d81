// A variant's settings in Cargo.toml files as people write them: the differences are golden files.

#include "profiles/apply.h"

#include <doctest/doctest.h>

#include <set>

#include "profiles_golden.h"
#include "profiles_mutations.h"
#include "toolchains/error.h"
#include "toolchains/unified_diff.h"

using namespace pgo_orch;
using namespace pgo_orch::profiles;

namespace {

CargoSettings tuned() {
  CargoSettings wanted;
  wanted.profile = "release";
  wanted.target = "x86_64-unknown-linux-gnu";
  wanted.settings.lto = "fat";
  wanted.settings.codegen_units = 1;
  wanted.settings.panic = "abort";
  wanted.settings.packages["regex-automata"]["opt-level"] = "3";
  return wanted;
}

Application applied(const std::string& manifest) {
  return apply_settings(tuned(), {{"/w/Cargo.toml", manifest}, {}, "/w"}, {});
}

/// The names of tests/golden/apply/NAME.toml.
std::set<std::string> manifests() {
  std::set<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(golden::path_of("apply")))
    if (file.path().extension() == ".toml") names.insert(file.path().stem());
  return names;
}

}  // namespace

TEST_CASE("settings are put into manifests of all kinds, and nothing else changes") {
  REQUIRE(manifests().size() >= 20);
  for (const auto& name : manifests()) {
    CAPTURE(name);
    const auto text = golden::read("apply/" + name + ".toml");
    const auto result = applied(text);
    CHECK(result.doubts == std::vector<std::string>());
    CHECK(result.hidden == std::vector<std::string>());
    REQUIRE(result.edits.size() <= 1);
    const auto after = result.edits.empty() ? text : result.edits.front().after;
    const auto diff = toolchains::unified_diff({"Cargo.toml", text}, {"Cargo.toml", after});
    golden::check("apply/" + name + ".diff", diff);
    CHECK(applied(after).edits.empty());
  }
}

TEST_CASE("line ends, a byte order mark and a missing last newline stay") {
  for (const auto& name : manifests()) {
    CAPTURE(name);
    const auto text = golden::read("apply/" + name + ".toml");
    const auto result = applied(text);
    if (result.edits.empty()) continue;
    const auto& after = result.edits.front().after;
    CHECK(after.starts_with("\xef\xbb\xbf") == text.starts_with("\xef\xbb\xbf"));
    CHECK(after.ends_with('\n') == (text.empty() || text.ends_with('\n')));
    const bool crlf = text.find("\r\n") != std::string::npos;
    for (auto at = after.find('\n'); at != std::string::npos; at = after.find('\n', at + 1))
      CHECK((after[at - 1] == '\r') == crlf);
  }
}

TEST_CASE("damaged manifests are refused or edited, and an edit is always understood") {
  for (const auto& name : manifests())
    mutations::for_each_damaged(golden::read("apply/" + name + ".toml"), 60, [](const std::string& text) {
      try {
        const auto result = applied(text);
        if (!result.doubts.empty() || result.edits.empty()) return;
        CHECK(applied(result.edits.front().after).edits.empty());
      } catch (const Error&) {
        return;
      }
    });
}
