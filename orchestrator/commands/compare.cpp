#include "orchestrator/commands/compare.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "orchestrator/judge/standings.h"
#include "report/lookup.h"
#include "report/results_json.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Comparison;
using report::Metric;
using report::Results;
using report::Verdict;

namespace {

std::optional<double> log_of(const std::optional<report::Percent>& percent) {
  return percent ? std::optional(std::log1p(*percent / 100)) : std::nullopt;
}

std::optional<report::Percent> difference(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::optional(100 * std::expm1(*a - *b)) : std::nullopt;
}

Comparison change_of(const Comparison& before, const Comparison& after, double precision) {
  Comparison change;
  change.variant = after.variant;
  change.workload = after.workload;
  change.effect = difference(log_of(after.effect), log_of(before.effect));
  change.lo = difference(log_of(after.lo), log_of(before.hi));
  change.hi = difference(log_of(after.hi), log_of(before.lo));
  // If the control contradicts either comparison, it contradicts the change as well.
  const auto taken_back = [](const Comparison& comparison) {
    return comparison.verdict == Verdict::unresolved && comparison.has(measure::Flag::floor);
  };
  if (!taken_back(before) && !taken_back(after)) change.verdict = verdict_of(change.lo, change.hi, precision);
  return change;
}

std::string what_is_compared(const Results& before, const Results& after) {
  if (share_baseline(before, after)) {
    return fmt::format("'{}' is the same code in both runs, so each variant is compared through it.",
                       after.baseline);
  }
  return fmt::format(
      "'{}' is not the same code in both runs, so this shows how each variant's gain over the baseline of "
      "its own run changed, not how the program changed.",
      after.baseline);
}

/// Of the corpora that both runs name: which hold other files now. "": none.
std::string other_corpora(const Results& before, const Results& after) {
  std::vector<std::string> names;
  for (const auto& corpus : after.corpora) {
    const auto earlier = std::ranges::find(before.corpora, corpus.name, &report::Corpus::name);
    if (earlier != before.corpora.end() && earlier->sha256 != corpus.sha256)
      names.push_back(fmt::format("'{}'", corpus.name));
  }
  return names.empty()
             ? ""
             : fmt::format("The runs had other files in the corpus {}: part of a change may be theirs.",
                           fmt::join(names, ", "));
}

}  // namespace

bool share_baseline(const Results& before, const Results& after) {
  const auto* a = before.variant(before.baseline);
  const auto* b = after.variant(after.baseline);
  return a && b && !a->artifacts.empty() && a->target == b->target &&
         std::ranges::equal(a->artifacts, b->artifacts, {}, &report::Artifact::code_sha256,
                            &report::Artifact::code_sha256);
}

std::vector<Comparison> changes_between(const Results& before, const Results& after) {
  const report::Lookup earlier(before);
  std::vector<Comparison> changes;
  for (const auto& comparison : after.comparisons) {
    if (comparison.metric != Metric::runtime || comparison.to != after.baseline || !comparison.effect)
      continue;
    if (comparison.has(measure::Flag::reference)) continue;
    const auto* other = earlier.comparison(Metric::runtime, comparison.workload, comparison.variant);
    if (!other || !other->effect) continue;
    changes.push_back(change_of(*other, comparison, std::max(before.precision, after.precision)));
  }
  return changes;
}

bool got_slower(const std::vector<Comparison>& changes, double allowed) {
  return std::ranges::any_of(changes, [&](const Comparison& change) {
    return change.verdict == Verdict::slower && *change.effect >= allowed;
  });
}

Results load_results(const fs::path& given) {
  const fs::path file = fs::is_directory(given) ? given / "results.json" : given;
  if (!fs::exists(file))
    throw Error(fmt::format("there is no {}; `pgo-orch run --json FILE` makes one", file.string()));
  constexpr Bytes most{std::uint64_t{1} << 30};
  return report::parse_results(toolchains::read_stream(file, most), file.string());
}

report::RunChanges describe(const Results& before, const Results& after) {
  report::RunChanges changes{.before = before.run.id,
                             .after = after.run.id,
                             .same_baseline = share_baseline(before, after),
                             .remarks = {},
                             .confidence = std::max(0.0, before.confidence + after.confidence - 1),
                             .precision = std::max(before.precision, after.precision),
                             .runs = changes_between(before, after),
                             .builds = build_changes(before, after)};
  const bool builds = share_build_phases(before, after);
  if (changes.runs.empty() && !builds)
    throw Error(
        "the two runs have nothing in common to compare: no variant other than the baseline was timed in "
        "both, and none has build phases in both");
  if (!changes.runs.empty()) changes.remarks.push_back(what_is_compared(before, after));
  if (builds && changes.builds.empty()) changes.remarks.emplace_back("No pass of a build took another time.");
  if (const auto corpora = other_corpora(before, after); !corpora.empty()) changes.remarks.push_back(corpora);
  return changes;
}

bool got_slower(const Results& before, const Results& after, double allowed) {
  if (!share_baseline(before, after)) {
    throw Error(fmt::format(
        "--fail-if-slower: '{}' is not the same code in both runs, and seconds of different days "
        "cannot be compared. Put both versions into one run (`source` or `patch` of a variant), or "
        "keep the baseline unchanged",
        after.baseline));
  }
  return got_slower(changes_between(before, after), allowed);
}

}  // namespace pgo_orch::orchestrator
