#include "orchestrator/build/balance.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "orchestrator/build/merging.h"
#include "toolchains/process_runner.h"
#include "toolchains/text.h"

namespace pgo_orch::orchestrator {

namespace {

/// All counts of one workload's profiles together.
StepResult count(const pgo::MergeStep& step, const pgo::MergeInput& input, toolchains::Runner& runner,
                 std::uint64_t& total) {
  const auto shown =
      toolchains::capture(runner, {.argv = {step.llvm_profdata.string(), "show", "--detailed-summary",
                                            merged_beside(input.raw_dir).string()}});
  const std::string text = toolchains::value_after(shown.out, "Total count:");
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), total);
  if (shown.ok() && !text.empty() && failed == std::errc()) return std::nullopt;
  return failed_step(
      "merge",
      fmt::format("llvm-profdata does not say how much workload {} counted: set balance = \"none\" in "
                  "the variant's pgo",
                  input.workload),
      step.log);
}

}  // namespace

std::vector<std::int64_t> balanced_weights(const std::vector<std::int64_t>& weights,
                                           const std::vector<std::uint64_t>& costs, bool powers) {
  const auto most = *std::ranges::max_element(costs);
  std::vector<std::int64_t> balanced;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto weight = static_cast<std::uint64_t>(weights[i]), cost = costs[i];
    if (cost == 0)
      balanced.push_back(weights[i]);
    else if (powers)
      balanced.push_back(
          weights[i] << std::lround(std::log2(static_cast<double>(most) / static_cast<double>(cost))));
    else  // the shell plan does the same
      balanced.push_back(static_cast<std::int64_t>((weight * most + cost / 2) / cost));
  }
  return balanced;
}

StepResult balance(pgo::MergeStep& step, const std::vector<StageRun>& runs, toolchains::Runner& runner,
                   std::vector<report::TrainedWorkload>& trained) {
  using profiles::Balance;
  if (step.balance == Balance::none || step.inputs.size() < 2) return std::nullopt;
  std::vector<std::uint64_t> costs;
  std::vector<std::int64_t> weights;
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    weights.push_back(step.inputs[i].weight);
    auto& cost = costs.emplace_back(static_cast<std::uint64_t>((runs[i].user + runs[i].system).count()));
    if (step.balance == Balance::time) continue;
    if (auto failed = count(step, step.inputs[i], runner, cost)) return failed;
    trained[i].counts = static_cast<std::int64_t>(cost);
  }
  const auto balanced = balanced_weights(weights, costs, step.balance == Balance::time);
  for (std::size_t i = 0; i < balanced.size(); ++i) {
    step.inputs[i].weight = balanced[i];
    trained[i].weight = balanced[i];
  }
  return std::nullopt;
}

}  // namespace pgo_orch::orchestrator
