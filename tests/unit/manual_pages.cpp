// What the manual says is what the program takes, and what is committed of it is up to date.

#include <doctest/doctest.h>

#include <regex>

#include "orchestrator/commands/command_line.h"
#include "orchestrator/config/keys.h"
#include "orchestrator/manual/manual.h"
#include "orchestrator/manual/roff.h"
#include "profiles_golden.h"
#include "report/results_schema.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;

namespace {

/// As a reader of the page sees a word of it.
std::string in_roff(const std::string& word) {
  return roff_text(word);
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("the references in docs/ are up to date") {
  golden::check("../../docs/reference-pgo-toml.md", reference_of_config());
  golden::check("../../docs/reference-results-json.md", reference_of_results());
  golden::check("../../docs/results.schema.json", report::results_json_schema());
}

TEST_CASE("pgo-orch.1 has every command and every option") {
  const auto page = man_of_program();
  for (const auto& command : commands()) {
    CHECK(contains(page, ".SS " + std::string(command.name) + "\n"));
    for (const auto& option : command.options) {
      const std::string names = option.names;
      CHECK_MESSAGE(contains(page, in_roff("--" + names.substr(0, names.find(',')))), names);
    }
  }
}

TEST_CASE("pgo.toml.5 and the reference have every key that this version takes, with its sentence") {
  const auto page = man_of_config(), reference = reference_of_config();
  const std::function<void(Section)> walk = [&](Section section) {
    for (const auto& key : keys_of(section)) {
      if (key.only_value == "") continue;
      const std::string name(key.name), doc(key.doc);
      CHECK_MESSAGE(contains(page, in_roff(name)), name);
      CHECK_MESSAGE((section == Section::top || contains(page, in_roff(doc))), name);
      CHECK_MESSAGE((key.inner || contains(reference, "| `" + name + "` | ")), name);
      if (key.inner && !key.only_value) walk(*key.inner);
    }
  };
  walk(Section::top);
}

TEST_CASE("no text becomes a macro of roff") {
  CHECK(roff_text("a-b `c\\d` 'e'") == "a\\-b \\fBc\\ed\\fR \\(aqe\\(aq");
  Roff page("X", 1, "x", "y");
  page.paragraph(".SH no heading").paragraph("'br").example(".nf\n\n'x");
  CHECK(contains(page.text(), "\n\\&.SH no heading\n"));
  CHECK(!contains(page.text(), "\n.SH no"));
  CHECK(!contains(page.text(), "\n'"));
  for (const auto& text : {man_of_program(), man_of_config()}) {
    const std::regex request("(^|\n)[.'](?!TH|SH|SS|PP|TP|RS|RE|nf|fi)");
    CHECK_FALSE(std::regex_search(text, request));
  }
}
