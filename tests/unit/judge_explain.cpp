// The numbers behind a verdict.

#include <doctest/doctest.h>

#include <cmath>

#include "orchestrator/judge/explain.h"
#include "tests/unit/judge_decide_fixture.h"
#include "toolchains/error.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using namespace pgo_orch::orchestrator::timed_test;

namespace {

/// Of so many rounds: 2 % less, with a spread of 1 %.
measure::Differences steady(int rounds) {
  measure::Differences differences;
  for (int round = 1; round <= rounds; ++round)
    differences.emplace(round, std::log(0.98) + 0.001 * (round * 7 % 11 - 5));
  return differences;
}

std::string line(const Explanation& explanation, const std::string& name) {
  for (const auto& [key, text] : explanation)
    if (key == name) return text;
  return "";
}

const measure::Claim of_two{.confidence = 0.95, .claims = 2, .precision = 0.01};

}  // namespace

TEST_CASE("a comparison is explained by its rounds, its differences, its error, and both tests") {
  const auto found = explain(steady(41), of_two, measure::Quantity::wall, 0);
  CHECK(line(found, "rounds") == "41 have both; the latest look is at 39");
  CHECK(line(found, "differences") == "quartiles -2.3 %, -2.0 %, -1.7 %; above 0 in 0 of 39");
  CHECK(line(found, "error").starts_with("2.5 % for this comparison, 0.0883 % for this look"));
  CHECK(line(found, "signed ranks").starts_with("-2.00 % ["));
  CHECK(line(found, "signs").starts_with("-2.00 % ["));
  CHECK(line(found, "taken") == "the signed ranks at the estimate");
  const auto compared = measure::compare(steady(41), of_two);
  CHECK(line(found, "interval") == fmt::format("{:+.2f} % [{:+.2f}, {:+.2f}]", *compared.effect_pct,
                                               *compared.lo_pct, *compared.hi_pct));
}

TEST_CASE("the last look is at all rounds when the time was up, and few rounds have none") {
  CHECK(line(explain(steady(45), of_two, measure::Quantity::wall, 1), "rounds") ==
        "45 have both; the last look, when the time was up, is at all of them");
  CHECK(line(explain(steady(45), of_two, measure::Quantity::wall, 0), "rounds") ==
        "45 have both; the latest look is at 39");
  const auto few = explain(steady(4), of_two, measure::Quantity::wall, 0);
  CHECK(line(few, "rounds").starts_with("4 have both; none of the looks, the first of which is at "));
  CHECK(line(few, "interval").empty());
  CHECK(line(explain({}, of_two, measure::Quantity::wall, 0), "rounds") == "none has both");
}

TEST_CASE("lines are aligned") {
  CHECK(to_text(Explanation{{"a", "1"}, {"longer", "2"}}) == "a       1\nlonger  2\n");
}

TEST_CASE("a claim that is not there is an error that names those that are") {
  report::Results results;
  CHECK_THROWS_WITH_AS(explain_claim(results, "pgo"),
                       "--explain: these results have no comparison with its samples", Error);
  report::Comparison claim{.workload = "w", .variant = "pgo", .to = "baseline"};
  claim.error = 0.01;
  results.comparisons = {claim};
  CHECK_THROWS_WITH_AS(explain_claim(results, "pog"),
                       "--explain pog: there is no such comparison; there are pgo/w/runtime", Error);
  CHECK_THROWS_WITH_AS(explain_claim(results, "pgo/other"), doctest::Contains("there are pgo/w/runtime"),
                       Error);
  CHECK_THROWS_WITH_AS(explain_claim(results, "pgo/w"), "--explain pgo/w: the samples are not kept", Error);
}
