#include "orchestrator/judge/decide.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/config/find.h"
#include "report/lookup.h"

namespace pgo_orch::orchestrator {

using report::Comparison;
using report::Metric;
using report::Results;
using report::VariantResult;
using report::Verdict;

namespace {

/// The scope that decides: all workloads together, or the only one.
std::optional<std::string> decisive(const Results& results) {
  return results.benchmarks.size() == 1 ? std::optional(results.benchmarks.front().workload) : std::nullopt;
}

/// The baseline, if it is among the best, since a change must be worth something. A copy of another's code is
/// not a choice of its own.
std::string choose(const Results& results) {
  std::vector<std::string> names = results.best.runtime.at("");
  if (contains(names, results.baseline)) return results.baseline;
  std::erase_if(names,
                [&](const auto& name) { return find_variant(results, name)->identical_to.has_value(); });
  const report::Lookup lookup(results);
  const auto rank = [&](const std::string& name) {
    const auto* comparison = lookup.comparison(Metric::runtime, decisive(results), name);
    const auto& row = *find_variant(results, name);
    return std::tuple(!comparison || comparison->verdict != Verdict::faster, build_seconds(row),
                      size_bytes(row));
  };
  return *std::ranges::min_element(names, {}, rank);
}

/// Of variants, in single workloads.
std::vector<Comparison> runtimes(const Results& results, Verdict verdict) {
  std::vector<Comparison> found;
  std::ranges::copy_if(results.comparisons, std::back_inserter(found), [&](const Comparison& each) {
    return each.metric == Metric::runtime && each.workload && each.verdict == verdict &&
           !each.has(measure::Flag::reference);
  });
  return found;
}

std::string baseline_sentence(const Results& results) {
  const auto compared = std::ranges::any_of(results.comparisons, [](const auto& comparison) {
    return comparison.metric == Metric::runtime && comparison.effect &&
           !comparison.has(measure::Flag::reference);
  });
  if (!compared) return "There was nothing to compare the baseline with.";
  const bool all_known = std::ranges::none_of(results.comparisons, [&](const auto& comparison) {
    return comparison.metric == Metric::runtime && comparison.workload == decisive(results) &&
           comparison.verdict == Verdict::unresolved && !comparison.dominated &&
           !comparison.has(measure::Flag::reference);
  });
  std::string text = all_known
                         ? fmt::format("No variant is faster than {}. Keep it", results.baseline)
                         : fmt::format("No variant is shown to be faster than {}. Keep it, or measure longer",
                                       results.baseline);
  std::vector<std::string> somewhere;
  for (const auto& comparison : runtimes(results, Verdict::faster))
    somewhere.push_back(fmt::format("{} is faster in {}", comparison.variant, *comparison.workload));
  if (!somewhere.empty()) text += fmt::format(" ({})", fmt::join(somewhere, "; "));
  return text + ".";
}

/// 1.25 as "1.2 times as long", 1.08 as "8 % longer".
std::string longer(double ratio) {
  if (ratio >= 1.2) return fmt::format("{:.1f} times as long", ratio);
  return ratio > 1 ? fmt::format("{:.0f} % longer", 100 * (ratio - 1))
                   : fmt::format("{:.0f} % shorter", 100 * (1 - ratio));
}

/// With the edges in the same terms.
std::string longer(double ratio, const Comparison& build) {
  const bool times = ratio >= 1.2, shorter = ratio < 1;
  const auto edge = [&](const std::optional<report::Percent>& percent) -> std::string {
    if (!percent) return "…";
    return times ? fmt::format("{:.2f}", 1 + *percent / 100)
                 : fmt::format("{:.1f}", shorter ? -*percent : *percent);
  };
  return fmt::format("{} [{}, {}]", longer(ratio), edge(shorter ? build.hi : build.lo),
                     edge(shorter ? build.lo : build.hi));
}

/// How long the build takes, if that is shown to differ; of builds that were timed once, if it differs much.
std::string build_clause(const Results& results, const std::string& name) {
  const report::Lookup lookup(results);
  const auto* build = lookup.comparison(Metric::build, std::nullopt, name);
  if (!build || !build->effect) return "";
  const double ratio = 1 + *build->effect / 100;
  if (build->verdict == Verdict::faster || build->verdict == Verdict::slower)
    return fmt::format("; its build takes {}", longer(ratio, *build));
  if (results.builds || (ratio > 0.95 && ratio < 1.05)) return "";
  return fmt::format("; its build took {} (timed once)", longer(ratio));
}

/// Where it is shown to be slower, though it is faster in all workloads together.
std::string disagreement(const Results& results, const std::string& name) {
  std::vector<std::string> places;
  for (const auto& comparison : runtimes(results, Verdict::slower))
    if (comparison.variant == name)
      places.push_back(fmt::format("{:.1f} % slower in {}", *comparison.effect, *comparison.workload));
  return places.empty() ? "" : fmt::format("; but it is {}", fmt::join(places, ", "));
}

std::string faster_sentence(const Results& results, const std::string& name, const Comparison& comparison) {
  const auto edge = [](const std::optional<report::Percent>& percent) -> std::string {
    return percent ? fmt::format("{:.1f}", -*percent) : "…";
  };
  std::string text = fmt::format("{} is {:.1f} % faster than {} [{}, {}]{}", name, -*comparison.effect,
                                 results.baseline, edge(comparison.hi), edge(comparison.lo),
                                 disagreement(results, name) + build_clause(results, name));
  const auto& ties = results.best.runtime.at("");
  if (ties.size() > 1) {
    std::vector<std::string> others;
    std::ranges::copy_if(ties, std::back_inserter(others), [&](const auto& tie) { return tie != name; });
    text += fmt::format("; {} {} not distinguishable from it", fmt::join(others, ", "),
                        others.size() == 1 ? "is" : "are");
  }
  const bool in_some_layouts_only = std::ranges::any_of(results.comparisons, [&](const auto& each) {
    return each.metric == Metric::runtime && each.variant == name && each.has(measure::Flag::layout);
  });
  if (in_some_layouts_only) text += "; this did not hold in every code layout";
  if (!find_variant(results, name)->portable) text += "; not portable: built for this CPU";
  return text + ". Use it.";
}

}  // namespace

std::optional<std::string> recommended(const Results& results) {
  const auto best = results.best.runtime.find("");
  if (best == results.best.runtime.end() || best->second.empty()) return std::nullopt;
  return choose(results);
}

std::string recommend(const Results& results) {
  const auto chosen = recommended(results);
  if (!chosen) return "";
  const std::string& name = *chosen;
  if (name == results.baseline) return baseline_sentence(results);
  const report::Lookup lookup(results);
  const auto* comparison = lookup.comparison(Metric::runtime, decisive(results), name);
  if (!comparison) return "";
  if (comparison->verdict == Verdict::faster) return faster_sentence(results, name, *comparison);
  if (comparison->verdict == Verdict::equivalent) {
    return fmt::format("{} is as fast as {} within {:.1f} %{}.", name, results.baseline,
                       100 * results.precision, build_clause(results, name));
  }
  return fmt::format("Not yet clear whether {} is faster than {}: measure longer (max-time).", name,
                     results.baseline);
}

}  // namespace pgo_orch::orchestrator
