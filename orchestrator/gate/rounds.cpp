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

measure::Contender contender_of(const Workload& workload, const Built& built, std::size_t order, Copy copy,
                                const fs::path& scratch, const GateWork& work) {
  const fs::path log = work.layout.variant(built.row.name) / "measure.log";
  measure::Contender contender;
  contender.name = copy == Copy::yes ? measure::control_name : built.row.name;
  if (copy == Copy::yes) contender.id = measure::control_id;
  contender.executable = built.folders[order] / workload.program;
  contender.beside = contender.executable.parent_path();
  contender.checked = built.checked[order];
  contender.expected_exit_codes = workload.expect.exit_codes;
  if (copy == Copy::yes) contender.every = measure::control_every;
  contender.run = [&workload, &built, scratch, log](const fs::path& program) {
    auto spec = spec_of(variant_command(workload, program, built.settings), workload, scratch);
    spec.stderr_file = log;
    return spec;
  };
  if (workload.prepare.empty()) return contender;
  contender.prepare = [&workload, &work, log](const fs::path& program) {
    const auto failed = run_prepare(workload, program, work.runner, log);
    return failed && !failed->interrupted ? failed->reason : "";
  };
  return contender;
}

/// Of each order of code both versions, and then the copy of the old one.
std::vector<measure::Contender> contenders_of(const Workload& workload, const BothBuilt& both,
                                              const fs::path& scratch, const GateWork& work) {
  std::vector<measure::Contender> contenders;
  for (std::size_t order = 0; order < pairs_of(both); ++order)
    for (const std::size_t place : {base_place, head_place}) {
      contenders.push_back(contender_of(workload, both[place], order, Copy::no, scratch, work));
      contenders.back().id = contenders.size() - 1;
    }
  contenders.push_back(contender_of(workload, both[base_place], 0, Copy::yes, scratch, work));
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

std::size_t pairs_of(const BothBuilt& both) {
  return std::min(both[base_place].folders.size(), both[head_place].folders.size());
}

measure::Measured time_both(const Workload& workload, const BothBuilt& both, const measure::Claim& claim,
                            const GateClock& clock, const GateWork& work) {
  const fs::path scratch = work.layout.scratch() / "measure";
  toolchains::make_folders(scratch);
  const std::size_t pairs = pairs_of(both);
  const auto contenders = contenders_of(workload, both, scratch, work);
  measure::RoundsOptions options;
  options.scratch = scratch;
  options.file_name = workload.program;
  options.budget.time = clock.budget;
  options.budget.min_rounds = measure::fewest_rounds;
  options.warmup = work.config.measure.warmup;
  options.seed = clock.seed;
  auto& progress = work.progress;
  options.on_round = [&](const measure::Progress& at) {
    std::optional<Nanoseconds> left;
    if (at.round > 0 && at.planned > at.round) left = at.spent * (at.planned - at.round) / at.round;
    progress.resume();
    progress.measuring(workload.name, at.round, at.planned, left);
    progress.pause();
  };
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
      throw Error(fmt::format("BASE failed while workload '{}' was timed: {}", workload.name, failure),
                  Exit::failed);
  return measured;
}

}  // namespace pgo_orch::orchestrator
