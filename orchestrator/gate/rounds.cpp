#include "orchestrator/gate/rounds.h"

#include <fmt/format.h>

#include "orchestrator/build/prepare.h"
#include "orchestrator/judge/gate_verdict.h"
#include "orchestrator/time/contender.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using measure::GateMetric;
using measure::Quantity;

namespace {

/// The copy of the old version that shows the noise.
enum class Copy { no, yes };

FinishedProgram program_of(const Workload& workload, const Built& built, std::size_t order, Copy copy,
                           const GateWork& work) {
  const bool is_copy = copy == Copy::yes;
  return {.name = is_copy ? measure::control_name : built.row.name,
          .id = is_copy ? measure::control_id : 0,
          .executable = built.folders[order] / workload.program,
          .checked = built.checked[order],
          .settings = built.settings,
          .logs = work.layout.variant(built.row.name)};
}

/// Of each order of code both versions, and then the copy of the old one.
std::vector<measure::Contender> contenders_of(const Workload& workload, const BothBuilt& both,
                                              const GateClock& clock, const fs::path& scratch,
                                              const GateWork& work) {
  std::vector<measure::Contender> contenders;
  const auto add = [&](std::size_t place, std::size_t order, Copy copy) {
    auto program = program_of(workload, both[place], order, copy, work);
    if (copy == Copy::no) program.id = contenders.size();
    if (place == base_place || !clock.differs) program.checker = clock.checker;
    contenders.push_back(contender_of(workload, program, scratch, work.runner));
  };
  for (std::size_t order = 0; order < pairs_of(both); ++order)
    for (const std::size_t place : {base_place, head_place}) add(place, order, Copy::no);
  add(base_place, 0, Copy::yes);
  contenders.back().every = measure::control_every;
  return contenders;
}

measure::RaceRules rules_of(const Workload& workload, const measure::Claim& claim, const GateClock& clock,
                            const GateWork& work) {
  measure::RaceRules rules{.claim = claim, .baseline = base_place, .control = head_place + 1};
  rules.drop = false;
  rules.only_thresholds = true;
  for (const auto metric : clock.metrics) {
    if (!is_timed(metric)) continue;
    const auto allowance = allowance_of(work.config, workload.name, metric);
    rules.thresholds.push_back({.of = head_place,
                                .to = base_place,
                                .quantity = metric == GateMetric::cpu      ? Quantity::cpu
                                            : metric == GateMetric::memory ? Quantity::memory
                                                                           : Quantity::wall,
                                .at = 100 * allowance.fraction,
                                .floor = allowance.floor});
  }
  return rules;
}

}  // namespace

bool is_timed(GateMetric metric) {
  return metric == GateMetric::wall || metric == GateMetric::cpu || metric == GateMetric::memory;
}

std::optional<std::string> failure_of_head(const measure::Measured& measured) {
  for (std::size_t place = head_place; place < measured.series.size(); place += 2)
    if (const auto& failure = measured.series[place].failure; !failure.empty()) return failure;
  return {};
}

std::size_t pairs_of(const BothBuilt& both) {
  return std::min(both[base_place].folders.size(), both[head_place].folders.size());
}

measure::Measured time_both(const Workload& workload, const BothBuilt& both, const measure::Claim& claim,
                            const GateClock& clock, const GateWork& work) {
  const fs::path scratch = work.layout.scratch() / "measure";
  toolchains::make_folders(scratch);
  const std::size_t pairs = pairs_of(both);
  const auto contenders = contenders_of(workload, both, clock, scratch, work);
  measure::RoundsOptions options;
  options.scratch = scratch;
  options.file_name = workload.program;
  options.budget.time = clock.budget;
  options.budget.min_rounds = measure::fewest_rounds;
  options.warmup = work.config.measure.warmup;
  options.seed = clock.seed;
  auto& progress = work.progress;
  options.on_round = showing_rounds(workload.name, progress);
  progress.measuring(workload.name, 1, 0, std::nullopt);
  progress.pause();
  if (pairs > 1)
    options.referee = [&](const measure::Measured& so_far, Nanoseconds) {
      const auto is_open = [&](GateMetric metric) {
        const auto allowance = allowance_of(work.config, workload.name, metric);
        return is_timed(metric) &&
               judge_timed(so_far, pairs, metric, allowance, claim).outcome == measure::GateOutcome::open;
      };
      return measure::Ruling{.lost = {}, .settled = std::ranges::none_of(clock.metrics, is_open)};
    };
  auto measured = pairs > 1 ? measure::measure_rounds(contenders, clock.sampler, options)
                            : measure::race(contenders, clock.sampler, std::move(options),
                                            rules_of(workload, claim, clock, work));
  progress.resume();
  progress.measured(workload.name, measured.rounds);
  if (measured.interrupted || toolchains::interrupted())
    throw Error("interrupted: nothing was judged", Exit::interrupted);
  for (std::size_t place = 0; place < measured.series.size(); ++place)
    if (const auto& failure = measured.series[place].failure; !failure.empty() && place % 2 == base_place)
      throw Error(fmt::format("BASE failed while workload '{}' was timed: {}", workload.name, failure));
  return measured;
}

}  // namespace pgo_orch::orchestrator
