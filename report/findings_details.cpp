// Sentences about goals, decisions, phases and references.

#include <fmt/format.h>

#include <map>
#include <set>

#include "report/details.h"
#include "report/humanize.h"
#include "report/left_out.h"

namespace pgo_orch::report {

namespace {

Entry open_goal(const GoalResult& goal) {
  return goal.met ? Entry{} : Entry{fmt::format("'{}': {}", goal.name, goal.reason)};
}

Entry conclusion(const DecisionResult& decision) {
  std::string text = fmt::format("'{}': {}", decision.name, decision.conclude);
  if (!decision.reason.empty())
    text += fmt::format(" ({}): {}", subject_text(decision), decision.reason);
  else if (decision.value)
    text += fmt::format(" ({}: {})", subject_text(decision),
                        figure_text(*decision.value, decision.lo, decision.hi, decision.unit));
  return {std::move(text)};
}

/// "run of 'baseline' in 'fib35'"
std::string whole(const auto& row) {
  std::string text = fmt::format("{} of '{}'", to_word(row.of), row.variant);
  return row.workload.empty() ? text : text + fmt::format(" in '{}'", row.workload);
}

/// Rows of one run or build are neighbours.
std::vector<Entry> worth(const Results& results) {
  std::vector<Entry> entries;
  std::string last;
  for (const Amdahl& row : results.amdahl) {
    if (!row.goal.empty()) {
      if (!row.statement.empty())
        entries.push_back({fmt::format("'{}': {} (phases of the {})", row.goal, row.statement, whole(row))});
      continue;
    }
    if (row.share < 0.01) continue;  // not worth a line
    const std::string saved = human_percent(row.saved_by_halving_pct) + " %";
    if (whole(row) == last)
      entries.back().text += fmt::format(", {} {}", row.phase, saved);
    else
      entries.push_back({fmt::format("{}: halving {} saves {}", whole(row), row.phase, saved)});
    last = whole(row);
  }
  return entries;
}

/// Steps and waits under a hundredth of the build are summed up at the end: all that is shown adds up.
std::string critical_path(const BuildPhases& build) {
  std::string text;
  Nanoseconds shorter{};
  const auto add = [&](const std::string& name, Nanoseconds time) {
    if (time < build.wall / 100)
      shorter += time;
    else
      text += fmt::format("{}{} {}", text.empty() ? "" : " → ", name, human(time));
  };
  for (const CompiledUnit& unit : build.critical_path) {
    for (const Phase& wait : unit.stages) add(wait.name, wait.time);
    if (unit.name != measure::end_of_build) add(unit.name, unit.wall);
  }
  if (shorter > Nanoseconds(0)) text += fmt::format("; steps under 1 %: {}", human(shorter));
  return text;
}

void add(std::vector<Entry>& entries, const std::string& of, const auto& measured) {
  if (!measured.unavailable.empty())
    entries.push_back({fmt::format("{}: unknown ({})", of, measured.unavailable)});
  for (const std::string& note : measured.notes) entries.push_back({of + ": " + note});
}

std::vector<Entry> about_phases(const Results& results) {
  std::vector<Entry> entries;
  for (const RunPhases& run : results.phases.runtime)
    add(entries, fmt::format("run of '{}' in '{}'", owner_of(run), run.workload), run);
  for (const BuildPhases& build : results.phases.build) {
    const std::string of = fmt::format("build of '{}'", owner_of(build));
    if (!build.critical_path.empty())
      entries.push_back({fmt::format("{}: critical path: {}", of, critical_path(build))});
    if (!build.basis.empty()) entries.push_back({of + ": " + build.basis});
    add(entries, of, build);
  }
  for (const GroupShares& shares : results.groups) add(entries, "functions of the " + whole(shares), shares);
  return entries;
}

/// Each reason once, with its variants.
std::vector<Entry> not_counted(const Results& results) {
  std::map<std::string, std::set<std::string>> reasons;
  for (const AllocationCount& count : results.allocations)
    if (!count.allocations) reasons[count.reason].insert(quoted(count.variant));
  return entries_of(reasons, [](const auto& reason) {
    return Entry{fmt::format("{}: {}", join_words(reason.second), reason.first)};
  });
}

Entry met_condition(const VariantResult& variant) {
  if (!variant.condition || !variant.condition->holds) return {};
  return {fmt::format("'{}': {}", variant.name, variant.condition->reason)};
}

}  // namespace

std::vector<Section> findings_details(const Results& results) {
  return {{decisions_heading, Tone::heading, entries_of(results.decisions, conclusion)},
          {open_goals_heading, Tone::unsure, entries_of(results.goals, open_goal)},
          {overfitting_heading, Tone::heading, about_overfitting(results)},
          {"Conditions met", Tone::heading, entries_of(results.variants, met_condition)},
          {"Gains from faster phases", Tone::heading, worth(results)},
          {"Notes on phases", Tone::heading, about_phases(results)},
          {"Allocations not counted", Tone::unsure, not_counted(results)}};
}

}  // namespace pgo_orch::report
