#include <algorithm>
#include <map>
#include <set>

#include "measure/build_phases/units.h"

namespace pgo_orch::measure {
namespace {

/// A node of the graph: a compilation, or the run of a build script.
struct Node {
  CriticalStep step;
  Nanoseconds start{};
  Nanoseconds metadata{};  ///< when other libraries could begin
  Nanoseconds end{};
  bool needs_all = false;  ///< it links
  std::vector<std::size_t> needs;
};

/// When the metadata was there: a pass says it, or cargo's report; else the end.
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

  std::vector<CriticalStep> path() const {
    std::vector<CriticalStep> steps;
    if (nodes_.empty()) return steps;
    const auto last = std::ranges::max_element(nodes_, {}, &Node::end);
    auto at = static_cast<std::size_t>(last - nodes_.begin());
    auto handed_over = last->end;
    std::set<std::size_t> seen;
    for (bool more = true; more && seen.insert(at).second;) {
      auto step = nodes_[at].step;
      step.on_path = handed_over - nodes_[at].start;
      const auto next = awaited(at, handed_over);
      more = next.has_value();
      if (more) step.waited = nodes_[at].start - handed_over;
      steps.push_back(std::move(step));
      if (more) at = *next;
    }
    std::ranges::reverse(steps);
    return steps;
  }

 private:
  void add_unit(const BuildEvent& event, const CargoUnit* unit) {
    const auto index = nodes_.size();
    nodes_.push_back({{name_of_unit(event), event.version, kind_of_unit(event), event.wall()},
                      event.start,
                      metadata_of(event, unit),
                      event.end,
                      links(event),
                      {}});
    events_.push_back(&event);
    if (!event.extra_filename.empty()) by_file_[event.crate + event.extra_filename] = index;
    if (kind_of_unit(event) == "build script") scripts_[{event.package, event.version}] = index;
  }

  /// The run stands in for its program: who needs the script, needs the run.
  void add_run(const CargoUnit& unit, Nanoseconds begin) {
    const auto start = begin + unit.start;
    const auto end = start + unit.duration;
    Node node{{unit.name, unit.version, "build script run", unit.duration}, start, end, end, true, {}};
    const auto script = scripts_.find({unit.name, unit.version});
    if (script != scripts_.end()) node.needs.push_back(script->second);
    runs_[{unit.name, unit.version}] = nodes_.size();
    nodes_.push_back(std::move(node));
  }

  void connect(std::size_t index, const BuildEvent& event) {
    for (const auto& file : event.externs)
      if (const auto unit = by_file_.find(file); unit != by_file_.end())
        nodes_[index].needs.push_back(unit->second);
    if (event.package.empty() || nodes_[index].step.kind == "build script") return;
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

  /// What the start of a node waited for, and in `ready` since when it needn't any more.
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

std::vector<CriticalStep> critical_path_of(const std::vector<BuildEvent>& events,
                                           const std::vector<CargoUnit>& timings, const CargoUnits& units,
                                           std::optional<Nanoseconds> begin) {
  return Graph(events, timings, units, begin).path();
}

}  // namespace pgo_orch::measure
