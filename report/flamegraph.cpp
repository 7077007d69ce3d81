#include "report/flamegraph.h"

#include <fmt/format.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace pgo_orch::report {

using measure::Stacks;

namespace {

/// 12345678 as "12,345,678".
std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

/// The number of looks for runs of the same length.
double looks(const Stacks& stacks) {
  const auto runs = static_cast<double>(stacks.runs > 0 ? stacks.runs : 1);
  return runs * (stacks.per_second > 0 ? stacks.per_second : 1);
}

/// Each stack of either, with both counts: the baseline's as it would be with as many looks as `stacks` had.
std::string both_folded(const Stacks& baseline, const Stacks& stacks) {
  const double factor = looks(stacks) / looks(baseline);
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> both;
  for (const auto& [stack, count] : baseline.counts)
    both[stack].first = static_cast<std::uint64_t>(std::llround(static_cast<double>(count) * factor));
  for (const auto& [stack, count] : stacks.counts) both[stack].second = count;
  std::string text;
  for (const auto& [stack, counts] : both)
    text += fmt::format("{} {} {}\n", stack, counts.first, counts.second);
  return text;
}

}  // namespace

std::string describe(const Stacks& stacks) {
  std::string text = fmt::format("{} {}", with_commas(stacks.total()), stacks.unit);
  if (!stacks.source.empty()) text += " by " + stacks.source;
  if (stacks.runs > 1) text += fmt::format(" in {} runs", stacks.runs);
  return text;
}

FlameGraph flame_graph(const Stacks& stacks, const std::string& title) {
  return {.title = title, .subtitle = describe(stacks), .unit = stacks.unit, .folded = to_folded(stacks)};
}

toolchains::Answer comparable(const Stacks& baseline, const Stacks& stacks) {
  if (baseline.unit == stacks.unit && baseline.source == stacks.source) return {.yes = true, .reason = ""};
  return {.yes = false,
          .reason = fmt::format("{} can't be compared with {}", describe(stacks), describe(baseline))};
}

FlameGraph differential_flame_graph(const Stacks& baseline, const Stacks& stacks, const std::string& title) {
  return {.title = title,
          .subtitle = fmt::format("red: more than the baseline, blue: less; {}, baseline {}",
                                  describe(stacks), describe(baseline)),
          .unit = stacks.unit,
          .folded = both_folded(baseline, stacks)};
}

toolchains::Command draw_command(const toolchains::Program& inferno, const FlameGraph& graph,
                                 const std::filesystem::path& folded, const std::filesystem::path& svg) {
  return {.argv = {inferno.path.string(), "--quiet", "--deterministic", "--title", graph.title, "--subtitle",
                   graph.subtitle, "--countname", graph.unit, folded.string()},
          .stdout_file = svg};
}

}  // namespace pgo_orch::report
