// The table of gains by what a variant was trained without, and what is said of overfitting.

#include <doctest/doctest.h>

#include "report/left_out.h"
#include "report/results_json.h"

using namespace pgo_orch::report;

namespace {

Comparison compared(const std::string& variant, const std::optional<std::string>& workload, double effect,
                    Verdict verdict, const std::string& to = "baseline") {
  Comparison comparison;
  comparison.variant = variant;
  comparison.to = to;
  comparison.workload = workload;
  comparison.effect = effect;
  comparison.lo = effect - 1;
  comparison.hi = effect + 1;
  comparison.verdict = verdict;
  return comparison;
}

HeldOut without(const std::string& workload, double in_a, double in_b, const Comparison& loss) {
  HeldOut held_out;
  held_out.built.name = "pgo.without-" + workload;
  held_out.built.left_out = pgo_orch::pgo::LeftOut{"pgo", workload};
  const auto verdict = [](double effect) { return effect < 0 ? Verdict::faster : Verdict::slower; };
  held_out.comparisons = {compared(held_out.built.name, "a", in_a, verdict(in_a)),
                          compared(held_out.built.name, "b", in_b, verdict(in_b)),
                          compared(held_out.built.name, {}, (in_a + in_b) / 2, Verdict::faster)};
  held_out.loss = loss;
  return held_out;
}

Results two_workloads() {
  Results results;
  results.baseline = "baseline";
  for (const char* name : {"a", "b"}) results.benchmarks.emplace_back().workload = name;
  results.comparisons = {compared("pgo", "a", -12, Verdict::faster),
                         compared("pgo", "b", -6, Verdict::faster), compared("pgo", {}, -9, Verdict::faster)};
  results.held_out = {without("a", -8, -6, compared("pgo.without-a", "a", 4.5, Verdict::slower, "pgo")),
                      without("b", -12, 3, compared("pgo.without-b", "b", 9.5, Verdict::unresolved, "pgo"))};
  return results;
}

std::string texts(const std::vector<Table>& tables) {
  std::string text;
  for (const auto& table : tables) text += to_text(table, false);
  return text;
}

std::string said(const Results& results) {
  std::string text;
  for (const auto& entry : about_overfitting(results)) text += entry.text + "\n";
  return text;
}

}  // namespace

TEST_CASE("gains are crossed by what was left out and what they are judged on") {
  CHECK(texts(left_out_tables(two_workloads(), 200)) ==
        R"(gain of 'pgo' by what it was trained without  of run time, over baseline
trained without                                a                              b          all together
─────────────────────────────────────────────────────────────────────────────────────────────────────
a                  held out: +8.0 % [+7.0, +9.0]            +6.0 % [+5.0, +7.0]   +7.0 % [+6.0, +8.0]
b                         +12.0 % [+11.0, +13.0]  held out: -3.0 % [-4.0, -2.0]   +4.5 % [+3.5, +5.5]
nothing: with all         +12.0 % [+11.0, +13.0]            +6.0 % [+5.0, +7.0]  +9.0 % [+8.0, +10.0]
)");
}

TEST_CASE("another balance has a row, and no sentence") {
  auto results = two_workloads();
  auto& balanced = results.held_out.emplace_back(without("", -12, -1, {}));
  balanced.built.name = "pgo.balance-none";
  balanced.loss.reset();
  for (auto& comparison : balanced.comparisons) comparison.variant = balanced.built.name;
  CHECK(texts(left_out_tables(results, 200)) ==
        R"(gain of 'pgo' by what it was trained without  of run time, over baseline
trained without                                        a                              b          all together
─────────────────────────────────────────────────────────────────────────────────────────────────────────────
a                          held out: +8.0 % [+7.0, +9.0]            +6.0 % [+5.0, +7.0]   +7.0 % [+6.0, +8.0]
b                                 +12.0 % [+11.0, +13.0]  held out: -3.0 % [-4.0, -2.0]   +4.5 % [+3.5, +5.5]
nothing: balance = "none"         +12.0 % [+11.0, +13.0]            +1.0 % [+0.0, +2.0]   +6.5 % [+5.5, +7.5]
nothing: with all                 +12.0 % [+11.0, +13.0]            +6.0 % [+5.0, +7.0]  +9.0 % [+8.0, +10.0]
)");
  CHECK(said(results) == said(two_workloads()));
}

TEST_CASE("a table that is too wide has a row for each figure") {
  const auto tables = left_out_tables(two_workloads(), 80);
  REQUIRE(tables.size() == 1);
  CHECK(tables.front().columns.size() == 3);
  CHECK(tables.front().rows.size() == 9);
  CHECK(tables.front().rows[4][1].text == "b");
  CHECK(tables.front().rows[4][2].text == "held out: -3.0 % [-4.0, -2.0]");
}

TEST_CASE("one that was not built has the reason in its row") {
  auto results = two_workloads();
  results.held_out.front().built.status = Status::failed;
  results.held_out.front().built.reason = "no memory";
  results.held_out.front().loss.reset();
  const auto table = left_out_tables(results, 200).front();
  CHECK(table.rows[0].size() == 2);
  CHECK(table.rows[0][1].span == 3);
  CHECK(said(results).find("'pgo.without-a' failed: no memory\n") != std::string::npos);
}

TEST_CASE("why one was skipped is said unless it follows from the variant") {
  auto results = two_workloads();
  results.variants.emplace_back().name = "pgo";
  auto& first = results.held_out.front();
  first.built.status = Status::skipped;
  first.built.reason = "no time";
  first.loss.reset();
  CHECK(said(results).find("'pgo.without-a' skipped: no time\n") != std::string::npos);
  results.variants.front().status = Status::failed;
  CHECK(said(results).find("skipped") == std::string::npos);
}

TEST_CASE("what is said of overfitting is what the comparison with the whole training shows") {
  CHECK(said(two_workloads()) ==
        "'pgo': of its 12.0 % gain in 'a', 8.0 % is there without training with it (overfitting: without it "
        "4.5 "
        "% slower [3.5, 5.5]); of its 6.0 % gain in 'b', nothing is there without training with it (what "
        "training with it is worth is not known: the difference is in [+8.5, +10.5] %)\n");
  auto results = two_workloads();
  results.comparisons.front().verdict = Verdict::equivalent;
  results.held_out.front().loss->verdict = Verdict::equivalent;
  results.held_out.back().loss->verdict = Verdict::identical;
  CHECK(said(results) ==
        "'pgo': it is not shown to gain in 'a' (no overfitting: no difference that matters [+3.5, +5.5]); of "
        "its "
        "6.0 % gain in 'b', nothing is there without training with it (no overfitting: the same code)\n");
}

TEST_CASE("nothing was timed: there is no table") {
  auto results = two_workloads();
  results.benchmarks.clear();
  CHECK(left_out_tables(results, 80).empty());
  CHECK(left_out_tables({}, 80).empty());
  CHECK(about_overfitting({}).empty());
}

TEST_CASE("what was trained without a workload is written and read") {
  const auto results = two_workloads();
  CHECK(parse_results(to_json_text(results)) == results);
}
