#include "measure/run_phases/trace_choice.h"

#include <algorithm>
#include <map>

namespace pgo_orch::measure {
namespace {

/// Which landmarks a run passed, and how it ended.
std::string way_of(const Trace& trace) {
  std::string way = describe(trace.sample);
  for (const auto& mark : trace.marks) way += mark ? '1' : '0';
  return way;
}

}  // namespace

std::vector<const Trace*> most_common_way(const std::vector<Trace>& traces) {
  std::map<std::string, std::vector<const Trace*>> ways;
  for (const Trace& trace : traces) ways[way_of(trace)].push_back(&trace);
  const auto largest = std::ranges::max_element(ways, {}, [](const auto& way) { return way.second.size(); });
  return largest->second;
}

std::vector<const Trace*> undisturbed(const std::vector<const Trace*>& traces) {
  const auto length = [](const Trace* trace) { return trace->end; };
  const Nanoseconds shortest = length(*std::ranges::min_element(traces, {}, length));
  std::vector<const Trace*> found;
  for (const Trace* trace : traces)
    if (trace->end <= shortest * 3 / 2) found.push_back(trace);
  return found;
}

bool is_busy(const std::vector<Trace>& traces) {
  const auto runs = most_common_way(traces);
  return undisturbed(runs).size() < std::max(enough_undisturbed, traces.size() / 2);
}

}  // namespace pgo_orch::measure
