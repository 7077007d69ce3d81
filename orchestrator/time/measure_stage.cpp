#include "orchestrator/time/measure_stage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "measure/rounds/race.h"
#include "orchestrator/build/row.h"
#include "orchestrator/plan/project.h"
#include "orchestrator/time/thresholds.h"
#include "pgo/recipe.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// What an interrupted run measured of a workload.
struct Earlier {
  std::vector<measure::Series> series;
  measure::Ends ends;
  bool is_complete = false;  ///< nothing is to be added
  bool restarted = false;    ///< it was restarted already
};

/// The participants of a workload: its entrants, and the baseline's copy.
struct Field {
  Entrants entrants;
  std::vector<measure::Contender> contenders;
  std::map<std::string, std::string> code;  ///< contender -> hash of its code
  std::set<std::string> left;               ///< contenders that the journal knows to have dropped out
  const Complaints* complaints = nullptr;
  measure::RaceRules rules;

  /// References and the control.
  std::set<std::string> in_some_rounds() const {
    std::set<std::string> names;
    for (const auto& contender : contenders)
      if (contender.bystander || contender.every > 1) names.insert(contender.name);
    return names;
  }
};

/// Whether others are the same variant, trained without one of its workloads.
bool is_compared_without(const Entrant& entrant, const Entrants& all) {
  return std::ranges::any_of(all, [&](const Entrant& other) {
    return other.is_trained_without() && other.plan->left_out->variant == entrant.name;
  });
}

/// What is timed without training with this workload, by its place, with that of the variant that has it.
std::vector<std::pair<std::size_t, std::size_t>> losses_in(const Workload& workload, const Entrants& all) {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].is_trained_without() || all[i].plan->left_out->workload != workload.name) continue;
    for (std::size_t whole = 0; whole < all.size(); ++whole)
      if (all[whole].name == all[i].plan->left_out->variant) pairs.emplace_back(whole, i);
  }
  return pairs;
}

Field field_of(const Workload& workload, const Entrants& entrants, const Rows& rows,
               const Stopwatch& stopwatch, const fs::path& scratch, Complaints& complaints) {
  const auto& config = stopwatch.planner.config();
  Field field;
  field.complaints = &complaints;
  field.rules.claim = stopwatch.claim;
  field.rules.drop = config.measure.race;
  for (const auto& entrant : entrants) {
    if (!takes_part(entrant, workload)) continue;
    const std::size_t place = field.contenders.size();
    if (entrant.is_baseline()) field.rules.baseline = place;
    if (entrant.reference || entrant.is_trained_without()) field.rules.bystanders.push_back(place);
    if (is_asked_for(entrant.name, config.questions) || is_compared_without(entrant, entrants))
      field.rules.kept.push_back(place);
    field.contenders.push_back(contender_of(workload, entrant, stopwatch, scratch, entrant.id, complaints));
    field.contenders.back().checked = checked_files(entrant, rows);
    field.code[entrant.name] = toolchains::sha256(code_of(entrant, workload, rows, stopwatch.planner) +
                                                  stopwatch.sources.digest_of_inputs(workload));
    field.entrants.push_back(entrant);
  }
  field.rules.pairs = losses_in(workload, field.entrants);
  field.rules.thresholds = thresholds_of(workload, field.entrants, field.rules.baseline, config);
  if (!config.measure.control) return field;
  const measure::Contender& baseline = field.contenders[field.rules.baseline];
  auto control = contender_of(workload, field.entrants[field.rules.baseline], stopwatch, scratch,
                              measure::control_id, complaints);
  control.name = measure::control_name;
  control.checked = baseline.checked;
  control.every = measure::control_every;
  field.code[measure::control_name] = field.code[baseline.name];
  field.rules.control = field.contenders.size();
  field.contenders.push_back(std::move(control));
  return field;
}

void record_who_left(const Workload& workload, Field& field, const measure::Measured& measured,
                     const Stopwatch& stopwatch) {
  for (const auto& series : measured.series)
    if ((series.lost || !series.failure.empty()) && field.left.insert(series.name).second) {
      const auto known = field.complaints->find(series.id);
      const bool no_room =
          known != field.complaints->end() && is_lack_of_room(known->second.failure, series.failure);
      stopwatch.journal.contender_left(workload.name, series, field.code.at(series.name), no_room);
    }
}

measure::RoundsOptions rounds_options(const Workload& workload, Field& field, const Stopwatch& stopwatch,
                                      const fs::path& scratch) {
  measure::RoundsOptions options;
  options.scratch = scratch;
  options.file_name = workload.program;
  options.budget.time = stopwatch.budget;
  options.budget.min_rounds = measure::fewest_rounds;
  options.warmup = stopwatch.planner.config().measure.warmup;
  options.seed = stopwatch.seed;
  options.on_round =
      [&, show = showing_rounds(workload.name, stopwatch.progress)](const measure::Progress& progress) {
        record_who_left(workload, field, progress.so_far, stopwatch);
        stopwatch.journal.round_finished(workload.name, progress, field.code);
        show(progress);
      };
  return options;
}

measure::Measured measure_workload(const Workload& workload, Field& field, const Earlier& earlier,
                                   const Stopwatch& stopwatch, const fs::path& scratch) {
  field.rules.accuse = !earlier.restarted;
  auto options = rounds_options(workload, field, stopwatch, scratch);
  options.had = usable(earlier.series, field.code, field.in_some_rounds());
  if (!options.had.empty()) options.had_ends = earlier.ends;
  if (!options.had.empty() && earlier.is_complete) return measure::measured_before(field.contenders, options);
  if (!earlier.series.empty() && options.had.empty()) {
    stopwatch.progress.note(
        fmt::format("{}: times of the earlier run are not used: the code, the inputs or the variants changed",
                    workload.name));
    stopwatch.journal.workload_discarded(workload.name);
  }
  stopwatch.progress.measuring(workload.name, 1, 0, std::nullopt);
  stopwatch.progress.pause();
  const auto say_restart = [&](const measure::Measured& thrown_away) {
    stopwatch.progress.note(fmt::format(
        "{}: the baseline measured differently from its own copy after {} rounds; restarting with "
        "fresh copies",
        workload.name, thrown_away.rounds));
    stopwatch.journal.workload_restarted(workload.name);
    field.left.clear();
  };
  auto measured =
      measure::race(field.contenders, stopwatch.sampler, std::move(options), field.rules, say_restart);
  stopwatch.progress.resume();
  stopwatch.progress.measured(workload.name, measured.rounds);
  record_who_left(workload, field, measured, stopwatch);
  if (!measured.interrupted) stopwatch.journal.workload_measured(workload.name, measured.ends);
  return measured;
}

/// The control against the baseline.
void add_controls(const Field& field, const measure::Measured& measured, report::Benchmark& benchmark) {
  if (!field.rules.control) return;
  const auto& baseline = measured.series[field.rules.baseline];
  const auto& copy = measured.series[*field.rules.control];
  const auto control_of = [&](measure::Quantity quantity) {
    const auto found = measure::control_of(baseline, copy, quantity).against_baseline;
    return report::Control{found.effect_pct, found.lo_pct, found.hi_pct};
  };
  benchmark.control = control_of(measure::Quantity::wall);
  benchmark.cpu_control = control_of(measure::Quantity::cpu);
  benchmark.noise_floor = measure::control_of(baseline, copy).noise_floor_pct;
}

report::Samples to_samples(const measure::Series& series) {
  report::Samples samples;
  samples.rounds = series.rounds;
  for (std::size_t i = 0; i < series.samples.size(); ++i) {
    const auto& sample = series.samples[i];
    samples.times.push_back(sample.wall);
    samples.user_times.push_back(sample.user);
    samples.system_times.push_back(sample.system);
    samples.memory.push_back(sample.peak_rss);
    samples.exit_codes.push_back(sample.capped ? std::nullopt : std::optional(sample.exit_code));
    if (sample.capped) samples.censored.push_back(series.rounds[i]);
  }
  return samples;
}

/// The raw times, and the control's figures.
report::Benchmark to_benchmark(const Workload& workload, const Field& field,
                               const measure::Measured& measured, const Planner& planner) {
  report::Benchmark benchmark;
  benchmark.workload = workload.name;
  benchmark.rounds = measured.rounds;
  add_controls(field, measured, benchmark);
  if (const int ends = measured.ends.closing(); ends > 0) benchmark.ends = ends;
  for (std::size_t i = 0; i < field.entrants.size(); ++i) {
    const Entrant& entrant = field.entrants[i];
    auto& samples = benchmark.results.emplace_back(to_samples(measured.series[i]));
    (entrant.plan ? samples.variant : samples.reference) = entrant.name;
    // The environment of a variant is among its settings.
    samples.command =
        to_shell(entrant.reference
                     ? run_of(entrant, workload, planner).command
                     : pgo::workload_command(workload, program_of(entrant, workload, planner.layout()), {}));
  }
  return benchmark;
}

/// "references ran in some of the 60 rounds: 'c' in 16"; empty: there are none.
std::string rounds_of_references(const Field& field, const measure::Measured& measured) {
  std::vector<std::string> texts;
  for (const std::size_t i : field.rules.bystanders)
    if (const auto& series = measured.series[i]; field.contenders[i].bystander && series.failure.empty())
      texts.push_back(fmt::format("'{}' in {}", series.name, series.rounds.size()));
  if (texts.empty()) return "";
  return fmt::format("references ran in some of the {} rounds: {}", measured.rounds, fmt::join(texts, ", "));
}

/// "143 of 480 runs were enough, because slow variants were dropped early; runs longer than five times
/// the baseline (and 100 ms) were stopped: 9 of 18 runs of 'slow'"; empty: it saved nothing. References
/// are not counted.
std::string saved_by_racing(const Field& field, const measure::Measured& measured) {
  std::size_t taken = 0, contenders = 0;
  std::vector<std::string> stopped;
  for (std::size_t i = 0; i < measured.series.size(); ++i) {
    const auto& series = measured.series[i];
    if (!series.failure.empty() || field.contenders[i].bystander || i == field.rules.control) continue;
    taken += series.samples.size();
    const auto cut = std::ranges::count_if(series.samples, &measure::Sample::capped);
    if (cut > 0)
      stopped.push_back(fmt::format("{} of {} runs of '{}'", cut, series.samples.size(), series.name));
    ++contenders;
  }
  const std::size_t all = contenders * static_cast<std::size_t>(measured.rounds);
  std::vector<std::string> texts;
  if (taken < all)
    texts.push_back(
        fmt::format("{} of {} runs were enough, because slow variants were dropped early", taken, all));
  if (!stopped.empty())
    texts.push_back(fmt::format("runs longer than five times the baseline (and 100 ms) were stopped: {}",
                                fmt::join(stopped, ", ")));
  return fmt::format("{}", fmt::join(texts, "; "));
}

/// What fails while it is timed is not ranked, however fast it was before; nor is a variant with
/// the same code.
void take_failures(const std::string& workload, const Field& field, const measure::Measured& measured,
                   const Complaints& complaints, Rows& rows, report::Progress& progress) {
  for (const auto& series : measured.series) {
    if (series.failure.empty()) continue;
    auto failed = failed_step("measure " + workload, series.failure);
    auto status = report::Status::failed;
    if (const auto known = complaints.find(series.id); known != complaints.end()) {
      failed.failure = known->second.failure;
      status = known->second.status;
    }
    const bool is_control = series.id == measure::control_id;  // it is the baseline's program
    const EntrantId id = is_control ? field.contenders[field.rules.baseline].id : series.id;
    for (auto& row : rows.variants) {
      if (row.status != report::Status::ok || rows.id(rows.original(row)) != id) continue;
      mark_failed(row, failed);
      row.status = status;
      progress.stage_failed(row.name, row.reason);
    }
    for (auto& row : rows.references) {
      if (row.status != report::Status::ok || rows.id(row) != id) continue;
      mark_failed(row, failed);
      row.status = status;
      progress.warning(fmt::format("reference {} failed: {}", row.name, row.reason));
    }
  }
}

}  // namespace

Timed time_programs(const Entrants& entrants, const std::vector<Workload>& workloads,
                    const Unfinished& earlier, bool more_time, const Stopwatch& stopwatch, Rows rows) {
  const fs::path scratch = stopwatch.planner.layout().scratch() / "measure";
  toolchains::make_folders(scratch);
  Timed timed;
  for (const auto& workload : workloads) {
    if (toolchains::interrupted()) break;
    if (!workload.measured()) continue;
    const auto complete = earlier.measured.find(workload.name);
    Earlier before{{},
                   complete != earlier.measured.end() ? complete->second : measure::Ends(),
                   !more_time && complete != earlier.measured.end(),
                   earlier.restarted.contains(workload.name)};
    if (const auto had = earlier.measurements.find(workload.name); had != earlier.measurements.end())
      before.series = had->second;
    Complaints complaints;
    Field field = field_of(workload, ready(entrants, rows), rows, stopwatch, scratch, complaints);
    auto measured = measure_workload(workload, field, before, stopwatch, scratch);
    // Some of the runs had other inputs than those that were checked, nobody knows which.
    if (const auto changed = stopwatch.sources.changed_input(workload); !changed.empty())
      for (auto& series : measured.series)
        if (series.failure.empty()) series.failure = changed;
    take_failures(workload.name, field, measured, complaints, rows, stopwatch.progress);
    timed.benchmarks.push_back(to_benchmark(workload, field, measured, stopwatch.planner));
    for (const auto& text : {saved_by_racing(field, measured), rounds_of_references(field, measured)})
      if (!text.empty()) timed.notes.push_back(fmt::format("'{}': {}", workload.name, text));
    timed.measurements.emplace(workload.name, std::move(measured));
  }
  timed.rows = std::move(rows);
  return timed;
}

}  // namespace pgo_orch::orchestrator
