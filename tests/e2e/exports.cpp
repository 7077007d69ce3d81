// Files for other tools.

#include "lab.h"

using namespace e2e;

TEST_CASE("the export for hyperfine has hyperfine's fields") {
  Lab lab;
  lab.file("chains.rs", chains)
      .file("pgo.toml", chains_project + "[[variant]]\nname = \"size\"\nopt-level = \"s\"\n");
  const Json results =
      lab.results(0, {"--export-hyperfine", "times.json", "--csv", "all.csv", "--markdown", "report.md"});
  check_all_ok(results);
  const Json times = Json::parse(read(lab.root() / "times.json"));
  REQUIRE(times.at("results").size() == 2);
  for (const auto& result : times.at("results")) {
    CHECK(result.at("command").is_string());
    for (const char* number : {"mean", "stddev", "median", "user", "system", "min", "max"})
      CHECK(result.at(number).is_number());
    CHECK(result.at("times").size() > 1);
    CHECK(result.at("exit_codes").size() == result.at("times").size());
    CHECK(result.at("memory_usage_byte").size() == result.at("times").size());
    for (const auto& code : result.at("exit_codes")) CHECK(code == 0);
    CHECK(result.at("parameters").at("variant").is_string());
    CHECK(result.at("min") <= result.at("median"));
    CHECK(result.at("median") <= result.at("max"));
  }
  CHECK(times.at("results")[1].at("parameters").at("variant") == "size");
  CHECK(contains(read(lab.root() / "all.csv"), "size"));
  CHECK(contains(read(lab.root() / "report.md"), "size"));
}

TEST_CASE("JUnit's XML is read by a parser, with goals that are met, missed and open, and what failed") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project + R"([[variant]]
name = "broken"
rustflags = ["--cfg", "a<b"]
[[goal]]
name = "small"
metric = "size"
below = "1 GiB"
[[goal]]
name = "<tiny> & \"quoted\""
metric = "size"
below = "1 B"
[[goal]]
name = "nobody knows"
metric = "phase"
phase = "startup"
below = "1s"
)");
  lab.results(1, {"--junit", "tests.xml"});
  const auto parsed = lab.run({"python3", "-c", R"(
import xml.etree.ElementTree as tree
for case in tree.parse("tests.xml").getroot().iter("testcase"):
    print(case.get("classname"), case.get("name"), [child.tag for child in case])
)"});
  CHECK(parsed.err == "");
  CHECK(parsed.out ==
        "variants baseline []\nvariants broken ['failure']\ngoals small []\n"
        "goals <tiny> & \"quoted\" ['failure']\ngoals nobody knows ['skipped']\n");
}

TEST_CASE("a finished run is reported again with the same figures") {
  Lab lab;
  lab.file("chains.rs", chains).file("pgo.toml", chains_project);
  const Json results = lab.results();
  const auto again = lab.orch({"report", "--json", "-"});
  CHECK(again.status == 0);
  CHECK(Json::parse(again.out) == results);
}
