#include "orchestrator/commands/outline.h"
#include "orchestrator/time/build_rounds.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/judge/judge.h"
#include "pgo/shuffling.h"
#include "report/humanize.h"
#include "report/text.h"

namespace pgo_orch::orchestrator {

namespace {

using Outline = std::vector<OutlineEntry>;

std::string quoted_names(const auto& all, const auto& wanted) {
  std::vector<std::string> names;
  for (const auto& each : all)
    if (wanted(each)) names.push_back(report::quoted(each.name));
  return report::join_words(names);
}

std::string shell_line(const std::vector<std::string>& argv) {
  return toolchains::to_shell({.argv = argv});
}

Outline references(const Config& config) {
  Outline outline;
  for (const auto& reference : config.questions.references) {
    std::string what = report::quoted(reference.name);
    if (!reference.build.empty()) what += ": build it by " + shell_line(reference.build);
    what +=
        reference.of == PhaseOf::build
            ? "; its build is compared"
            : fmt::format("{} run it by {}", reference.build.empty() ? ":" : ",", shell_line(reference.run));
    outline.push_back({"reference", what});
  }
  return outline;
}

Outline timing(const Planner& planner, std::size_t variants) {
  const Config& config = planner.config();
  Outline outline;
  if (config.build.runs.value_or(1) > 1)
    outline.push_back({"build", fmt::format("{} clean builds of each variant, in rounds, in random order",
                                            *config.build.runs)});
  else if (!config.build.runs && asks_about_builds(config.questions))
    outline.push_back({"build",
                       "three clean builds of each variant, in rounds, in random order, if they take "
                       "little time: goals or decisions are about builds"});
  std::vector<std::string> scenarios;
  for (const auto scenario : config.build.scenarios)
    if (scenario != BuildScenario::full) scenarios.emplace_back(to_word(scenario));
  if (!scenarios.empty())
    outline.push_back({"build", fmt::format("each variant again, in a folder of its own, for {} {}",
                                            scenarios.size() == 1 ? "the scenario" : "the scenarios",
                                            report::join_words(scenarios))});
  const auto& workloads = planner.workloads();
  if (std::ranges::none_of(workloads, &Workload::measured)) return outline;
  outline.push_back(
      {"measure",
       fmt::format("{}: at most {} each, all programs in each round, in random order, after {}{}{}",
                   quoted_names(workloads, [](const auto& each) { return each.measured(); }),
                   report::human_wait(config.measure.max_time),
                   report::human_count(config.measure.warmup, "warm-up run"),
                   config.measure.control ? ", with a second copy of the baseline" : "",
                   config.measure.race && variants > 1
                       ? "; variants clearly slower than the fastest are dropped"
                       : "")});
  if (config.measure.layout_check && config.project.kind != ProjectKind::command)
    outline.push_back(
        {"build", fmt::format("the baseline, and each variant that is a little faster or slower, once more, "
                              "linked in {} other orders, to time them as well",
                              pgo::shuffled_orders)});
  return outline;
}

Outline looking_inside(const Planner& planner, const std::vector<std::size_t>& variants) {
  const Config& config = planner.config();
  const auto options = examine_options(config, variants, true);
  Outline outline;
  const bool any_run = std::ranges::any_of(planner.workloads(), &Workload::measured);
  if (options.runs && any_run) {
    std::vector<std::string> beside = {"the baseline", "the recommended variant"};
    if (!config.questions.references.empty()) beside.emplace_back("references");
    for (const auto index : variants) {
      const auto name = config.variants->at(index).name;
      if (asks_for_run_phases_of(config, name)) beside.push_back(report::quoted(name));
    }
    std::string early;
    if (has_condition_on(config, variants, PhaseOf::run))
      early = "; those of the baseline also before other variants are built, for the conditions";
    outline.push_back(
        {"phases", fmt::format("trace runs of {} in the same rounds, and sample the variants' functions{}",
                               report::join_words(beside), early)});
  }
  if (options.builds)
    outline.push_back({"phases", "build the baseline once more, observed, for the phases of its build"});
  if (!config.questions.inspections.empty()) {
    const bool allocations = std::ranges::any_of(config.questions.inspections, &Inspect::allocations);
    outline.push_back(
        {"inspect", fmt::format("the code of functions in every variant{}; those that no variant has are "
                                "looked for in one more build, not optimized",
                                allocations ? ", and count its allocations" : "")});
  }
  std::vector<std::string> judged;
  if (const auto goals = std::ssize(config.questions.goals); goals > 0)
    judged.push_back(report::human_count(goals, "goal"));
  if (const auto decisions = std::ssize(config.questions.decisions); decisions > 0)
    judged.push_back(report::human_count(decisions, "decision"));
  if (!judged.empty()) outline.push_back({"judge", report::join_words(judged)});
  return outline;
}

}  // namespace

bool has_condition_on(const Config& config, const std::vector<std::size_t>& variants, PhaseOf of) {
  return std::ranges::any_of(variants, [&](std::size_t index) {
    return std::ranges::any_of(conditions_of(*config.variants, index),
                               [&](const OwnedCondition& owned) { return owned.condition.of == of; });
  });
}

ExamineOptions examine_options(const Config& config, const std::vector<std::size_t>& variants, bool whole) {
  const bool condition_on_builds = has_condition_on(config, variants, PhaseOf::build);
  const bool asked = config.build.phases.value_or(asks_for_build_phases(config) || condition_on_builds);
  return {.runs = config.measure.phases && whole, .builds = asked && (whole || condition_on_builds)};
}

bool is_traced(const Config& config, const Entrant& entrant) {
  return entrant.reference || entrant.is_baseline() || asks_for_run_phases_of(config, entrant.name);
}

std::vector<OutlineEntry> outline_of(const Planner& planner, const std::vector<std::size_t>& variants) {
  const auto& workloads = planner.workloads();
  Outline outline;
  if (!workloads.empty())
    outline.push_back(
        {"check", fmt::format("the output of each variant in {}{}",
                              quoted_names(workloads, [](const auto&) { return true; }),
                              variants.size() > 1 ? " against the baseline's, which runs twice" : "")});
  for (const auto& part :
       {references(planner.config()), timing(planner, variants.size()), looking_inside(planner, variants)})
    outline.insert(outline.end(), part.begin(), part.end());
  return outline;
}

}  // namespace pgo_orch::orchestrator
