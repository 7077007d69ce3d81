#include "orchestrator/commands/compare.h"

#include <doctest/doctest.h>

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using doctest::Approx;
using report::Verdict;

namespace {

/// A run whose variant `pgo` has this effect and interval on the baseline, in percent.
report::Results run(double lo, double effect, double hi, const std::string& baseline_code = "same") {
  report::Results results;
  results.baseline = "baseline";
  report::VariantResult baseline;
  baseline.name = "baseline";
  baseline.artifacts.push_back({"fib", "/bin/fib", {}, {}, "", baseline_code});
  results.variants.push_back(baseline);
  report::Comparison comparison;
  comparison.workload = "w";
  comparison.variant = "pgo";
  comparison.to = "baseline";
  comparison.lo = lo;
  comparison.effect = effect;
  comparison.hi = hi;
  results.comparisons.push_back(comparison);
  return results;
}

}  // namespace

TEST_CASE("a variant that gains less than before got slower, by the ratio of the two effects") {
  const auto changes = changes_between(run(-22, -20, -18), run(-12, -10, -8));
  REQUIRE(changes.size() == 1);
  CHECK(*changes[0].effect == Approx(100 * (0.9 / 0.8 - 1)));
  CHECK(*changes[0].lo == Approx(100 * (0.88 / 0.82 - 1)));
  CHECK(*changes[0].hi == Approx(100 * (0.92 / 0.78 - 1)));
  CHECK(changes[0].verdict == Verdict::slower);
  CHECK(got_slower(changes, 12));
  CHECK_FALSE(got_slower(changes, 13));
}

TEST_CASE("intervals that overlap say nothing, narrow ones around the same effect that it is the same") {
  CHECK(changes_between(run(-22, -20, -18), run(-21, -19, -17))[0].verdict == Verdict::unresolved);
  CHECK(changes_between(run(-20.2, -20, -19.8), run(-20.1, -20, -19.9))[0].verdict == Verdict::equivalent);
  CHECK(changes_between(run(-12, -10, -8), run(-22, -20, -18))[0].verdict == Verdict::faster);
}

TEST_CASE("an open interval leaves the change open") {
  auto after = run(-12, -10, -8);
  after.comparisons[0].lo.reset();
  const auto changes = changes_between(run(-22, -20, -18), after);
  CHECK_FALSE(changes[0].lo.has_value());
  CHECK(changes[0].verdict == Verdict::unresolved);
}

TEST_CASE("runs share a baseline if it is the same code") {
  CHECK(share_baseline(run(0, 0, 0), run(0, 0, 0)));
  CHECK_FALSE(share_baseline(run(0, 0, 0, "old"), run(0, 0, 0, "new")));
}

TEST_CASE("variants and workloads of one run only are left out") {
  auto other = run(-1, 0, 1);
  other.comparisons[0].variant = "fat";
  CHECK(changes_between(other, run(-1, 0, 1)).empty());
}

TEST_CASE("a corpus with other files than before is named beside the changes") {
  auto before = run(-12, -10, -8), after = run(-12, -10, -8);
  before.corpora = {{.name = "docs", .sha256 = "1"}, {.name = "same", .sha256 = "2"}};
  after.corpora = {
      {.name = "docs", .sha256 = "3"}, {.name = "same", .sha256 = "2"}, {.name = "new", .sha256 = "4"}};
  CHECK(to_text(describe(before, after), false)
            .find("The runs had other files in the corpus 'docs': part of a change may be theirs.\n") !=
        std::string::npos);
  CHECK(to_text(describe(before, before), false).find("corpus") == std::string::npos);
}
