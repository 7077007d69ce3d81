#include "orchestrator/judge/joined.h"

#include <algorithm>
#include <set>

namespace pgo_orch::orchestrator {

using report::ClaimedTwice;
using report::ClaimKind;
using report::Comparison;
using report::Flag;
using report::Joined;
using report::Verdict;

namespace {

std::optional<ClaimKind> kind_of(Verdict verdict) {
  return verdict == Verdict::faster       ? std::optional(ClaimKind::faster)
         : verdict == Verdict::slower     ? std::optional(ClaimKind::slower)
         : verdict == Verdict::equivalent ? std::optional(ClaimKind::equivalent)
                                          : std::nullopt;
}

/// Mirrored, so that what is claimed is less time.
Comparison mirrored(Comparison comparison) {
  std::swap(comparison.lo, comparison.hi);
  for (auto* edge : {&comparison.lo, &comparison.hi})
    if (*edge) **edge = -**edge;
  if (comparison.verdict == Verdict::faster || comparison.verdict == Verdict::slower)
    comparison.verdict = comparison.verdict == Verdict::faster ? Verdict::slower : Verdict::faster;
  return comparison;
}

Joined join_faster(const Comparison& first, const Comparison& second, double margin) {
  if (second.verdict == Verdict::faster) return Joined::confirmed;
  if (second.verdict == Verdict::slower) return Joined::contradicted;
  const bool same_direction = second.hi && *second.hi < 0;
  const bool may_not_matter = !first.hi || *first.hi > -margin;
  if (!may_not_matter) return Joined::contradicted;
  return same_direction ? Joined::confirmed : Joined::not_confirmed;
}

Joined join_equivalent(const Comparison& second, double margin) {
  if (second.verdict == Verdict::equivalent) return Joined::confirmed;
  const bool matters = (second.lo && *second.lo > margin) || (second.hi && *second.hi < -margin);
  return matters ? Joined::contradicted : Joined::not_confirmed;
}

Joined join_guard(const Comparison& second) {
  if (second.has(Flag::guard)) return Joined::confirmed;
  return second.has(Flag::guard_open) || !second.hi ? Joined::not_confirmed : Joined::contradicted;
}

}  // namespace

std::vector<ClaimedTwice> claims_of_run(const report::Results& results) {
  std::vector<ClaimedTwice> claims;
  for (const auto& comparison : results.comparisons) {
    const auto kind = kind_of(comparison.verdict);
    const auto* row = results.variant(comparison.variant);
    const bool is_timed =
        comparison.metric == report::Metric::runtime || comparison.metric == report::Metric::cpu;
    if (!kind || !row || !is_timed || row->identical_to || comparison.has(Flag::reference)) continue;
    claims.push_back({.kind = *kind, .first = comparison});
    if (comparison.has(Flag::guard)) claims.push_back({.kind = ClaimKind::over_guard, .first = comparison});
  }
  return claims;
}

Joined join(ClaimKind kind, const Comparison& first, const Comparison& second, double precision) {
  if (!kind_of(second.verdict)) return Joined::not_confirmed;
  const double margin = 100 * precision;
  switch (kind) {
    case ClaimKind::faster:
      return join_faster(first, second, margin);
    case ClaimKind::slower:
      return join_faster(mirrored(first), mirrored(second), margin);
    case ClaimKind::equivalent:
      return join_equivalent(second, margin);
    case ClaimKind::over_guard:
      return join_guard(second);
  }
  return Joined::not_confirmed;
}

bool is_confirmed_recommendation(const report::Results& results, const std::vector<ClaimedTwice>& claims) {
  if (!results.recommended || claims.empty()) return false;
  const bool of_baseline = *results.recommended == results.baseline;
  std::set<std::string> named{*results.recommended};
  for (const auto& claim : claims)
    if (of_baseline || claim.kind == ClaimKind::over_guard) named.insert(claim.first.variant);
  const bool has_claim = of_baseline || std::ranges::any_of(claims, [&](const auto& claim) {
                           return claim.first.variant == *results.recommended;
                         });
  return has_claim && std::ranges::all_of(claims, [&](const auto& claim) {
           return claim.joined == Joined::confirmed || !named.contains(claim.first.variant);
         });
}

}  // namespace pgo_orch::orchestrator
