#include "report/flamegraph.h"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "toolchains/files.h"

namespace pgo_orch::report {

namespace fs = std::filesystem;
using measure::Stacks;
using toolchains::Probe;
using toolchains::Program;
using toolchains::Runner;

namespace {

fs::path with_ending(const fs::path& stem, const char* ending) {
  return stem.string() + ending;
}

/// A picture of a file of folded stacks; why there is none, if so.
std::string draw(Runner& runner, const Program& inferno, const fs::path& folded, const fs::path& svg,
                 const std::string& title, const std::string& subtitle, const std::string& unit) {
  const fs::path part = with_ending(svg, ".part");
  const toolchains::Command command{
      .argv = {inferno.path.string(), "--quiet", "--deterministic", "--title", title, "--subtitle", subtitle,
               "--countname", unit, folded.string()},
      .stdout_file = part};
  const auto captured = runner.run(command);
  std::error_code ignored;
  if (captured.ok()) {
    fs::rename(part, svg);
    return "";
  }
  fs::remove(part, ignored);
  return fmt::format("{}: {}", to_shell(command), describe(captured));
}

FlameGraph write(Runner& runner, const Probe<Program>& inferno, const std::string& folded,
                 const std::string& title, const std::string& subtitle, const std::string& unit,
                 const fs::path& stem) {
  FlameGraph graph{.folded = with_ending(stem, ".folded"), .svg = {}, .note = ""};
  toolchains::write_file_atomically(graph.folded, folded);
  if (!inferno) {
    graph.note = fmt::format("no picture of {}: {}", graph.folded.string(), describe(inferno.missing()));
    return graph;
  }
  const fs::path svg = with_ending(stem, ".svg");
  graph.note = draw(runner, *inferno, graph.folded, svg, title, subtitle, unit);
  if (graph.note.empty()) graph.svg = svg;
  return graph;
}

std::string count_of(const Stacks& stacks, const std::string& stack) {
  const auto found = stacks.counts.find(stack);
  return std::to_string(found == stacks.counts.end() ? 0 : found->second);
}

/// Each stack of either, with both counts.
std::string both_folded(const Stacks& baseline, const Stacks& stacks) {
  Stacks all = baseline;
  all.add(stacks);
  std::string text;
  for (const auto& [stack, sum] : all.counts)
    text += fmt::format("{} {} {}\n", stack, count_of(baseline, stack), count_of(stacks, stack));
  return text;
}

/// 12345678 as "12,345,678".
std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

}  // namespace

std::string describe(const Stacks& stacks) {
  std::string text = fmt::format("{} {}", with_commas(stacks.total()), stacks.unit);
  if (!stacks.source.empty()) text += " by " + stacks.source;
  if (stacks.runs > 1) text += fmt::format(", {} runs", stacks.runs);
  return text;
}

Stacks scaled_to(const Stacks& baseline, const Stacks& stacks) {
  const auto looks = [](const Stacks& of) {
    return static_cast<double>(of.runs > 0 ? of.runs : 1) * (of.per_second > 0 ? of.per_second : 1);
  };
  const double factor = looks(stacks) / looks(baseline);
  Stacks scaled = baseline;
  for (auto& [stack, count] : scaled.counts)
    count = static_cast<std::uint64_t>(std::llround(static_cast<double>(count) * factor));
  return scaled;
}

FlameGraph write_flame_graph(Runner& runner, const Probe<Program>& inferno, const Stacks& stacks,
                             const std::string& title, const fs::path& stem) {
  return write(runner, inferno, to_folded(stacks), title, describe(stacks), stacks.unit, stem);
}

FlameGraph write_differential_flame_graph(Runner& runner, const Probe<Program>& inferno,
                                          const Stacks& baseline, const Stacks& stacks,
                                          const std::string& title, const fs::path& stem) {
  if (baseline.unit != stacks.unit || baseline.source != stacks.source)
    return {.folded = {},
            .svg = {},
            .note = fmt::format("no differential flame graph: {} are not comparable with {}",
                                describe(stacks), describe(baseline))};
  const std::string subtitle = fmt::format("red: more than the baseline, blue: less; {} over {}",
                                           describe(stacks), describe(baseline));
  return write(runner, inferno, both_folded(scaled_to(baseline, stacks), stacks), title, subtitle,
               stacks.unit, stem);
}

}  // namespace pgo_orch::report
