#include "orchestrator/commands/history_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "measure/statistics/change_points.h"
#include "report/text.h"

namespace pgo_orch::orchestrator {

namespace {

using TextByKey = std::map<std::string, std::string>;

/// "lto = "fat", was false"; a key that only one side has is not set on the other.
void add_differences(const std::string& of, const TextByKey& before, const TextByKey& after,
                     std::vector<std::string>& reasons) {
  TextByKey all = after;
  all.insert(before.begin(), before.end());
  const auto value_in = [](const TextByKey& texts, const std::string& key) {
    const auto found = texts.find(key);
    return found == texts.end() ? std::string("not set") : found->second;
  };
  for (const auto& [key, unused] : all)
    if (const auto was = value_in(before, key), is = value_in(after, key); was != is)
      reasons.push_back(fmt::format("{}: {} = {}, was {}", of, key, is, was));
}

void add_difference(const std::string& what, const std::string& before, const std::string& after,
                    std::vector<std::string>& reasons) {
  if (before != after)
    reasons.push_back(fmt::format("{} {}, was {}", what, after.empty() ? "unknown" : after,
                                  before.empty() ? "unknown" : before));
}

void add_build(const RecordedBuild* before, const RecordedBuild* after, std::vector<std::string>& reasons) {
  if (!before || !after || before->name != after->name) return;  // that was said
  add_difference(fmt::format("'{}' is for", after->name), before->target, after->target, reasons);
  add_differences(fmt::format("'{}'", after->name), before->settings, after->settings, reasons);
}

void add_workload(const std::string& name, const HistoryEntry& before, const HistoryEntry& after,
                  bool together, std::vector<std::string>& reasons) {
  const auto was = before.workloads.find(name), is = after.workloads.find(name);
  if (was == before.workloads.end() || is == after.workloads.end()) {
    if (was != before.workloads.end()) reasons.push_back(fmt::format("without workload '{}'", name));
    if (is != after.workloads.end()) reasons.push_back(fmt::format("with workload '{}'", name));
    return;
  }
  if (was->second.digest != is->second.digest)
    reasons.push_back(fmt::format("workload '{}' runs something else", name));
  if (together && was->second.weight != is->second.weight)
    reasons.push_back(
        fmt::format("workload '{}' has weight {}, was {}", name, is->second.weight, was->second.weight));
}

/// The base of a run may have other code, of the same commit as what is compared with it; that of a gate is
/// what all are compared with.
void add_base_of_gate(const HistoryEntry& before, const HistoryEntry& after,
                      std::vector<std::string>& reasons) {
  if (after.kind != Recorded::gate || before.base.code == after.base.code) return;
  constexpr std::size_t shown = 12;
  const auto name = [](const RecordedBuild& build) {
    return build.revision.empty() ? std::string("another file") : build.revision.substr(0, shown);
  };
  if (before.base.revision == after.base.revision && !after.base.revision.empty())
    reasons.push_back(fmt::format("the base {} was built to other code", name(after.base)));
  else
    reasons.push_back(fmt::format("the base is {}, was {}", name(after.base), name(before.base)));
}

/// What makes the later effect one that is not comparable with the earlier one.
std::vector<std::string> what_differs(const PastEffect& earlier, const PastEffect& later) {
  const auto &before = *earlier.entry, &after = *later.entry;
  std::vector<std::string> reasons;
  add_difference("rustc", before.rustc, after.rustc, reasons);
  add_difference("baseline", before.base.name, after.base.name, reasons);
  add_base_of_gate(before, after, reasons);
  add_build(&before.base, &after.base, reasons);
  add_build(before.build(later.effect.build), after.build(later.effect.build), reasons);
  if (const auto& workload = later.effect.workload) {
    add_workload(*workload, before, after, false, reasons);
  } else {
    auto all = after.workloads;
    all.insert(before.workloads.begin(), before.workloads.end());
    for (const auto& [name, unused] : all) add_workload(name, before, after, true, reasons);
  }
  for (const auto& [name, sha256] : after.corpora)
    if (const auto was = before.corpora.find(name); was != before.corpora.end() && was->second != sha256)
      reasons.push_back(fmt::format("corpus '{}' has other files", name));
  return reasons;
}

/// In logarithms; no value: the effect has no interval on both sides. The error is what the interval is of a
/// normal estimate. Intervals also cover looks at other rounds and other claims, so it is rather too large.
std::optional<measure::Estimate> estimate_of(const RecordedEffect& effect) {
  if (!effect.effect || !effect.lo || !effect.hi) return {};
  constexpr double least = 1e-4;  // of the same code the effect is known exactly
  const double sides = std::clamp(1 - effect.confidence, 1e-9, 0.5);
  const double half = (std::log1p(*effect.hi / 100) - std::log1p(*effect.lo / 100)) / 2;
  return measure::Estimate{std::log1p(*effect.effect / 100),
                           std::max(least, half / measure::normal_quantile_above(sides / 2))};
}

measure::Interval in_percent(const measure::Interval& logarithms) {
  return {measure::to_percent(logarithms.estimate), measure::to_percent(*logarithms.lo),
          measure::to_percent(*logarithms.hi)};
}

void find_changes_in(Thread& thread, const std::vector<PastEffect>& effects) {
  std::vector<measure::Estimate> estimates;
  std::vector<std::size_t> places;
  for (std::size_t i = thread.begin; i < thread.end; ++i) {
    const auto estimate = estimate_of(effects[i].effect);
    if (!estimate) continue;
    estimates.push_back(*estimate);
    places.push_back(i);
  }
  for (const auto& change : measure::change_points(estimates).changes)
    thread.changes.push_back({places[change.at], places[change.earliest], places[change.latest],
                              in_percent(change.before), in_percent(change.after),
                              in_percent(change.change)});
}

void divide(EffectSeries& series) {
  series.threads.push_back({});
  for (std::size_t i = 1; i < series.effects.size(); ++i) {
    auto reasons = what_differs(series.effects[i - 1], series.effects[i]);
    if (reasons.empty()) continue;
    series.threads.back().end = i;
    series.threads.push_back({.begin = i, .end = 0, .reasons = std::move(reasons), .changes = {}});
  }
  series.threads.back().end = series.effects.size();
  for (auto& thread : series.threads) find_changes_in(thread, series.effects);
}

bool is_chosen(const RecordedEffect& effect, const Selection& chosen) {
  return matches(chosen.variants, effect.build) &&
         (effect.workload ? matches(chosen.workloads, *effect.workload) : chosen.workloads.empty());
}

void sort_in(const HistoryEntry& entry, const Selection& chosen, std::vector<EffectSeries>& series) {
  for (const auto& effect : entry.effects) {
    if (!is_chosen(effect, chosen)) continue;
    const auto is_its = [&](const EffectSeries& each) {
      return std::tie(each.build, each.workload, each.metric) ==
             std::tie(effect.build, effect.workload, effect.metric);
    };
    auto found = std::ranges::find_if(series, is_its);
    if (found == series.end()) {
      series.push_back({.metric = effect.metric,
                        .build = effect.build,
                        .workload = effect.workload,
                        .effects = {},
                        .threads = {}});
      found = series.end() - 1;
    }
    found->effects.push_back({&entry, effect});
  }
}

/// Variants in the order of their first effects.
void order(std::vector<EffectSeries>& series) {
  std::vector<std::string> builds;
  for (const auto& each : series)
    if (std::ranges::count(builds, each.build) == 0) builds.push_back(each.build);
  std::ranges::stable_sort(series, {}, [&](const EffectSeries& each) {
    return std::pair(std::ranges::find(builds, each.build) - builds.begin(), each.workload.has_value());
  });
}

}  // namespace

std::vector<Past> pasts_of(const RecordedHistory& history, const Selection& chosen) {
  std::vector<Past> pasts;
  for (const auto& entry : history.entries) {
    const auto is_its = [&](const Past& past) {
      return std::tie(past.kind, past.project, past.entries.front()->programs, past.machine.cpu,
                      past.machine.cores) ==
             std::tie(entry.kind, entry.project, entry.programs, entry.machine.cpu, entry.machine.cores);
    };
    auto found = std::ranges::find_if(pasts, is_its);
    if (found == pasts.end()) {
      pasts.push_back({entry.kind, entry.project, entry.machine, {}, {}});
      found = pasts.end() - 1;
    }
    found->entries.push_back(&entry);
    sort_in(entry, chosen, found->series);
    std::rotate(found, found + 1, pasts.end());  // the latest last
  }
  std::erase_if(pasts, [](const Past& past) { return past.series.empty(); });
  for (auto& past : pasts) {
    order(past.series);
    for (auto& series : past.series) divide(series);
  }
  return pasts;
}

}  // namespace pgo_orch::orchestrator
