#include "orchestrator/judge/decide.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "orchestrator/config/find.h"
#include "report/lookup.h"

namespace pgo_orch::orchestrator {

using report::Comparison;
using report::Metric;
using report::Rows;
using report::VariantResult;
using report::Verdict;
using report::Verdicts;

namespace {

/// The scope that decides: all workloads together, or the only one.
Scope decisive(const Verdicts& verdicts) {
  const auto& measured = verdicts.best.runtime;  // "" is all together
  return measured.size() == 2 ? Scope(measured.rbegin()->first) : std::nullopt;
}

/// Against the baseline, by what decides; null: not compared.
const Comparison* decisive_comparison(const report::Lookup& lookup, const Verdicts& verdicts,
                                      const VariantResult& row) {
  return lookup.comparison(Metric::runtime, decisive(verdicts), row.name);
}

/// Shown to be faster, by less than what matters.
bool is_not_worth_it(const Comparison& comparison, double precision) {
  return comparison.verdict == Verdict::faster && std::abs(*comparison.effect) < 100 * precision;
}

/// Shown to be faster, by less than two copies of one program differ here.
bool is_within_noise(const Comparison& comparison) {
  return comparison.verdict == Verdict::faster && comparison.has(measure::Flag::floor);
}

/// By CPU time, where run time does not tell; null: that does not either, or it is too little to matter.
const Comparison* decided_by_cpu(const report::Lookup& lookup, const Verdicts& verdicts,
                                 const VariantResult& row, double precision) {
  const auto* runtime = decisive_comparison(lookup, verdicts, row);
  const auto* cpu = lookup.comparison(Metric::cpu, decisive(verdicts), row.name);
  const bool decides = runtime && runtime->verdict == Verdict::unresolved && cpu &&
                       cpu->verdict == Verdict::faster && !is_not_worth_it(*cpu, precision) &&
                       !is_within_noise(*cpu) && !is_vetoed(row.name, verdicts);
  return decides ? cpu : nullptr;
}

/// The one that is shown to take the least CPU time; null: none is.
const VariantResult* least_cpu_time(const report::Lookup& lookup, const Rows& rows, const Verdicts& verdicts,
                                    double precision) {
  const VariantResult* best = nullptr;
  double least = 0;
  for (const auto& row : rows.variants) {
    if (row.status != report::Status::ok || row.identical_to) continue;
    const auto* cpu = decided_by_cpu(lookup, verdicts, row, precision);
    if (!cpu || *cpu->effect >= least) continue;
    best = &row;
    least = *cpu->effect;
  }
  return best;
}

/// Of variants, in single workloads.
std::vector<Comparison> runtimes(const Verdicts& verdicts, Verdict verdict) {
  std::vector<Comparison> found;
  std::ranges::copy_if(verdicts.comparisons, std::back_inserter(found), [&](const Comparison& each) {
    return each.metric == Metric::runtime && each.workload && each.verdict == verdict &&
           !each.has(measure::Flag::reference);
  });
  return found;
}

std::string baseline_sentence(const std::string& baseline, const Verdicts& verdicts) {
  const auto compared = std::ranges::any_of(verdicts.comparisons, [](const auto& comparison) {
    return comparison.metric == Metric::runtime && comparison.effect &&
           !comparison.has(measure::Flag::reference);
  });
  if (!compared) return "There was nothing to compare the baseline with.";
  const bool all_known = std::ranges::none_of(verdicts.comparisons, [&](const auto& comparison) {
    return comparison.metric == Metric::runtime && comparison.workload == decisive(verdicts) &&
           comparison.verdict == Verdict::unresolved && !comparison.dominated &&
           !comparison.has(measure::Flag::reference);
  });
  std::string text =
      all_known
          ? fmt::format("No variant is faster than {}. Keep it", baseline)
          : fmt::format("No variant is shown to be faster than {}. Keep it, or measure longer", baseline);
  std::vector<std::string> somewhere;
  for (const auto& comparison : runtimes(verdicts, Verdict::faster))
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
std::string build_clause(const Verdicts& verdicts, const Comparison* build) {
  if (!build || !build->effect) return "";
  const double ratio = 1 + *build->effect / 100;
  if (build->verdict == Verdict::faster || build->verdict == Verdict::slower)
    return fmt::format("; its build takes {}", longer(ratio, *build));
  if (verdicts.builds || (ratio > 0.95 && ratio < 1.05)) return "";
  return fmt::format("; its build took {} (timed once)", longer(ratio));
}

/// Where it is shown to be slower, though it is faster in all workloads together.
std::string disagreement(const Verdicts& verdicts, const std::string& name) {
  std::vector<std::string> places;
  for (const auto& comparison : runtimes(verdicts, Verdict::slower))
    if (comparison.variant == name)
      places.push_back(fmt::format("{:.1f} % slower in {}", *comparison.effect, *comparison.workload));
  return places.empty() ? "" : fmt::format("; but it is {}", fmt::join(places, ", "));
}

/// A bound of the gain.
std::string edge(const std::optional<report::Percent>& percent) {
  return percent ? fmt::format("{:.1f}", -*percent) : "…";
}

/// The workloads where it is not known to keep within the guard.
std::string open_guards(const Verdicts& verdicts, const std::string& name) {
  std::vector<std::string> places;
  for (const auto& each : verdicts.comparisons)
    if (each.variant == name && each.has(measure::Flag::guard_open) && each.workload &&
        each.workload != decisive(verdicts))
      places.push_back(each.hi ? fmt::format("up to {:.1f} % {} in {}", *each.hi,
                                             each.metric == Metric::cpu ? "more CPU time" : "slower",
                                             *each.workload)
                               : fmt::format("slower in {}, by an unknown amount", *each.workload));
  return places.empty() ? "" : fmt::format("; it may be {}", fmt::join(places, ", "));
}

std::string faster_sentence(const Verdicts& verdicts, const VariantResult& variant,
                            const Comparison& comparison, const std::string& build) {
  const std::string& name = variant.name;
  std::string text = fmt::format("{} is {:.1f} % faster than {} [{}, {}]{}", name, -*comparison.effect,
                                 comparison.to, edge(comparison.hi), edge(comparison.lo),
                                 disagreement(verdicts, name) + open_guards(verdicts, name) + build);
  const auto& ties = verdicts.best.runtime.at("");
  if (ties.size() > 1) {
    std::vector<std::string> others;
    std::ranges::copy_if(ties, std::back_inserter(others), [&](const auto& tie) { return tie != name; });
    text += fmt::format("; {} {} not distinguishable from it", fmt::join(others, ", "),
                        others.size() == 1 ? "is" : "are");
  }
  const bool in_some_layouts_only = std::ranges::any_of(verdicts.comparisons, [&](const auto& each) {
    return each.metric == Metric::runtime && each.variant == name && each.has(measure::Flag::layout);
  });
  if (in_some_layouts_only) text += "; this did not hold in every code layout";
  if (!variant.portable) text += "; not portable: built for this CPU";
  return text + ". Use it.";
}

/// The variants that are best in all workloads together, and no copies of others.
std::vector<const VariantResult*> best_of(const Rows& rows, const Verdicts& verdicts) {
  std::vector<const VariantResult*> found;
  const auto best = verdicts.best.runtime.find("");
  if (best == verdicts.best.runtime.end()) return found;
  for (const auto& row : rows.variants)
    if (contains(best->second, row.name) && (row.name == rows.baseline || !row.identical_to))
      found.push_back(&row);
  return found;
}

/// Why the fastest is not recommended, though it is shown to be faster than the baseline.
std::string keep_sentence(const Rows& rows, const Comparison& fastest, double precision) {
  const std::string claim = fmt::format("{} is {:.1f} % faster than {} [{}, {}]", fastest.variant,
                                        -*fastest.effect, rows.baseline, edge(fastest.hi), edge(fastest.lo));
  if (is_within_noise(fastest))
    return fmt::format(
        "{}, but two copies of {} may differ by as much: not certain. Keep {}, or measure longer (max-time).",
        claim, rows.baseline, rows.baseline);
  return fmt::format("{}, less than the {:.4g} % that matter (precision): not worth it. Keep {}.", claim,
                     100 * precision, rows.baseline);
}

/// "pgo is 8.0 % faster than baseline over all workloads [7.1, 8.8], but is 3.2 % slower in small, more than
/// the guard allows"; empty: no guard stopped anything that would be recommended, being faster than `chosen`.
std::string vetoed_sentence(const Rows& rows, const Verdicts& verdicts, double precision,
                            const Comparison* chosen = nullptr) {
  const report::Lookup lookup(rows, verdicts);
  const Comparison* fastest = nullptr;
  for (const auto& row : rows.variants) {
    const auto* own = decisive_comparison(lookup, verdicts, row);
    if (!own || own->verdict != Verdict::faster || is_not_worth_it(*own, precision)) continue;
    const auto* best = fastest ? fastest : chosen;
    if (is_vetoed(row.name, verdicts) && (!best || *own->effect < *best->effect)) fastest = own;
  }
  if (!fastest) return "";
  std::vector<std::string> places;
  for (const auto& each : verdicts.comparisons)
    if (each.variant == fastest->variant && each.has(measure::Flag::guard))
      places.push_back(each.metric == Metric::cpu
                           ? fmt::format("takes {:.1f} % more CPU time in {}", *each.effect, *each.workload)
                           : fmt::format("is {:.1f} % slower in {}", *each.effect, *each.workload));
  return fmt::format("{} is {:.1f} % faster than {}{} [{}, {}], but {}, more than the guard allows",
                     fastest->variant, -*fastest->effect, rows.baseline,
                     fastest->workload ? "" : " over all workloads", edge(fastest->hi), edge(fastest->lo),
                     fmt::join(places, ", "));
}

std::string cpu_sentence(const VariantResult& variant, const Comparison& cpu, const Comparison& runtime,
                         const std::string& build) {
  const auto bound = [](const std::optional<report::Percent>& percent) {
    return percent ? fmt::format("{:+.1f}", *percent) : "…";
  };
  // With few rounds even an interval without zero may be no more than noise.
  const bool apart = (runtime.lo && *runtime.lo > 0) || (runtime.hi && *runtime.hi < 0);
  return fmt::format(
      "{} takes {:.1f} % less CPU time than {} [{}, {}]; run time is too noisy here to {} ({} to {} %){}{}. "
      "Use it.",
      variant.name, -*cpu.effect, cpu.to, edge(cpu.hi), edge(cpu.lo),
      apart ? "be believed" : "tell them apart", bound(runtime.lo), bound(runtime.hi), build,
      variant.portable ? "" : "; not portable: built for this CPU");
}

}  // namespace

bool is_vetoed(const std::string& variant, const Verdicts& verdicts) {
  return std::ranges::any_of(verdicts.comparisons, [&](const auto& each) {
    return each.variant == variant && each.has(measure::Flag::guard);
  });
}

const VariantResult* recommended(const Rows& rows, const Verdicts& verdicts, double precision) {
  auto choices = best_of(rows, verdicts);
  if (choices.empty()) return nullptr;
  const report::Lookup lookup(rows, verdicts);
  std::erase_if(choices, [&](const auto* row) {
    const auto* comparison = decisive_comparison(lookup, verdicts, *row);
    return comparison && (is_not_worth_it(*comparison, precision) || is_within_noise(*comparison));
  });
  const auto* baseline = rows.variant(rows.baseline);
  if (choices.empty()) return baseline;
  if (contains(choices, baseline)) {
    const auto* by_cpu = least_cpu_time(lookup, rows, verdicts, precision);
    return by_cpu ? by_cpu : baseline;
  }
  const auto rank = [&](const VariantResult* row) {
    const auto* comparison = decisive_comparison(lookup, verdicts, *row);
    return std::tuple(!comparison || comparison->verdict != Verdict::faster, build_seconds(*row),
                      size_bytes(*row));
  };
  return *std::ranges::min_element(choices, {}, rank);
}

std::string recommend(const Rows& rows, const Verdicts& verdicts, double precision) {
  const auto* chosen = recommended(rows, verdicts, precision);
  if (!chosen) return "";
  const report::Lookup lookup(rows, verdicts);
  if (chosen->name == rows.baseline) {
    const Comparison* fastest = nullptr;
    for (const auto* row : best_of(rows, verdicts))
      if (const auto* own = decisive_comparison(lookup, verdicts, *row);
          own && own->verdict == Verdict::faster && (!fastest || *own->effect < *fastest->effect))
        fastest = own;
    if (fastest) return keep_sentence(rows, *fastest, precision);
    if (const std::string vetoed = vetoed_sentence(rows, verdicts, precision); !vetoed.empty())
      return fmt::format("{}. Keep {}.", vetoed, rows.baseline);
    return baseline_sentence(rows.baseline, verdicts);
  }
  const auto* comparison = decisive_comparison(lookup, verdicts, *chosen);
  if (!comparison) return "";
  const std::string build =
      build_clause(verdicts, lookup.comparison(Metric::build, std::nullopt, chosen->name));
  if (comparison->verdict == Verdict::faster) {
    const std::string vetoed = vetoed_sentence(rows, verdicts, precision, comparison);
    return faster_sentence(verdicts, *chosen, *comparison, build) +
           (vetoed.empty() ? "" : " " + vetoed + ".");
  }
  if (const auto* cpu = decided_by_cpu(lookup, verdicts, *chosen, precision))
    return cpu_sentence(*chosen, *cpu, *comparison, build);
  if (comparison->verdict == Verdict::equivalent)
    return fmt::format("{} is as fast as {} within {:.1f} %{}.", chosen->name, rows.baseline, 100 * precision,
                       build);
  return fmt::format("Not yet clear whether {} is faster than {}: measure longer (max-time).", chosen->name,
                     rows.baseline);
}

}  // namespace pgo_orch::orchestrator
