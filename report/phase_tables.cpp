// Where the time of runs and builds goes.

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <set>

#include "report/cells.h"
#include "report/run_tables.h"

namespace pgo_orch::report {

namespace {

constexpr std::size_t most_rows = 8;  // of functions and crates: the rest is in results.json

std::string percent(double share) {
  return human_percent(100 * share) + " %";
}

/// Phases of one variant or reference: two columns of a table.
struct Split {
  std::string name;
  const std::vector<Phase>* phases;
  std::optional<std::string> dominant;
  /// Of a run that others are beside: against the first one.
  const std::vector<measure::PhaseDifference>* differences = nullptr;
};

/// A mark that is also visible where leading blanks are lost.
std::string indent(std::size_t depth) {
  return depth == 0 ? "" : std::string(2 * (depth - 1), ' ') + "· ";
}

/// Smaller parts are only in results.json.
constexpr double least_share = 0.01;

/// The names from a phase down to one of its parts.
using Path = std::vector<std::string>;

/// Adds the phases below `above`, new ones behind all that are below it already.
void collect(const std::vector<Phase>& phases, const Path& above, std::vector<Path>& paths) {
  const auto is_below = [&](const Path& path) {
    return std::ranges::equal(path | std::views::take(above.size()), above);
  };
  for (const Phase& phase : phases) {
    if (!above.empty() && phase.share < least_share) continue;
    Path path = above;
    path.push_back(phase.name);
    if (std::ranges::find(paths, path) == paths.end())
      paths.insert(std::find_if(paths.rbegin(), paths.rend(), is_below).base(), path);
    collect(phase.parts, path, paths);
  }
}

const Phase* find(const std::vector<Phase>& phases, const Path& path) {
  const std::vector<Phase>* level = &phases;
  const Phase* found = nullptr;
  for (const std::string& name : path) {
    const auto next = std::ranges::find(*level, name, &Phase::name);
    if (next == level->end()) return nullptr;
    found = &*next;
    level = &found->parts;
  }
  return found;
}

Cell difference_cell(const Split& split, const Path& path) {
  if (path.size() > 1) return {};
  const auto found = std::ranges::find(*split.differences, path.front(), &measure::PhaseDifference::name);
  if (found == split.differences->end())
    return find(*split.phases, path) ? Cell("unknown", Tone::unsure) : Cell();
  const bool known = found->lo && found->hi && (*found->lo > Nanoseconds(0) || *found->hi < Nanoseconds(0));
  return {human_difference(found->estimate, found->lo, found->hi), known ? Tone::plain : Tone::unsure};
}

Table phase_table(const std::string& title, const std::string& caption, const std::vector<Split>& splits) {
  Table table{title, caption, {{"phase", Align::left}}, {}};
  for (const Split& split : splits) {
    table.columns.push_back({"time", Align::right, split.name});
    table.columns.push_back(split.differences ? Column{"difference", Align::left, split.name}
                                              : Column{"share", Align::right, split.name});
  }
  std::vector<Path> paths;
  for (const Split& split : splits) collect(*split.phases, {}, paths);
  for (const Path& path : paths) {
    const Tone quiet = path.size() > 1 ? Tone::quiet : Tone::plain;
    Row& row = table.rows.emplace_back(Row{Cell(indent(path.size() - 1) + path.back(), quiet)});
    for (const Split& split : splits) {
      const Phase* phase = find(*split.phases, path);
      const bool dominates = path.size() == 1 && split.dominant == path.back();
      const Tone tone = dominates ? Tone::heading : quiet;
      row.emplace_back(phase ? human(phase->time) : "", tone);
      row.push_back(split.differences ? difference_cell(split, path)
                                      : Cell(phase ? percent(phase->share) : "", tone));
    }
  }
  return table;
}

std::string describe_dominant(const std::vector<Split>& splits) {
  std::set<std::string> names;
  for (const Split& split : splits)
    if (split.dominant) names.insert(*split.dominant);
  if (names.empty()) return "";
  return fmt::format(", {} {}", join_words(names), names.size() == 1 ? "dominates" : "dominate");
}

/// All of them in one table, or the first one with each other.
void add_tables(const std::string& title, const std::string& caption, const std::vector<Split>& splits,
                std::size_t columns, std::vector<Table>& tables) {
  if (splits.empty()) return;
  Table all = phase_table(title, caption + describe_dominant(splits), splits);
  if (splits.size() <= 2 || width(all) <= columns) {
    tables.push_back(std::move(all));
    return;
  }
  for (std::size_t i = 1; i < splits.size(); ++i) {
    const std::vector<Split> two = {splits[0], splits[i]};
    tables.push_back(phase_table(title, caption + describe_dominant(two), two));
  }
}

void add_run_phases(const Results& results, std::size_t columns, std::vector<Table>& tables) {
  std::vector<std::string> workloads;
  for (const RunPhases& run : results.phases.runtime)
    if (std::ranges::find(workloads, run.workload) == workloads.end()) workloads.push_back(run.workload);
  for (const std::string& workload : workloads) {
    std::vector<Split> splits;
    std::string how;
    for (const RunPhases& run : results.phases.runtime) {
      if (run.workload != workload || run.phases.empty()) continue;
      if (how.empty()) how = fmt::format("{}, {}", run.source, human_count(run.runs, "run"));
      splits.push_back({owner_of(run), &run.phases, run.dominant});
      if (splits.size() > 1) splits.back().differences = &run.differences;
    }
    if (splits.size() > 1)
      how += fmt::format(" each, differences from {} with {:.4g} % intervals", splits[0].name,
                         100 * results.confidence);
    add_tables("phases of a run of " + workload, how, splits, columns, tables);
  }
}

void add_build_phases(const Results& results, std::size_t columns, std::vector<Table>& tables) {
  std::vector<Split> splits;
  std::vector<std::string> use;
  for (const BuildPhases& build : results.phases.build) {
    if (build.phases.empty()) continue;
    splits.push_back({owner_of(build), &build.phases, build.dominant});
    use.push_back(percent(build.cpu_use));
  }
  std::string caption = fmt::format("{} of all cores used", join_words(use));
  if (splits.size() > 1) caption += ", each built once: small differences mean nothing";
  add_tables("phases of a build", caption, splits, columns, tables);
}

void add_units(const BuildPhases& build, std::vector<Table>& tables) {
  if (build.units.empty()) return;
  Table table{"slowest units of " + owner_of(build)};
  if (build.units.size() > most_rows) table.caption = fmt::format("{} of {}", most_rows, build.units.size());
  table.columns = {{"unit", Align::left}, {"version", Align::left}, {"wall"}, {"CPU"}, {"memory"}};
  for (const CompiledUnit& unit : build.units | std::views::take(most_rows))
    table.rows.push_back(
        {unit.name, unit.version, human(unit.wall), cpu_cell(unit), figure_cell(unit.peak_rss)});
  tables.push_back(std::move(table));
}

void add_shares(const char* what, const GroupShares& shares, const std::vector<Phase>& parts,
                std::size_t most, std::vector<Table>& tables) {
  if (parts.empty()) return;
  const std::string where = shares.of == PhaseOf::build ? "the build" : shares.workload;
  Table table{fmt::format("{} in {}, {}", what, where, shares.variant),
              fmt::format("{}, {} {}", shares.source, shares.total, shares.unit)};
  table.columns = {{what, Align::left}, {"time"}, {"share"}};
  for (const Phase& part : parts | std::views::take(most))
    table.rows.push_back({part.name, human(part.time), percent(part.share)});
  tables.push_back(std::move(table));
}

}  // namespace

std::vector<Table> phase_tables(const Results& results, std::size_t columns, Detail detail) {
  std::vector<Table> tables;
  if (detail != Detail::asked) {
    add_run_phases(results, columns, tables);
    add_build_phases(results, columns, tables);
    for (const BuildPhases& build : results.phases.build)
      if (detail == Detail::full || build.units.size() > 1) add_units(build, tables);
  }
  for (const GroupShares& shares : results.groups) {
    add_shares("groups", shares, shares.groups, shares.groups.size(), tables);
    if (detail == Detail::full) add_shares("functions", shares, shares.functions, most_rows, tables);
  }
  return tables;
}

}  // namespace pgo_orch::report
