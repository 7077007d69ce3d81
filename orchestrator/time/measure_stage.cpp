#include "orchestrator/time/measure_stage.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "measure/rounds/control.h"
#include "measure/rounds/race.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/references.h"
#include "orchestrator/plan/cargo_files.h"
#include "pgo/recipe.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> full_environment(const toolchains::EnvironmentChanges& changes) {
  auto environment = current_environment();
  for (const auto& [name, value] : changes) {
    if (value)
      environment[name] = *value;
    else
      environment.erase(name);
  }
  return environment;
}

measure::RunSpec spec_of(const toolchains::Command& command, const Workload& workload,
                         const fs::path& scratch) {
  measure::RunSpec spec;
  spec.argv = command.argv;
  const auto program = toolchains::find_executable(spec.argv.front(), command.env, command.cwd);
  spec.executable = program.value_or(spec.argv.front());
  spec.env = full_environment(command.env);
  spec.cwd = command.cwd;
  spec.stdin_file = command.stdin_file;
  spec.stdout_mode = workload.stdout_mode;
  if (workload.stdout_mode == pgo::StdoutMode::file) spec.stdout_file = scratch / "stdout";
  spec.timeout = workload.timeout;
  return spec;
}

/// As this run times its programs.
measure::RunSpec on(const Stopwatch& stopwatch, measure::RunSpec spec) {
  spec.affinity = stopwatch.cpus;
  spec.fixed_layout = stopwatch.fixed_layout;
  return spec;
}

void set_expectations(const Workload& workload, const Stopwatch& stopwatch, measure::Contender& contender) {
  contender.expected_exit_code = workload.expect.exit_code;
  if (workload.prepare.empty()) return;
  contender.prepare = [&workload, &stopwatch](const fs::path& copy) {
    const fs::path log = stopwatch.planner.layout().state / "measure.log";
    const auto failed = run_prepare(pgo::with_executable(workload, copy), stopwatch.runner, log);
    return failed && !failed->interrupted ? failed->reason : "";
  };
}

std::optional<Nanoseconds> time_left(const measure::Progress& progress) {
  if (progress.round == 0 || progress.planned <= progress.round) return std::nullopt;
  return progress.spent * (progress.planned - progress.round) / progress.round;
}

}  // namespace

measure::RunSpec run_of(const Workload& workload, const std::map<std::string, std::string>& run_env,
                        const fs::path& executable, const fs::path& scratch) {
  auto spec = spec_of(pgo::workload_command(workload, executable, run_env), workload, scratch);
  if (!workload.command.empty()) return spec;
  spec.executable = executable;
  spec.argv.front() = workload.program;
  return spec;
}

measure::RunSpec run_of(const Workload& workload, const Reference& reference, const Planner& planner,
                        const fs::path& scratch) {
  return spec_of(reference_run(reference, workload, planner).command, workload, scratch);
}

measure::Contender contender_of(const Workload& workload, const Candidate& candidate,
                                const Stopwatch& stopwatch, const fs::path& scratch) {
  measure::Contender contender;
  contender.name = candidate.name;
  contender.executable = stopwatch.planner.layout().variant(candidate.name) / "bin" / workload.program;
  contender.run = [&workload, &stopwatch, candidate, scratch](const fs::path& copy) {
    return on(stopwatch, run_of(workload, candidate.run_env, copy, scratch));
  };
  set_expectations(workload, stopwatch, contender);
  return contender;
}

measure::Contender contender_of(const Workload& workload, const Reference& reference,
                                const Stopwatch& stopwatch, const fs::path& scratch) {
  measure::Contender contender;
  contender.name = reference.name;
  contender.bystander = true;
  contender.executable = copied_program(reference, stopwatch.planner.layout());
  contender.run = [&workload, &reference, &stopwatch, scratch](const fs::path& copy) {
    auto spec = on(stopwatch, spec_of(reference_run(reference, workload, stopwatch.planner, copy).command,
                                      workload, scratch));
    if (!copy.empty() && spec.argv.front() == copy.string()) spec.argv.front() = workload.program;
    return spec;
  };
  set_expectations(workload, stopwatch, contender);
  if (contender.executable.empty() && contender.prepare) {
    // Without a copy {exe} is what it always is.
    contender.prepare = [own = contender.prepare, &workload, &reference, &stopwatch](const fs::path&) {
      return own(reference_run(reference, workload, stopwatch.planner).executable);
    };
  }
  return contender;
}

namespace {

/// Who takes part: the candidates, the baseline first as they are in their order, and its copy.
struct Field {
  std::vector<measure::Contender> contenders;
  std::map<std::string, std::string> code;  ///< contender -> hash of its code
  std::set<std::string> left;               ///< contenders of which the journal knows that they run no more
  std::set<std::string> references;         ///< contenders that are no variants
  measure::RaceRules rules;
};

Field field_of(const Workload& workload, const std::vector<Candidate>& candidates, const Stopwatch& stopwatch,
               const fs::path& scratch) {
  const auto& config = stopwatch.planner.config();
  const std::string baseline = config.variants->at(config.variants->baseline()).name;
  Field field;
  field.rules.claim = stopwatch.claim;
  field.rules.drop = config.measure.race;
  for (const auto& candidate : candidates) {
    if (candidate.name == baseline) field.rules.baseline = field.contenders.size();
    field.contenders.push_back(contender_of(workload, candidate, stopwatch, scratch));
    field.code[candidate.name] = candidate.code.at(workload.program);
  }
  for (const Reference* reference : stopwatch.references) {
    if (!takes_part(*reference, workload)) continue;
    field.rules.bystanders.push_back(field.contenders.size());
    field.contenders.push_back(contender_of(workload, *reference, stopwatch, scratch));
    field.code[reference->name] = reference_code(*reference, workload, stopwatch.planner);
    field.references.insert(reference->name);
  }
  if (!config.measure.control) return field;
  field.rules.control = field.contenders.size();
  field.contenders.push_back(field.contenders[field.rules.baseline]);
  field.contenders.back().name = measure::control_name;
  field.code[measure::control_name] = field.code[baseline];
  return field;
}

measure::RoundsOptions rounds_options(const Workload& workload, Field& field, const Stopwatch& stopwatch,
                                      const fs::path& scratch) {
  measure::RoundsOptions options;
  options.scratch = scratch;
  options.file_name = workload.program;
  options.budget.time = stopwatch.budget;
  options.budget.min_rounds = 3;  // the fewest that can tell noise from difference at all
  options.warmup = stopwatch.planner.config().measure.warmup;
  options.seed = stopwatch.seed;
  options.on_round = [&](const measure::Progress& progress) {
    for (const auto& series : progress.so_far.series)
      if ((series.lost || !series.failure.empty()) && field.left.insert(series.name).second)
        stopwatch.journal.contender_left(workload.name, series, field.code.at(series.name));
    stopwatch.journal.round_finished(workload.name, progress, field.code);
    // Between rounds only: drawing while a program is timed would disturb it.
    stopwatch.progress.resume();
    stopwatch.progress.measuring(workload.name, progress.round, progress.planned, time_left(progress));
    stopwatch.progress.pause();
  };
  return options;
}

/// What an earlier run had, in the order of the contenders.
measure::Measured as_measured(const Field& field, const measure::RoundsOptions& options) {
  measure::Measured measured;
  measured.seed = options.seed;
  for (const auto& contender : field.contenders) {
    const auto had = std::ranges::find(options.had, contender.name, &measure::Series::name);
    measured.series.push_back(
        had != options.had.end()
            ? *had
            : measure::Series{.name = contender.name, .rounds = {}, .samples = {}, .failure = {}});
    const auto& rounds = measured.series.back().rounds;
    if (!rounds.empty()) measured.rounds = std::max(measured.rounds, rounds.back());
  }
  return measured;
}

}  // namespace

measure::Measured measure_workload(const Workload& workload, const std::vector<Candidate>& candidates,
                                   const Earlier& earlier, const Stopwatch& stopwatch) {
  const fs::path scratch = stopwatch.planner.layout().scratch() / "measure";
  toolchains::make_folders(scratch);
  Field field = field_of(workload, candidates, stopwatch, scratch);
  field.rules.accuse = !earlier.restarted;
  auto options = rounds_options(workload, field, stopwatch, scratch);
  options.had = usable(earlier.series, field.code, field.references);
  if (!options.had.empty() && earlier.is_complete) return as_measured(field, options);
  if (!earlier.series.empty() && options.had.empty()) {
    stopwatch.progress.note(fmt::format(
        "{}: the earlier run's times are of other code or variants, and not used", workload.name));
    stopwatch.journal.workload_discarded(workload.name);
  }
  stopwatch.progress.measuring(workload.name, 1, 0, std::nullopt);
  stopwatch.progress.pause();
  const auto say_restart = [&](const measure::Measured& thrown_away) {
    stopwatch.progress.note(
        fmt::format("{}: the baseline and a copy of it were told apart after {} rounds; all begins anew with "
                    "fresh copies",
                    workload.name, thrown_away.rounds));
    stopwatch.journal.workload_restarted(workload.name);
    field.left.clear();
  };
  auto measured =
      measure::race(field.contenders, stopwatch.sampler, std::move(options), field.rules, say_restart);
  stopwatch.progress.resume();
  stopwatch.progress.measured(workload.name, measured.rounds);
  if (!measured.interrupted) stopwatch.journal.workload_measured(workload.name);
  return measured;
}

namespace {

const measure::Series* find_series(const measure::Measured& measured, const std::string& name) {
  const auto found = std::ranges::find(measured.series, name, &measure::Series::name);
  return found == measured.series.end() ? nullptr : &*found;
}

/// The control's effect by itself, as the referee looks at it.
void add_control(const measure::Measured& measured, const Planner& planner, report::Benchmark& benchmark) {
  const auto& config = planner.config();
  const auto* control = find_series(measured, measure::control_name);
  const auto* baseline = find_series(measured, config.variants->at(config.variants->baseline()).name);
  if (!control || !baseline) return;
  const auto found = measure::control_of(*baseline, *control);
  const auto& copy = found.against_baseline;
  benchmark.control = report::Control{copy.effect_pct, copy.lo_pct, copy.hi_pct};
  benchmark.noise_floor = found.noise_floor_pct;
}

}  // namespace

report::Benchmark to_benchmark(const Workload& workload, const measure::Measured& measured,
                               const Planner& planner) {
  report::Benchmark benchmark;
  benchmark.workload = workload.name;
  benchmark.rounds = measured.rounds;
  add_control(measured, planner, benchmark);
  for (const auto& series : measured.series) {
    if (series.name == measure::control_name) continue;
    report::Samples samples;
    if (const auto* reference = find_reference(planner.config(), series.name)) {
      samples.reference = series.name;
      samples.command = to_shell(reference_run(*reference, workload, planner).command);
    } else {
      samples.variant = series.name;
      samples.command = to_shell(pgo::workload_command(
          workload, planner.layout().variant(series.name) / "bin" / workload.program, {}));
    }
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
    benchmark.results.push_back(std::move(samples));
  }
  return benchmark;
}

namespace {

bool contains(const std::vector<const Reference*>& references, const std::string& name) {
  return std::ranges::any_of(references, [&](const Reference* each) { return each->name == name; });
}

}  // namespace

std::string rounds_of_references(const measure::Measured& measured,
                                 const std::vector<const Reference*>& references) {
  std::vector<std::string> texts;
  for (const auto& series : measured.series)
    if (contains(references, series.name) && series.failure.empty())
      texts.push_back(fmt::format("'{}' in {}", series.name, series.rounds.size()));
  if (texts.empty()) return "";
  return fmt::format("of {} rounds, references ran in some: {}", measured.rounds, fmt::join(texts, ", "));
}

std::string saved_by_racing(const measure::Measured& measured,
                            const std::vector<const Reference*>& references) {
  std::size_t taken = 0, contenders = 0;
  std::vector<std::string> stopped;
  for (const auto& series : measured.series) {
    if (!series.failure.empty() || contains(references, series.name)) continue;
    taken += series.samples.size();
    const auto cut = std::ranges::count_if(series.samples, &measure::Sample::capped);
    if (cut > 0) stopped.push_back(fmt::format("{} of {} of '{}'", cut, series.samples.size(), series.name));
    ++contenders;
  }
  const std::size_t all = contenders * static_cast<std::size_t>(measured.rounds);
  if (taken == all && stopped.empty()) return "";
  std::string text = fmt::format("racing took {} of {} runs", taken, all);
  if (!stopped.empty())
    text += fmt::format("; runs over five times the baseline's time (and 100 ms) were stopped: {}",
                        fmt::join(stopped, ", "));
  return text;
}

}  // namespace pgo_orch::orchestrator
