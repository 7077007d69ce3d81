#include "report/build_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "report/humanize.h"

namespace pgo_orch::report {

namespace {

using Pass = std::pair<std::string, std::string>;  // crate and pass

std::map<Pass, Nanoseconds> passes_of(const BuildPhases& build) {
  std::map<Pass, Nanoseconds> passes;
  for (const auto& unit : build.units)
    for (const auto& stage : unit.stages) passes[{unit.name, stage.name}] += stage.time;
  return passes;
}

const BuildPhases* build_of(const Results& results, const std::string& variant) {
  const auto found = std::ranges::find(results.phases.build, variant, &BuildPhases::variant);
  return found == results.phases.build.end() || found->units.empty() ? nullptr : &*found;
}

}  // namespace

bool share_build_phases(const Results& before, const Results& after) {
  return std::ranges::any_of(after.variants, [&](const VariantResult& row) {
    return build_of(before, row.name) && build_of(after, row.name);
  });
}

std::vector<BuildChange> build_changes(const Results& before, const Results& after) {
  std::vector<BuildChange> changes;
  for (const auto& variant : after.variants) {
    const auto* now = build_of(after, variant.name);
    const auto* then = build_of(before, variant.name);
    if (!now || !then) continue;
    std::map<Pass, BuildChange> passes;
    for (const auto& [pass, time] : passes_of(*then)) passes[pass].before = time;
    for (const auto& [pass, time] : passes_of(*now)) passes[pass].after = time;
    for (auto& [pass, change] : passes) {
      std::tie(change.crate, change.pass) = pass;
      change.variant = variant.name;
      if (change.difference() != Nanoseconds::zero()) changes.push_back(std::move(change));
    }
  }
  std::ranges::stable_sort(changes, std::ranges::greater(),
                           [](const BuildChange& change) { return std::chrono::abs(change.difference()); });
  return changes;
}

Table build_changes_table(const std::vector<BuildChange>& changes, std::size_t most) {
  Table table;
  table.title = "builds";
  table.caption = changes.size() > most
                      ? fmt::format(
                            "the {} largest of {} changes by crate and pass; each build "
                            "was watched once, so small ones mean nothing",
                            most, changes.size())
                      : "changes by crate and pass; each build was watched once, so small ones "
                        "mean nothing";
  table.columns = {{"variant", Align::left, {}}, {"crate", Align::left, {}},  {"pass", Align::left, {}},
                   {"before", Align::right, {}}, {"after", Align::right, {}}, {"change", Align::right, {}}};
  for (std::size_t i = 0; i < std::min(most, changes.size()); ++i) {
    const auto& change = changes[i];
    const bool more = change.difference() > Nanoseconds::zero();
    table.rows.push_back({change.variant, change.crate, change.pass, human(Seconds(change.before)),
                          human(Seconds(change.after)),
                          Cell((more ? "+" : "-") + human(Seconds(std::chrono::abs(change.difference()))),
                               more ? Tone::bad : Tone::good)});
  }
  return table;
}

}  // namespace pgo_orch::report
