#include <doctest/doctest.h>

#include "orchestrator/commands/history_record.h"
#include "orchestrator/commands/history_series.h"
#include "orchestrator/commands/history_text.h"

using namespace pgo_orch::orchestrator;
using pgo_orch::measure::GateMetric;
using pgo_orch::measure::GateOutcome;
using pgo_orch::measure::Verdict;

namespace {

using Numbers = std::vector<std::optional<double>>;

}  // namespace

TEST_CASE("a sparkline goes from the lowest to the highest block") {
  CHECK(sparkline(Numbers{0, 1, 2, 3, 4, 5, 6, 7}, {}, 0) == "▁▂▃▄▅▆▇█");
  CHECK(sparkline(Numbers{-3, -10, -3}, {}, 0) == "█▁█");
}

TEST_CASE("a sparkline shows noise as noise, gaps as gaps, and where numbers stop being comparable") {
  CHECK(sparkline(Numbers{0, 0.1, 0}, {}, 0) == "▁█▁");
  CHECK(sparkline(Numbers{0, 0.1, 0}, {}, 1) == "▄▅▄");
  CHECK(sparkline(Numbers{0, std::nullopt, 7}, {}, 0) == "▁ █");
  CHECK(sparkline(Numbers{0, 7, 7}, {1}, 0) == "▁|██");
  CHECK(sparkline(Numbers{2, 2}, {}, 0) == "▄▄");
  CHECK(sparkline({}, {}, 0).empty());
  CHECK(sparkline(Numbers{std::nullopt}, {}, 0).empty());
}

TEST_CASE("a long sparkline is its end") {
  CHECK(sparkline(Numbers{9, 9, 0, 7}, {2}, 0, 2) == "▁█");
}

namespace {

/// Of a workload, by the base with this code.
HistoryEntry gate_entry(const std::string& base_code, double effect, GateOutcome outcome,
                        const std::string& day) {
  pgo_orch::report::GateReport report;
  report.project = "jot";
  report.run = {.id = day, .started = day + "T10:00:00Z", .finished = {}};
  report.base = {"v1.0", "3f2a91c0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1.96.0", {{"jot", "s", base_code, {}}}};
  report.head = {"HEAD", "9ab12ef0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "1.96.0", {{"jot", "t", "h" + day, {}}}};
  pgo_orch::report::GateClaim claim{.workload = "parse", .first = {}};
  claim.first.effect = effect;
  claim.first.lo = effect - 0.5;
  claim.first.hi = effect + 0.5;
  claim.outcome = claim.first.outcome = outcome;
  report.claims = {claim};
  claim.metric = GateMetric::cpu;
  report.claims.push_back(claim);
  claim.metric = GateMetric::size;
  claim.workload.clear();
  report.claims.push_back(claim);
  return entry_of(report, Config());
}

}  // namespace

TEST_CASE("a gate is kept as the effects of the new version on what it was judged by") {
  const auto entry = gate_entry("b", 2, GateOutcome::fail, "2026-11-01");
  CHECK(entry.kind == Recorded::gate);
  REQUIRE(entry.effects.size() == 3);
  CHECK(entry.effects.front().build == "head");
  CHECK(entry.effects.front().workload == "parse");
  CHECK(entry.effects.front().effect == 2);
  CHECK(entry.effects.front().verdict == Verdict::slower);
  CHECK(entry.base.code == std::map<std::string, std::string>{{"jot", "b"}});
  CHECK(gate_entry("b", -2, GateOutcome::pass, "2026-11-01").effects.front().verdict == Verdict::faster);
  CHECK(gate_entry("b", 0, GateOutcome::pass, "2026-11-01").effects.front().verdict == Verdict::equivalent);
  CHECK(gate_entry("b", 0, GateOutcome::open, "2026-11-01").effects.front().verdict == Verdict::unresolved);
  const auto again = entry_from(to_json(entry));
  CHECK(again.base.code == entry.base.code);
  REQUIRE(again.effects.size() == 3);
  CHECK(again.effects[0].metric == GateMetric::wall);
  CHECK(again.effects[1].metric == GateMetric::cpu);
  CHECK(again.effects[2].metric == GateMetric::size);
  CHECK(again.effects[1].workload == "parse");
  CHECK_FALSE(again.effects[2].workload);
}

TEST_CASE("gates against one base are a thread, and another base begins one") {
  RecordedHistory history;
  for (const auto& [base, day] : {std::pair{"b", "2026-11-01"}, {"b", "2026-11-02"}, {"c", "2026-11-03"}})
    history.entries.push_back(gate_entry(base, 0, GateOutcome::pass, day));
  const auto pasts = pasts_of(history, {});
  REQUIRE(pasts.size() == 1);
  REQUIRE(pasts.front().series.size() == 3);
  for (const auto& series : pasts.front().series) {
    REQUIRE(series.threads.size() == 2);
    CHECK(series.threads[0].end == 2);
    CHECK(series.threads[1].reasons ==
          std::vector<std::string>{"the base 3f2a91c0aaaa was built to other code"});
  }
  const auto text = to_text(pasts, false);
  CHECK(text.find("\nhead     parse     CPU time  ") != std::string::npos);
  CHECK(text.find("\nhead, workload 'parse'\nrun ") != std::string::npos);
  CHECK(text.find("\nhead, workload 'parse', CPU time\nrun ") != std::string::npos);
  CHECK(text.find("\nhead, size\nrun ") != std::string::npos);
}
