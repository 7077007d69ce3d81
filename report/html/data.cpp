// What the charts of a page are drawn from. The scripts read it by these names.

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <string>

#include "report/html/flames.h"
#include "report/html/page.h"
#include "report/json_values.h"

namespace pgo_orch::report {

namespace {

/// Enough for a chart.
double rounded(double value) {
  return std::stod(fmt::format("{:.6g}", value));
}

Json edge(const std::optional<Percent>& percent) {
  return percent ? Json(rounded(*percent)) : Json();
}

/// Of each that was compared.
Json effects(const Page& page, Metric metric, const std::optional<std::string>& workload) {
  Json list = Json::array();
  for (std::size_t i = 0; i < page.shown.size(); ++i) {
    const Comparison* compared = page.lookup.comparison(metric, workload, page.shown[i].name);
    if (compared && compared->effect) list.push_back(effect_data(i, *compared));
  }
  return list;
}

/// Whether there is one of each round, from the first on: mostly, and then charts need not be told.
bool is_each_round(const std::vector<int>& rounds) {
  for (std::size_t i = 0; i < rounds.size(); ++i)
    if (rounds[i] != static_cast<int>(i) + 1) return false;
  return true;
}

/// {row, times, rounds, censored} of the rows that the budget still has room for; `left`: points.
Json samples(const Page& page, const Benchmark& benchmark, std::size_t& left) {
  Json list = Json::array();
  for (std::size_t i = 0; i < page.shown.size(); ++i) {
    const Samples* samples = page.lookup.samples(benchmark.workload, page.shown[i].name);
    if (!samples || samples->times.empty() || samples->times.size() > left) continue;
    left -= samples->times.size();
    Json& series = list.emplace_back(Json{{"row", i}, {"times", samples->times}});
    if (!is_each_round(samples->rounds)) series["rounds"] = samples->rounds;
    if (!samples->censored.empty()) series["censored"] = samples->censored;
  }
  return list;
}

Json workloads(const Page& page) {
  Json list = Json::array();
  std::size_t left = page.limits.samples;
  std::size_t after = std::min(page.results.benchmarks.size(), page.limits.workloads);
  for (const Benchmark& benchmark : page.results.benchmarks | std::views::take(page.limits.workloads)) {
    std::size_t share = left / after--;
    left -= share;
    Json drawn = samples(page, benchmark, share);
    left += share;
    list.push_back({{"name", benchmark.workload},
                    {"effects", effects(page, Metric::runtime, benchmark.workload)},
                    {"cpu", effects(page, Metric::cpu, benchmark.workload)},
                    {"samples", std::move(drawn)}});
  }
  if (page.several_workloads())
    list.push_back({{"name", "all workloads"},
                    {"effects", effects(page, Metric::runtime, std::nullopt)},
                    {"cpu", effects(page, Metric::cpu, std::nullopt)}});
  return list;
}

/// {row, effect, build, size, pareto} of each variant that has them.
Json trade(const Page& page) {
  Json list = Json::array();
  const auto& pareto = page.results.best.pareto;
  for (std::size_t i = 0; i < page.shown.size(); ++i) {
    const Shown& shown = page.shown[i];
    const Comparison* compared = page.verdict_of(shown.name);
    const auto effect = page.is_baseline(shown) ? std::optional(0.0)
                        : compared              ? compared->effect
                                                : std::nullopt;
    if (!shown.variant || !effect) continue;
    const Nanoseconds* wall = build_time(*shown.variant);
    list.push_back({{"row", i},
                    {"effect", rounded(*effect)},
                    {"build", wall ? Json(*wall) : Json()},
                    {"size", total_size(*shown.variant)},
                    {"pareto", std::ranges::find(pareto, shown.name) != pareto.end()}});
  }
  return list;
}

Json parts(const std::vector<Phase>& phases) {
  Json list = Json::array();
  for (const Phase& phase : phases) list.push_back({phase.name, rounded(seconds(phase.time))});
  return list;
}

Json run_phases(const Page& page) {
  Json list = Json::array();
  for (const std::string& workload : traced_workloads(page.results)) {
    Json bars = Json::array();
    for (const RunPhases& run : page.results.phases.runtime)
      if (run.workload == workload && !run.phases.empty())
        bars.push_back({{"name", owner_of(run)}, {"phases", parts(run.phases)}});
    list.push_back(std::move(bars));
  }
  return list;
}

Json build_phases(const Page& page) {
  Json list = Json::array();
  for (const BuildPhases& build : page.results.phases.build)
    if (!build.phases.empty()) list.push_back({{"name", owner_of(build)}, {"phases", parts(build.phases)}});
  return list;
}

bool is_critical(const BuildPhases& build, const CompiledUnit& unit) {
  return std::ranges::any_of(build.critical_path, [&](const CompiledUnit& step) {
    return step.name == unit.name && step.version == unit.version;
  });
}

Json units(const Page& page) {
  Json list = Json::array();
  std::size_t left = page.limits.units;
  for (const BuildPhases& build : page.results.phases.build) {
    Json bars = Json::array();
    for (const CompiledUnit& unit : build.units) {
      if (!unit.start || left == 0) continue;
      --left;
      bars.push_back({{"name", unit.name},
                      {"version", unit.version},
                      {"start", rounded(seconds(*unit.start))},
                      {"wall", rounded(seconds(unit.wall))},
                      {"parts", parts(unit.stages)},
                      {"critical", is_critical(build, unit)}});
    }
    if (!bars.empty())
      list.push_back(
          {{"name", owner_of(build)}, {"wall", rounded(seconds(build.wall))}, {"units", std::move(bars)}});
  }
  return list;
}

/// In the form that d3-flame-graph reads; `d`: how much more than the baseline.
Json tree(const Frame& frame, bool differential) {
  Json json{{"n", frame.name}, {"v", frame.count}};
  if (differential) json["d"] = frame.count - frame.before;
  if (!frame.calls.empty()) {
    Json& calls = json["c"] = Json::array();
    for (const Frame& call : frame.calls) calls.push_back(tree(call, differential));
  }
  return json;
}

/// With as many frames as there is room for.
Json flame(const std::string& folded, bool differential, std::size_t most) {
  double least = 0.0005;
  Frame all = frames_of_folded(folded, differential, least);
  while (count_frames(all) > most && least < 1) all = frames_of_folded(folded, differential, least *= 2);
  return tree(all, differential);
}

Json flames(const Page& page) {
  Json list = Json::array();
  for (const FlamegraphFile& graph : page.results.flamegraphs) {
    const auto folded = page.stacks.find(graph.path);
    if (folded == page.stacks.end()) continue;
    list.push_back({{"of", graph.of},
                    {"workload", graph.workload},
                    {"variant", graph.variant},
                    {"differential", graph.differential},
                    {"tree", flame(folded->second, graph.differential,
                                   std::max<std::size_t>(50, page.limits.frames / page.stacks.size()))}});
  }
  return list;
}

}  // namespace

Json effect_data(std::size_t row, const Comparison& compared) {
  return {row, edge(compared.effect), edge(compared.lo), edge(compared.hi), compared.verdict};
}

Json chart_data(const Page& page) {
  Json rows = Json::array();
  for (const Shown& shown : page.shown) {
    if (page.is_baseline(shown))
      rows.push_back({{"name", shown.name}, {"baseline", true}});
    else if (shown.variant)
      rows.push_back({{"name", shown.name}});
    else
      rows.push_back({{"name", shown.name}, {"reference", true}});
  }
  return {{"rows", std::move(rows)},       {"recommended", page.results.recommended.value_or("")},
          {"against", "the baseline"},     {"precision", 100 * page.results.precision},
          {"workloads", workloads(page)},  {"trade", trade(page)},
          {"runPhases", run_phases(page)}, {"buildPhases", build_phases(page)},
          {"units", units(page)},          {"flames", flames(page)}};
}

}  // namespace pgo_orch::report
