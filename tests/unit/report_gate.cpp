// What a gate found, as people and programs read it.

#include <doctest/doctest.h>

#include "report/gate.h"
#include "report_golden.h"

using namespace pgo_orch;
using namespace pgo_orch::report;
using enum GateOutcome;

namespace {

PairResult pair(double base, double effect, double lo, double hi, GateOutcome outcome) {
  PairResult made;
  made.base = base;
  made.head = base * (1 + effect / 100);
  made.effect = effect;
  made.lo = lo;
  made.hi = hi;
  made.allowed = 1;
  made.outcome = outcome;
  made.rounds = 61;
  return made;
}

GateClaim claim(GateMetric metric, const std::string& workload, PairResult first,
                std::optional<PairResult> second = std::nullopt) {
  GateClaim made{.metric = metric, .workload = workload, .trained = workload == "parse"};
  made.outcome = first.outcome;
  made.first = std::move(first);
  made.second = std::move(second);
  return made;
}

/// One of each kind.
GateReport sample() {
  GateReport report;
  report.tool_version = "0.1.0";
  report.run = {.id = "2026-11-30T10-00-00Z",
                .started = "2026-11-30T10:00:00Z",
                .finished = "2026-11-30T10:03:00Z",
                .command = "gate"};
  report.host = {.cpu = "A CPU", .cores = 2, .kernel = "Linux 6.1.0", .virtualized = true, .warnings = {}};
  report.project = "jot";
  report.variant = "pgo";
  report.base = {
      "main", "3f2a91c0000000000000000000000000000000aa", "1.96.0", {{"jot", "aa", "bb", Bytes{1 << 20}}}};
  report.head = {
      "9ab12ef", "9ab12ef000000000000000000000000000000000", "1.96.0", {{"jot", "cc", "dd", Bytes{1 << 20}}}};
  report.claims = {
      claim(GateMetric::wall, "list", pair(0.0123, -3.5, -4.1, -2.9, pass)),
      claim(GateMetric::wall, "parse", pair(0.0201, 5.2, 4.1, 6.3, fail), pair(0.0199, 4.8, 3.5, 6.2, fail)),
      claim(GateMetric::cpu, "parse", pair(0.02, 5.0, 4.2, 6.1, fail), pair(0.0197, 0.1, -0.4, 0.6, pass)),
      claim(GateMetric::wall, "save", pair(0.004, 0.3, -1.2, 2.4, open)),
      claim(GateMetric::size, "", pair(1 << 20, 0.2, 0.2, 0.2, pass))};
  report.claims[2].outcome = open;
  report.claims[2].reason = "layout or training";
  report.claims[3].first.rounds_needed = 400;
  report.claims[3].first.time_needed = std::chrono::seconds(41);
  sort_worst_first(report.claims);
  return report;
}

/// Only these.
GateReport with(std::vector<GateOutcome> outcomes) {
  auto report = sample();
  std::erase_if(report.claims, [&](const GateClaim& each) {
    return std::ranges::find(outcomes, each.outcome) == outcomes.end();
  });
  return report;
}

}  // namespace

TEST_CASE("a gate in all its forms") {
  const auto report = sample();
  check_golden("gate.txt", to_text(report, false));
  check_golden("gate.md", to_markdown(report));
  check_golden("gate.xml", to_junit(report));
  check_golden("gate.json", to_json_text(report));
  check_golden("gate.github.txt", to_github_annotations(report));
}

TEST_CASE("the worst comes first: regressions, then what may be worst, then the rest") {
  std::vector<std::string> order;
  for (const auto& each : sample().claims)
    order.push_back(each.workload + " " + to_word(each.metric) + " " + to_word(each.outcome));
  CHECK(order == std::vector<std::string>{"parse wall fail", "save wall open", "parse cpu open", " size pass",
                                          "list wall pass"});
}

TEST_CASE("the sentence of each outcome") {
  CHECK(sentence_of(sample()) ==
        "regression: HEAD takes 4.8 % [3.5, 6.2] more run time than BASE in 'parse', and 1.0 % is allowed.");
  CHECK(sentence_of(with({open, pass})) ==
        "open: no regression is shown, but HEAD may take up to 2.4 % more run time in 'save', and 1.0 % is "
        "allowed (1 more is open). About 41 s more per workload would tell.");
  CHECK(sentence_of(with({pass})) ==
        "pass: HEAD is shown not to be worse than BASE by more than is allowed, in any of 2 comparisons.");
  CHECK(sentence_of(with({})) == "open: nothing was compared.");
  auto hopeless = with({open});
  std::erase_if(hopeless.claims, [](const GateClaim& each) { return !each.reason.empty(); });
  hopeless.claims.front().first.time_needed = std::chrono::hours(30);
  CHECK(sentence_of(hopeless).ends_with("More time hardly helps: the machine is too noisy for this guard."));
}

TEST_CASE("what ends a check: a regression, a workload that is not done, and with strict what is open") {
  CHECK(sample().refuses());
  CHECK_FALSE(with({open, pass}).refuses());
  auto strict = with({open, pass});
  strict.strict = true;
  CHECK(strict.refuses());
  auto trouble = with({pass});
  CHECK_FALSE(trouble.refuses());
  trouble.troubles = {{"parse", "killed by signal 11 (Segmentation fault)"}};
  CHECK(trouble.refuses());
  CHECK(sentence_of(trouble) ==
        "regression: HEAD does not do what 'parse' asks: killed by signal 11 (Segmentation fault)");
}

TEST_CASE("names from a pull request cannot end a line of GitHub's commands, nor a cell of a table") {
  auto report = with({open});
  report.head.given = "a|b\n::error::no";
  report.claims.front().reason = "50 %, twice\n::set-output name=x::y";
  const auto commands = to_github_annotations(report);
  CHECK(commands.find("\n::set-output") == std::string::npos);
  CHECK(commands.find("50 %25, twice") != std::string::npos);
  CHECK(to_markdown(report).find("\n::error") == std::string::npos);
}
