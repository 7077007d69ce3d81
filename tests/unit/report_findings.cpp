// What is said of phases, goals, decisions, conditions, references and code.

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "report/details.h"
#include "report/formats.h"
#include "report/humanize.h"
#include "report/results_json.h"
#include "report/run_tables.h"
#include "report/text.h"
#include "report_golden.h"
#include "report_sample.h"

using namespace pgo_orch::report;

TEST_CASE("findings have their tables, and sentences below them") {
  check_golden("findings.txt", to_terminal(sample_with_findings(), {.color = false, .width = 120}));
}

TEST_CASE("on a narrow terminal the tables of findings are no wider than it") {
  const Results results = sample_with_findings();
  check_golden("findings-narrow.txt", to_terminal(results, {.color = false, .width = 80}));
  for (const Table& table : findings_tables(results, 80)) {
    CAPTURE(table.title);
    CHECK(width(table) <= 80);
  }
}

TEST_CASE("an analysis of several variants, with names as long as Rust has, keeps to a narrow terminal") {
  Results results = sample_with_findings();
  const std::string name(120, 'x');
  for (auto& shares : results.groups)
    for (auto& function : shares.functions) function.name = name;
  for (auto& build : results.phases.build)
    for (auto& unit : build.units) unit.name = name;
  for (const char* other : {"another", "yet another"}) {
    results.phases.runtime.push_back(results.phases.runtime[1]);
    results.phases.runtime.back().variant = other;
    results.phases.build.push_back(results.phases.build[0]);
    results.phases.build.back().variant = other;
  }
  std::size_t runs = 0;
  for (const Table& table : findings_tables(results, 80)) {
    CAPTURE(table.title);
    CHECK(width(table) <= 80);
    runs += table.title == "phases of a run of fib35";
  }
  CHECK(runs == 3);                                                // each against the baseline
  for (auto& variant : results.variants) variant.failure.reset();  // logs are shown as they are
  std::istringstream lines(to_terminal(results, {.color = false, .width = 80, .verbose = true}));
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    CHECK((display_width(line) <= 80 || line.starts_with("build it anywhere")));
  }
  results.benchmarks.clear();
  CHECK(describe_counts(results).ends_with(", analyzed"));
}

TEST_CASE("Markdown has the findings too") {
  check_golden("findings.md", to_markdown(sample_with_findings()));
}

TEST_CASE("CSV has lines of references behind those of variants") {
  check_golden("findings.csv", to_csv(sample_with_findings()));
}

TEST_CASE("findings follow the schema, and what is read back equals what was written") {
  const Results results = sample_with_findings();
  check_golden("findings.json", to_json_text(results));
  CHECK(parse_results(to_json_text(results)) == results);
}

TEST_CASE("without findings there is nothing of them") {
  CHECK(findings_tables({}, 80).empty());
  CHECK(details({}).empty());
}

TEST_CASE("figures are read with their unit, and brackets only where there is an interval") {
  CHECK(figure_text(0.00208, 0.00203, 0.00214, Unit::seconds) == "2.080 ms [2.030 ms, 2.140 ms]");
  CHECK(figure_text(0.00208, std::nullopt, 0.00214, Unit::seconds) == "2.080 ms […, 2.140 ms]");
  CHECK(figure_text(0.00208, std::nullopt, std::nullopt, Unit::seconds) == "2.080 ms");
  CHECK(figure_text(4194304, 4194304, 4194304, Unit::bytes) == "4.00 MiB");
  CHECK(figure_text(0.7951, Unit::ratio) == "0.795");
  CHECK(figure_text(0.125, Unit::share) == "12.5 %");
}
