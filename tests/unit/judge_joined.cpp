// Two measurements of one claim.

#include <doctest/doctest.h>

#include <limits>

#include "orchestrator/judge/joined.h"
#include "orchestrator/judge/standings.h"

using namespace pgo_orch;
using namespace pgo_orch::orchestrator;
using report::ClaimKind;
using report::Comparison;
using report::Flag;
using report::Joined;
using report::Metric;
using report::Verdict;

namespace {

/// As a run would judge it, with a precision of 1 %.
Comparison measured(double lo, double hi) {
  Comparison comparison;
  comparison.variant = "pgo";
  comparison.workload = "w";
  comparison.effect = (lo + hi) / 2;
  comparison.lo = lo;
  comparison.hi = hi;
  comparison.verdict = verdict_of(lo, hi, 0.01);
  return comparison;
}

Joined joined(ClaimKind kind, const Comparison& first, const Comparison& second) {
  return join(kind, first, second, 0.01);
}

Comparison with(Comparison comparison, Flag flag) {
  comparison.flags.push_back(flag);
  return comparison;
}

/// A run of these comparisons.
report::Results run_of(const std::vector<Comparison>& comparisons) {
  report::Results results;
  results.baseline = "baseline";
  for (const char* name : {"baseline", "pgo", "fat", "copy"}) {
    report::VariantResult row;
    row.name = name;
    if (row.name == "copy") row.identical_to = "pgo";
    results.variants.push_back(row);
  }
  results.comparisons = comparisons;
  return results;
}

Comparison of(Comparison comparison, const std::string& variant, Metric metric = Metric::runtime) {
  comparison.variant = variant;
  comparison.metric = metric;
  return comparison;
}

}  // namespace

TEST_CASE("a difference is confirmed by one of the same direction, however large") {
  for (const auto& [lo, hi] : {std::pair{-13.0, -11.0}, {-3.0, -2.0}, {-40.0, -0.1}}) {
    CHECK(joined(ClaimKind::faster, measured(-12, -8), measured(lo, hi)) == Joined::confirmed);
    CHECK(joined(ClaimKind::slower, measured(8, 12), measured(-hi, -lo)) == Joined::confirmed);
  }
}

TEST_CASE("a difference is contradicted by the other direction, and by what does not matter") {
  for (const auto& [lo, hi] : {std::pair{0.5, 3.0}, {2.0, 3.0}, {-0.5, 0.5}, {0.2, 0.8}}) {
    CHECK(joined(ClaimKind::faster, measured(-12, -8), measured(lo, hi)) == Joined::contradicted);
    CHECK(joined(ClaimKind::slower, measured(8, 12), measured(-hi, -lo)) == Joined::contradicted);
  }
}

TEST_CASE("a small difference that both show is confirmed, unless the run claimed that it matters") {
  const auto small = measured(-0.8, -0.2);
  REQUIRE(small.verdict == Verdict::equivalent);
  CHECK(joined(ClaimKind::faster, measured(-1.5, -0.3), small) == Joined::confirmed);
  CHECK(joined(ClaimKind::faster, measured(-3, -1.5), small) == Joined::contradicted);
  CHECK(joined(ClaimKind::slower, measured(0.3, 1.5), measured(0.2, 0.8)) == Joined::confirmed);
  CHECK(joined(ClaimKind::slower, measured(1.5, 3), measured(0.2, 0.8)) == Joined::contradicted);
  CHECK(joined(ClaimKind::faster, measured(-1.3, -0.1), measured(-0.9, 0.05)) == Joined::not_confirmed);
  CHECK(joined(ClaimKind::slower, measured(0.1, 1.3), measured(-0.05, 0.9)) == Joined::not_confirmed);
}

TEST_CASE("what the second measurement cannot tell is not confirmed") {
  CHECK(joined(ClaimKind::faster, measured(-12, -8), measured(-5, 2)) == Joined::not_confirmed);
  CHECK(joined(ClaimKind::equivalent, measured(-0.5, 0.5), measured(-2, 2)) == Joined::not_confirmed);
  CHECK(joined(ClaimKind::faster, measured(-12, -8), Comparison()) == Joined::not_confirmed);
  auto biased = measured(2, 3);
  biased.verdict = Verdict::unresolved;  // its own copy differs by as much
  for (const auto kind : {ClaimKind::faster, ClaimKind::slower, ClaimKind::equivalent, ClaimKind::over_guard})
    CHECK(joined(kind, measured(-12, -8), biased) == Joined::not_confirmed);
  auto failed = measured(-12, -8);
  failed.verdict = Verdict::wrong_output;
  CHECK(joined(ClaimKind::faster, measured(-12, -8), failed) == Joined::not_confirmed);
}

TEST_CASE("equivalence is contradicted only by a difference that matters") {
  const auto first = measured(-0.5, 0.5);
  CHECK(joined(ClaimKind::equivalent, first, measured(-0.9, 0.1)) == Joined::confirmed);
  CHECK(joined(ClaimKind::equivalent, first, measured(0.1, 0.9)) == Joined::confirmed);
  CHECK(joined(ClaimKind::equivalent, first, measured(0.5, 1.5)) == Joined::not_confirmed);
  CHECK(joined(ClaimKind::equivalent, first, measured(1.5, 3)) == Joined::contradicted);
  CHECK(joined(ClaimKind::equivalent, first, measured(-3, -1.5)) == Joined::contradicted);
}

TEST_CASE("a guard is exceeded twice, kept once, or open") {
  const auto first = with(measured(3, 5), Flag::guard);
  CHECK(joined(ClaimKind::over_guard, first, with(measured(2, 4), Flag::guard)) == Joined::confirmed);
  CHECK(joined(ClaimKind::over_guard, first, with(measured(0.5, 4), Flag::guard_open)) ==
        Joined::not_confirmed);
  CHECK(joined(ClaimKind::over_guard, first, measured(0.1, 0.8)) == Joined::contradicted);
  CHECK(joined(ClaimKind::over_guard, first, measured(-5, -4)) == Joined::contradicted);
}

/// By brute force: whatever the truth is, two intervals that hold it are never a contradiction, but for a
/// difference that does not matter where one was claimed.
TEST_CASE("two measurements that are both right do not contradict each other about what matters") {
  const double steps[] = {-4, -2, -1.2, -0.8, -0.3, 0, 0.3, 0.8, 1.2, 2, 4};
  for (const double truth : {-3.0, -1.1, 0.0, 1.1, 3.0})
    for (const double lo : steps)
      for (const double hi : steps)
        for (const double lo2 : steps)
          for (const double hi2 : steps) {
            if (lo > truth || hi < truth || lo2 > truth || hi2 < truth) continue;
            if (lo >= hi || lo2 >= hi2) continue;
            const auto first = measured(lo, hi), second = measured(lo2, hi2);
            const auto claim = first.verdict == Verdict::faster       ? ClaimKind::faster
                               : first.verdict == Verdict::slower     ? ClaimKind::slower
                               : first.verdict == Verdict::equivalent ? ClaimKind::equivalent
                                                                      : ClaimKind::over_guard;
            if (claim == ClaimKind::over_guard) continue;
            CAPTURE(truth);
            CAPTURE(lo);
            CAPTURE(hi);
            CAPTURE(lo2);
            CAPTURE(hi2);
            CHECK(joined(claim, first, second) != Joined::contradicted);
          }
}

TEST_CASE("claims of a run are those of variants that were timed, about run time and CPU time") {
  auto reference = with(of(measured(-5, -4), "fat"), Flag::reference);
  auto size = of(measured(-5, -4), "pgo", Metric::size);
  auto together = of(measured(-5, -4), "pgo");
  together.workload.reset();
  const auto claims = claims_of_run(
      run_of({of(measured(-5, -4), "pgo"), of(measured(-1, 3), "fat"),
              with(of(measured(3, 5), "fat", Metric::cpu), Flag::guard), of(measured(-5, -4), "copy"),
              reference, size, together, of(measured(-0.2, 0.2), "fat")}));
  std::vector<std::string> found;
  for (const auto& claim : claims)
    found.push_back(claim.first.variant + " " + to_word(claim.first.metric) + " " + to_word(claim.kind) +
                    " " + claim.first.workload.value_or("-"));
  CHECK(found == std::vector<std::string>{"pgo runtime faster w", "fat cpu slower w", "fat cpu over-guard w",
                                          "pgo runtime faster -", "fat runtime equivalent w"});
}

TEST_CASE("a recommendation is confirmed with all that it rests on") {
  auto results = run_of(
      {of(measured(-5, -4), "pgo"), of(measured(-5, -4), "pgo", Metric::cpu), of(measured(2, 3), "fat")});
  auto claims = claims_of_run(results);
  for (auto& claim : claims) claim.joined = Joined::confirmed;
  CHECK_FALSE(is_confirmed_recommendation(results, claims));  // there is none
  results.recommended = "pgo";
  CHECK(is_confirmed_recommendation(results, claims));
  claims[2].joined = Joined::contradicted;  // of another variant
  CHECK(is_confirmed_recommendation(results, claims));
  claims[2].kind = ClaimKind::over_guard;  // which the sentence names
  CHECK_FALSE(is_confirmed_recommendation(results, claims));
  claims[2] = {.kind = ClaimKind::slower, .first = claims[2].first, .joined = Joined::not_confirmed};
  results.recommended = "baseline";
  CHECK_FALSE(is_confirmed_recommendation(results, claims));
  claims[2].joined = Joined::confirmed;
  CHECK(is_confirmed_recommendation(results, claims));
  results.recommended = "copy";  // of which nothing is claimed
  CHECK_FALSE(is_confirmed_recommendation(results, claims));
  results.recommended = "pgo";
  claims[1].joined = Joined::not_confirmed;
  CHECK_FALSE(is_confirmed_recommendation(results, claims));
}
