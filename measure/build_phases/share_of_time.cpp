#include "measure/build_phases/share_of_time.h"

#include <algorithm>

namespace pgo_orch::measure {
namespace {

/// Something begins or ends.
struct Edge {
  Nanoseconds at{};
  bool begins = false;
  std::size_t stretch = 0;
};

std::vector<Edge> edges_of(const std::vector<Stretch>& stretches, const Span& interval) {
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    const auto start = std::max(stretches[i].start, interval.start);
    const auto end = std::min(stretches[i].end, interval.end);
    if (start >= end) continue;
    edges.push_back({start, true, i});
    edges.push_back({end, false, i});
  }
  std::ranges::stable_sort(edges, {}, &Edge::at);
  return edges;
}

/// The nanoseconds that don't divide go to the first, so that nothing is lost.
void give(Nanoseconds time, const std::vector<std::size_t>& running, std::vector<Nanoseconds>& shares) {
  const auto count = static_cast<std::int64_t>(running.size());
  for (std::int64_t i = 0; i < count; ++i)
    shares[running[static_cast<std::size_t>(i)]] +=
        Nanoseconds(time.count() / count + (i < time.count() % count));
}

}  // namespace

SharedTime share_of_time(const std::vector<Stretch>& stretches, const Span& interval) {
  SharedTime result;
  result.shares.resize(stretches.size());
  std::vector<std::size_t> running;
  auto at = interval.start;
  const auto go_to = [&](Nanoseconds next) {
    if (next <= at) return;
    if (!running.empty())
      give(next - at, running, result.shares);
    else if (!result.idle.empty() && result.idle.back().end == at)
      result.idle.back().end = next;
    else
      result.idle.push_back({at, next});
    at = next;
  };
  for (const auto& edge : edges_of(stretches, interval)) {
    go_to(edge.at);
    if (edge.begins)
      running.push_back(edge.stretch);
    else
      std::erase(running, edge.stretch);
  }
  go_to(interval.end);
  return result;
}

}  // namespace pgo_orch::measure
