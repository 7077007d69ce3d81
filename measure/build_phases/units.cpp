#include "measure/build_phases/units.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>

namespace pgo_orch::measure {

namespace {

/// Cargo names them after the target: build_script_build, build_script_main.
bool is_build_script(const BuildEvent& event) {
  return event.crate.starts_with("build_script_") &&
         std::ranges::find(event.crate_types, "bin") != event.crate_types.end();
}

bool is_library(const BuildEvent& event) {
  const auto kind = kind_of_unit(event);
  return kind != "bin" && kind != "test" && kind != "build script";
}

/// Targets in cargo's report are "" for a library, `NAME "bin"` for programs. Crates are named with
/// underscores where targets may have dashes.
bool is_target_of(const std::string& target, const BuildEvent& event) {
  if (is_build_script(event)) return target == "build-script";
  if (is_library(event)) return target.empty();
  auto name = target.substr(0, target.find(' '));
  std::ranges::replace(name, '-', '_');
  return name == event.crate;
}

bool is_same(const CargoUnit& unit, const BuildEvent& event) {
  return is_unit(event) && unit.name == event.package && unit.version == event.version &&
         is_target_of(unit.target, event);
}

/// A node of the graph: a compilation, or the run of a build script.
struct Node {
  CompiledUnit step;
  std::string kind;  ///< as kind_of_unit
  Nanoseconds start{};
  Nanoseconds metadata{};  ///< when other libraries could begin
  Nanoseconds end{};
  bool needs_all = false;  ///< it links
  std::vector<std::size_t> needs;
};

/// When the metadata was ready, from a pass or cargo's report; else the end.
Nanoseconds metadata_of(const BuildEvent& event, const CargoUnit* unit) {
  const auto pass = std::ranges::find(event.passes, "generate_crate_metadata", &RustcPass::name);
  if (pass != event.passes.end()) return std::min(pass->end, event.end);
  if (unit == nullptr || !unit->frontend) return event.end;
  return std::min(event.start + *unit->frontend, event.end);
}

bool links(const BuildEvent& event) {
  const auto kind = kind_of_unit(event);
  return kind != "lib" && kind != "rlib";
}

class Graph {
 public:
  Graph(const std::vector<BuildEvent>& events, const std::vector<CargoUnit>& timings, const CargoUnits& units,
        std::optional<Nanoseconds> begin) {
    for (std::size_t i = 0; i < events.size(); ++i)
      if (is_unit(events[i])) add_unit(events[i], units[i]);
    if (begin) {
      for (const auto& unit : timings)
        if (unit.runs_build_script) add_run(unit, *begin);
    }
    for (std::size_t i = 0; i < events_.size(); ++i) connect(i, *events_[i]);
  }

  std::vector<CompiledUnit> path() const {
    std::vector<CompiledUnit> steps;
    if (nodes_.empty()) return steps;
    const auto last = std::ranges::max_element(nodes_, {}, &Node::end);
    auto at = static_cast<std::size_t>(last - nodes_.begin());
    auto handed_over = last->end;
    std::set<std::size_t> seen;
    for (bool more = true; more && seen.insert(at).second;) {
      auto step = nodes_[at].step;
      step.wall = handed_over - nodes_[at].start;
      const auto next = awaited(at, handed_over);
      more = next.has_value();
      if (more && nodes_[at].start > handed_over)
        step.stages = {{waited_before, nodes_[at].start - handed_over}};
      steps.push_back(std::move(step));
      if (more) at = *next;
    }
    std::ranges::reverse(steps);
    return steps;
  }

 private:
  void add_unit(const BuildEvent& event, const CargoUnit* unit) {
    const auto index = nodes_.size();
    nodes_.push_back({{shown_name(event), event.version},
                      kind_of_unit(event),
                      event.start,
                      metadata_of(event, unit),
                      event.end,
                      links(event),
                      {}});
    events_.push_back(&event);
    if (!event.extra_filename.empty()) by_file_[event.crate + event.extra_filename] = index;
    if (kind_of_unit(event) == "build script") scripts_[{event.package, event.version}] = index;
  }

  /// What needs a build script needs its run.
  void add_run(const CargoUnit& unit, Nanoseconds begin) {
    const auto start = begin + unit.start;
    const auto end = start + unit.duration;
    const std::string kind = "build script run";
    Node node{{shown_name(unit.name, kind), unit.version}, kind, start, end, end, true, {}};
    const auto script = scripts_.find({unit.name, unit.version});
    if (script != scripts_.end()) node.needs.push_back(script->second);
    runs_[{unit.name, unit.version}] = nodes_.size();
    nodes_.push_back(std::move(node));
  }

  void connect(std::size_t index, const BuildEvent& event) {
    for (const auto& file : event.externs)
      if (const auto unit = by_file_.find(file); unit != by_file_.end())
        nodes_[index].needs.push_back(unit->second);
    if (event.package.empty() || nodes_[index].kind == "build script") return;
    const std::pair package{event.package, event.version};
    if (const auto run = runs_.find(package); run != runs_.end())
      nodes_[index].needs.push_back(run->second);
    else if (const auto script = scripts_.find(package); script != scripts_.end())
      nodes_[index].needs.push_back(script->second);
  }

  void collect(std::size_t index, bool all, std::set<std::size_t>& found) const {
    for (const auto need : nodes_[index].needs)
      if (found.insert(need).second && all && !nodes_[need].needs_all) collect(need, all, found);
  }

  /// The node that the start of this one waited for, and in `ready` until when.
  std::optional<std::size_t> awaited(std::size_t index, Nanoseconds& ready) const {
    std::set<std::size_t> needed;
    collect(index, nodes_[index].needs_all, needed);
    std::optional<std::size_t> result;
    for (const auto need : needed) {
      const auto& node = nodes_[need];
      const bool whole = nodes_[index].needs_all || node.needs_all;
      const auto at = std::min(whole ? node.end : node.metadata, nodes_[index].start);
      if (node.start >= nodes_[index].start || (result && at <= ready)) continue;
      result = need;
      ready = at;
    }
    return result;
  }

  std::vector<Node> nodes_;
  std::vector<const BuildEvent*> events_;  ///< of the first nodes
  std::map<std::string, std::size_t> by_file_;
  std::map<std::pair<std::string, std::string>, std::size_t> scripts_;
  std::map<std::pair<std::string, std::string>, std::size_t> runs_;
};

}  // namespace

bool is_unit(const BuildEvent& event) {
  return event.kind == CallKind::compile && !event.probe && event.parent_tool != "rustc";
}

std::string kind_of_unit(const BuildEvent& event) {
  if (event.tool != "rustc") return event.tool.find("++") != std::string::npos ? "c++" : "c";
  if (is_build_script(event)) return "build script";
  if (event.test) return "test";
  return event.crate_types.empty() ? "bin" : event.crate_types.front();  // rustc's own default
}

std::string name_of_unit(const BuildEvent& event) {
  if (is_build_script(event) && !event.package.empty()) return event.package;
  return !event.crate.empty() ? event.crate : std::filesystem::path(event.source).filename().string();
}

std::string shown_name(const std::string& name, const std::string& kind) {
  return kind.empty() || kind == "lib" || kind == "bin" ? name : fmt::format("{} ({})", name, kind);
}

CargoUnits units_of_events(const std::vector<CargoUnit>& timings, const std::vector<BuildEvent>& events) {
  CargoUnits units(events.size());
  std::vector<std::size_t> order(events.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return events[i].start; });
  std::vector<const CargoUnit*> left;
  for (const auto& unit : timings)
    if (!unit.runs_build_script) left.push_back(&unit);
  std::ranges::stable_sort(left, {}, &CargoUnit::start);
  for (const auto i : order) {
    const auto unit = std::ranges::find_if(left, [&](const auto* u) { return is_same(*u, events[i]); });
    if (unit == left.end()) continue;
    units[i] = *unit;
    left.erase(unit);
  }
  return units;
}

std::optional<Nanoseconds> begin_of_cargo(const CargoUnits& units, const std::vector<BuildEvent>& events) {
  std::vector<Nanoseconds> begins;
  for (std::size_t i = 0; i < events.size(); ++i)
    if (units[i] != nullptr) begins.push_back(events[i].start - units[i]->start);
  if (begins.empty()) return std::nullopt;
  const auto middle = begins.begin() + static_cast<std::ptrdiff_t>(begins.size() / 2);
  std::ranges::nth_element(begins, middle);
  return *middle;
}

std::vector<CompiledUnit> critical_path_of(const std::vector<BuildEvent>& events,
                                           const std::vector<CargoUnit>& timings, const CargoUnits& units,
                                           std::optional<Nanoseconds> begin) {
  return Graph(events, timings, units, begin).path();
}

}  // namespace pgo_orch::measure
