#include "orchestrator/gate/rounds.h"

#include <fmt/format.h>

#include "orchestrator/build/prepare.h"
#include "orchestrator/time/contender.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using measure::GateMetric;
using measure::Quantity;

namespace {

constexpr std::size_t control_place = 2;

measure::Contender contender_of(const Workload& workload, const Built& built, std::size_t id,
                                const fs::path& scratch, const GateWork& work) {
  const fs::path log = work.layout.variant(built.row.name) / "measure.log";
  measure::Contender contender;
  contender.name = id == control_place ? measure::control_name : built.row.name;
  contender.id = id == control_place ? measure::control_id : id;
  contender.executable = programs_of(built, work.layout) / workload.program;
  contender.beside = contender.executable.parent_path();
  contender.checked = built.checked();
  contender.expected_exit_codes = workload.expect.exit_codes;
  if (id == control_place) contender.every = measure::control_every;
  contender.run = [&workload, &built, scratch, log](const fs::path& copy) {
    auto spec = spec_of(variant_command(workload, copy, built.settings), workload, scratch);
    spec.stderr_file = log;
    return spec;
  };
  if (workload.prepare.empty()) return contender;
  contender.prepare = [&workload, &work, log](const fs::path& copy) {
    const auto failed = run_prepare(workload, copy, work.runner, log);
    return failed && !failed->interrupted ? failed->reason : "";
  };
  return contender;
}

measure::RaceRules rules_of(const Workload& workload, const measure::Claim& claim, const GateClock& clock,
                            const GateWork& work) {
  measure::RaceRules rules{.claim = claim, .baseline = base_place, .control = control_place};
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

measure::Measured time_both(const Workload& workload, const BothBuilt& both, const measure::Claim& claim,
                            const GateClock& clock, const GateWork& work) {
  const fs::path scratch = work.layout.scratch() / "measure";
  toolchains::make_folders(scratch);
  const std::vector<measure::Contender> contenders{
      contender_of(workload, both[base_place], base_place, scratch, work),
      contender_of(workload, both[head_place], head_place, scratch, work),
      contender_of(workload, both[base_place], control_place, scratch, work)};
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
  auto measured =
      measure::race(contenders, clock.sampler, std::move(options), rules_of(workload, claim, clock, work));
  progress.resume();
  progress.measured(workload.name, measured.rounds);
  if (measured.interrupted || toolchains::interrupted())
    throw Error("interrupted: nothing was judged", Exit::interrupted);
  for (const std::size_t place : {base_place, control_place})
    if (const auto& failure = measured.series[place].failure; !failure.empty())
      throw Error(fmt::format("BASE failed while workload '{}' was timed: {}", workload.name, failure),
                  Exit::failed);
  return measured;
}

}  // namespace pgo_orch::orchestrator
