#include "measure/build_phases/critical_path.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>

#include "measure/build_phases/stages.h"

namespace pgo_orch::measure {

namespace {

/// A node of the graph: a compilation, a link by itself, or the run of a build script.
struct Node {
  CompiledUnit step;
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
  return event.kind == CallKind::link || (kind != "lib" && kind != "rlib");
}

/// A linker that no compiler called.
bool links_by_itself(const BuildEvent& event) {
  return event.kind == CallKind::link && !event.probe && event.parent_tool != "rustc";
}

class Graph {
 public:
  Graph(const BuildRecords& records, bool own_compiler) {
    const auto names = shown_names(records.events);
    for (std::size_t i = 0; i < records.events.size(); ++i)
      if (is_unit(records.events[i]) || links_by_itself(records.events[i]))
        add_unit(records.events[i], names[i], records.units[i]);
    if (records.begin) {
      for (const auto& unit : records.timings)
        if (unit.runs_build_script) add_run(unit, *records.begin);
    }
    for (std::size_t i = 0; i < events_.size(); ++i) connect(i, *events_[i]);
    for (const auto& unit : records.timings) connect(unit);
    order_.resize(nodes_.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::ranges::stable_sort(order_, {}, [&](std::size_t i) { return nodes_[i].start; });
    if (own_compiler) connect_the_rest();
  }

  bool empty() const { return nodes_.empty(); }

  /// The nodes of the chain that works longest, in the order of time; of equal ones the later.
  std::vector<std::size_t> longest_chain() const {
    struct Best {
      Nanoseconds worked{};  ///< in the chain, until this node starts
      Nanoseconds ready{};   ///< when it could have started
      std::optional<std::size_t> before;
    };
    std::vector<Best> best(nodes_.size());
    std::optional<std::size_t> last;
    const auto whole = [&](std::size_t i) {
      return std::pair{best[i].worked + nodes_[i].end - nodes_[i].start, nodes_[i].end};
    };
    for (const auto i : order_) {
      for (const auto need : needs_of(i)) {
        if (nodes_[need].start >= nodes_[i].start) continue;  // not of this build, or by a rounded time
        const auto ready = ready_for(i, need);
        const auto worked = best[need].worked + ready - nodes_[need].start;
        if (!best[i].before || std::pair{worked, ready} > std::pair{best[i].worked, best[i].ready})
          best[i] = {worked, ready, need};
      }
      if (!last || whole(i) > whole(*last)) last = i;
    }
    std::vector<std::size_t> chain;
    for (auto at = last; at; at = best[*at].before) chain.push_back(*at);
    std::ranges::reverse(chain);
    return chain;
  }

  /// When the node could begin as far as `need` is concerned.
  Nanoseconds ready_for(std::size_t index, std::size_t need) const {
    const bool whole = nodes_[index].needs_all || nodes_[need].needs_all;
    return std::min(whole ? nodes_[need].end : nodes_[need].metadata, nodes_[index].start);
  }

  const Node& operator[](std::size_t index) const { return nodes_[index]; }

  /// When all but one ran.
  std::vector<Span> others(std::optional<std::size_t> index) const {
    std::vector<Span> spans;
    for (std::size_t i = 0; i < nodes_.size(); ++i)
      if (i != index) spans.push_back({nodes_[i].start, nodes_[i].end});
    return spans;
  }

 private:
  void add_unit(const BuildEvent& event, const std::string& name, const CargoUnit* unit) {
    const auto index = nodes_.size();
    const bool only_links = event.kind == CallKind::link;
    const auto out = std::filesystem::path(event.out).filename().string();
    const auto shown = only_links ? shown_name(out.empty() ? event.tool : out, "link") : name;
    nodes_.push_back({{.name = shown, .version = event.version},
                      event.start,
                      metadata_of(event, unit),
                      event.end,
                      links(event),
                      {}});
    events_.push_back(&event);
    if (unit) by_number_[unit->number] = index;
    if (!event.extra_filename.empty()) by_file_[event.crate + event.extra_filename] = index;
    if (kind_of_unit(event) == "build script") scripts_[{event.package, event.version}] = index;
  }

  /// What needs a build script needs its run.
  void add_run(const CargoUnit& unit, Nanoseconds begin) {
    const auto start = begin + unit.start;
    const auto end = start + unit.duration;
    Node node{{.name = shown_name(unit.name, "build script run"), .version = unit.version},
              start,
              end,
              end,
              true,
              {}};
    const auto script = scripts_.find({unit.name, unit.version});
    if (script != scripts_.end()) node.needs.push_back(script->second);
    runs_[{unit.name, unit.version}] = nodes_.size();
    by_number_[unit.number] = nodes_.size();
    nodes_.push_back(std::move(node));
  }

  void connect(std::size_t index, const BuildEvent& event) {
    for (const auto& file : event.externs)
      if (const auto unit = by_file_.find(file); unit != by_file_.end())
        nodes_[index].needs.push_back(unit->second);
    if (event.package.empty() || kind_of_unit(event) == "build script") return;
    const std::pair package{event.package, event.version};
    if (const auto run = runs_.find(package); run != runs_.end())
      nodes_[index].needs.push_back(run->second);
    else if (const auto script = scripts_.find(package); script != scripts_.end())
      nodes_[index].needs.push_back(script->second);
  }

  /// Cargo also knows what command lines don't show: that a build script waits for the run of another.
  void connect(const CargoUnit& unit) {
    const auto from = by_number_.find(unit.number);
    if (unit.number < 0 || from == by_number_.end()) return;
    for (const auto number : unit.unblocked)
      if (const auto to = by_number_.find(number); to != by_number_.end())
        nodes_[to->second].needs.push_back(from->second);
  }

  /// To the one that ended last before it.
  void connect_the_rest() {
    for (auto& node : nodes_) {
      if (!node.needs.empty()) continue;
      std::optional<std::size_t> last;
      for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (nodes_[i].end <= node.start && (!last || nodes_[i].end > nodes_[*last].end)) last = i;
      if (last) node.needs.push_back(*last);
    }
  }

  void collect(std::size_t index, bool all, std::set<std::size_t>& found) const {
    for (const auto need : nodes_[index].needs)
      if (found.insert(need).second && all && !nodes_[need].needs_all) collect(need, all, found);
  }

  std::set<std::size_t> needs_of(std::size_t index) const {
    std::set<std::size_t> needed;
    collect(index, nodes_[index].needs_all, needed);
    return needed;
  }

  std::vector<Node> nodes_;
  std::vector<const BuildEvent*> events_;  ///< of the first nodes
  std::vector<std::size_t> order_;         ///< by start
  std::map<int, std::size_t> by_number_;   ///< cargo's
  std::map<std::string, std::size_t> by_file_;
  std::map<std::pair<std::string, std::string>, std::size_t> scripts_;
  std::map<std::pair<std::string, std::string>, std::size_t> runs_;
};

/// The parts of a wait: while others ran, and while nothing did.
std::vector<Phase> waits_of(const Span& wait, const std::vector<Span>& others, const char* when_idle) {
  Nanoseconds idle{};
  for (const auto& span : without(wait, others)) idle += span.end - span.start;
  const Nanoseconds for_slot = std::max(wait.end - wait.start, Nanoseconds(0)) - idle;
  std::vector<Phase> waits;
  if (for_slot > Nanoseconds(0)) waits.push_back({waiting_for_slot, for_slot});
  if (idle > Nanoseconds(0)) waits.push_back({when_idle, idle});
  return waits;
}

}  // namespace

std::vector<CompiledUnit> critical_path_of(const BuildRecords& records, const BuildInterval& interval) {
  const Graph graph(records, interval.own_compiler);
  if (graph.empty()) return {};
  const char* when_idle = interval.own_compiler ? waiting_for_command : waiting_for_cargo;
  const auto chain = graph.longest_chain();
  std::vector<CompiledUnit> path;
  auto at = interval.start;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const Node& node = graph[chain[i]];
    const auto start = std::clamp(node.start, at, interval.end);
    const auto until = i + 1 < chain.size() ? graph.ready_for(chain[i + 1], chain[i]) : node.end;
    auto& step = path.emplace_back(node.step);
    step.stages = waits_of({at, start}, graph.others(chain[i]), when_idle);
    at = std::clamp(until, start, interval.end);
    step.wall = at - start;
    step.start = start - interval.start;
  }
  if (at < interval.end)
    path.push_back({.name = end_of_build,
                    .stages = waits_of({at, interval.end}, graph.others(std::nullopt), when_idle)});
  return path;
}

}  // namespace pgo_orch::measure
