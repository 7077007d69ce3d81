#include "orchestrator/commands/choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "orchestrator/build/step_result.h"
#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/private_values.h"
#include "orchestrator/config/diagnostics.h"
#include "orchestrator/config/find.h"
#include "orchestrator/plan/renderings.h"
#include "report/humanize.h"
#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Results;

namespace {

std::optional<std::size_t> index_of(const Config& config, const std::string& name) {
  for (std::size_t i = 0; i < config.variants->size(); ++i)
    if (config.variants->at(i).name == name) return i;
  return std::nullopt;
}

/// By key; JSON.
std::map<std::string, nlohmann::json> by_key(const std::vector<report::Setting>& settings) {
  std::map<std::string, nlohmann::json> found;
  for (const auto& setting : settings)
    found[setting.key] = nlohmann::json::parse(setting.value, nullptr, false);
  return found;
}

/// As results have them: without values that are private.
std::vector<report::Setting> shown_settings(const Config& config, const Variant& variant) {
  report::Results results;
  results.variants.emplace_back().settings = view_settings(variant.settings);
  return without_private_values(results, config).variants.front().settings;
}

/// Whether the run had the variant as it is now.
bool had_settings(const Results& results, const Config& config, std::size_t index) {
  const auto now = config.variants->at(index);
  const auto* before = results.variant(now.name);
  return before && by_key(before->settings) == by_key(shown_settings(config, now));
}

std::optional<Results> latest_run_of(const Config& config, std::size_t index, const Layout& layout) {
  std::optional<Results> results;
  const auto unreadable = problem_in([&] { results = load_results(layout.latest()); });
  return !unreadable && had_settings(*results, config, index) ? results : std::nullopt;
}

/// The portable one that gains most among those shown to be faster; the baseline if none is.
std::string best_portable(const Results& results) {
  const bool single = results.benchmarks.size() == 1;
  std::string best = results.baseline;
  double most = 0;
  for (const auto& claim : results.comparisons) {
    const auto* row = results.variant(claim.variant);
    const bool is_combined = single || !claim.workload;
    if (!row || !row->portable || claim.metric != report::Metric::runtime || !is_combined) continue;
    if (claim.verdict != report::Verdict::faster || !claim.effect || *claim.effect >= most) continue;
    best = claim.variant;
    most = *claim.effect;
  }
  return best;
}

/// The name of the best; what to say of it.
std::string best_of(const Results& results, const std::string& where, bool allow_native, std::string& said) {
  if (results.run.interrupted)
    throw Error(
        fmt::format("{}: the run was interrupted, so it has no best variant: finish it with `pgo-orch run "
                    "--resume`, or name a variant",
                    where));
  const auto* row = results.recommended ? results.variant(*results.recommended) : nullptr;
  if (!row)
    throw Error(fmt::format(
        "{}: that run recommends no variant: {}", where,
        results.recommendation.empty() ? "it measured nothing; name the variant" : results.recommendation));
  said = fmt::format("best: {}", results.recommendation);
  if (row->portable || allow_native) return row->name;
  const auto portable = best_portable(results);
  if (portable == results.baseline)
    throw Error(
        fmt::format("{}: '{}' is recommended, but it is not portable: built for this CPU. Add "
                    "--allow-native, or name another variant",
                    where, row->name));
  said = fmt::format("best: {} (of the portable variants; {} is recommended, but built for one CPU)",
                     portable, row->name);
  return portable;
}

}  // namespace

Choice choose(const Config& config, const Asked& asked, const Layout& layout) {
  if (asked.variant != "best") {
    const auto index = find_variant(config, asked.variant);
    return {.index = index, .results = {}, .latest = latest_run_of(config, index, layout), .said = {}};
  }
  const fs::path file = asked.results.empty() ? layout.latest() : asked.results;
  std::error_code missing;
  if (asked.results.empty() && !fs::exists(file / "results.json", missing))
    throw Error(
        fmt::format("there is no finished run in {} that could say which variant is best: start one with "
                    "`pgo-orch run`, or give --results FILE",
                    layout.state.string()));
  Choice choice;
  choice.results = load_results(file);
  const auto name = best_of(*choice.results, file.string(), asked.allow_native, choice.said);
  const auto index = index_of(config, name);
  if (!index)
    throw Error(fmt::format("{} recommends '{}', which is not in {} any more: run `pgo-orch run` again",
                            file.string(), name, config.file.string()));
  if (!had_settings(*choice.results, config, *index))
    throw Error(fmt::format("{} has other settings for '{}' than {} has now: run `pgo-orch run` again",
                            file.string(), name, config.file.string()));
  choice.index = *index;
  return choice;
}

std::size_t find_variant(const Config& config, const std::string& name) {
  if (const auto index = index_of(config, name)) return *index;
  std::vector<std::string> known{"best"};
  constexpr std::size_t most = 1000;
  for (std::size_t i = 0; i < std::min(config.variants->size(), most); ++i)
    known.push_back(config.variants->at(i).name);
  throw Error(fmt::format("there is no variant '{}' in {}{}; `pgo-orch plan` lists them", name,
                          config.file.string(), did_you_mean(name, known)));
}

void demand_within_guard(const Results& results, const std::string& variant, bool accept_open) {
  for (const auto flag : {measure::Flag::guard, measure::Flag::guard_open})
    for (const auto& claim : results.comparisons) {
      if (claim.variant != variant || !claim.has(flag) || !claim.effect) continue;
      const auto what =
          fmt::format("{} in '{}'", claim.metric == report::Metric::cpu ? "CPU time" : "run time",
                      claim.workload.value_or(""));
      if (flag == measure::Flag::guard)
        throw Error(
            fmt::format("'{}' is not released: {} shows that it takes {} % more {} than '{}', and the "
                        "guard allows less. Train with that workload, too, or raise its 'guard'",
                        variant, results.run.id, report::human_percent(*claim.effect), what, claim.to),
            Exit::failed);
      if (!accept_open)
        throw Error(
            fmt::format(
                "'{}' is not released: by {} it may take {} more {} than '{}', and the guard allows less. "
                "Measure longer (`pgo-orch run --resume --max-time 5m`), or take it as it is with "
                "--accept-open",
                variant, results.run.id,
                claim.hi ? fmt::format("up to {} %", report::human_percent(*claim.hi)) : "any amount", what,
                claim.to),
            Exit::failed);
    }
}

void demand_portable(const VariantPlan& plan) {
  if (plan.portable) return;
  std::string why;
  for (const auto& flag : plan.flags)
    if (profiles::asks_for_native(flag.text)) why = fmt::format(" ({}, of {})", flag.text, flag.origin);
  throw Error(
      fmt::format("'{}' is built for this CPU{} and may not run on others: release it with "
                  "--allow-native, or name a portable variant",
                  plan.name, why));
}

}  // namespace pgo_orch::orchestrator
