#include "orchestrator/measure_stage.h"

#include <fmt/format.h>

#include "orchestrator/cargo_files.h"
#include "orchestrator/prepare.h"
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

/// argv[0] is the program's name in every variant: only the file that is executed differs.
measure::RunSpec run_of(const Workload& workload, const Candidate& candidate, const fs::path& copy,
                        const fs::path& scratch) {
  const auto command = pgo::workload_command(workload, copy, candidate.run_env);
  measure::RunSpec spec;
  spec.argv = command.argv;
  if (workload.command.empty()) {
    spec.executable = copy;
    spec.argv.front() = workload.program;
  } else {
    const auto program = toolchains::find_executable(spec.argv.front(), command.env, command.cwd);
    spec.executable = program.value_or(spec.argv.front());
  }
  spec.env = full_environment(command.env);
  spec.cwd = command.cwd;
  spec.stdin_file = command.stdin_file;
  spec.stdout_mode = workload.stdout_mode;
  if (workload.stdout_mode == pgo::StdoutMode::file) spec.stdout_file = scratch / "stdout";
  spec.timeout = workload.timeout;
  return spec;
}

std::optional<Nanoseconds> time_left(const measure::Progress& progress) {
  if (progress.round == 0 || progress.planned <= progress.round) return std::nullopt;
  return progress.spent * (progress.planned - progress.round) / progress.round;
}

}  // namespace

measure::Measured measure_workload(const Workload& workload, const std::vector<Candidate>& candidates,
                                   const std::vector<measure::Series>& had, const Stopwatch& stopwatch) {
  const fs::path scratch = stopwatch.planner.layout().scratch() / "measure";
  toolchains::make_folders(scratch);
  std::vector<measure::Contender> contenders;
  std::map<std::string, std::string> code;
  const fs::path log = stopwatch.planner.layout().state / "measure.log";
  const auto prepare = [&](const fs::path& copy) {
    const auto failed = run_prepare(pgo::with_executable(workload, copy), stopwatch.runner, log);
    return failed && !failed->interrupted ? failed->reason : "";
  };
  for (const auto& candidate : candidates) {
    const auto run = [&workload, candidate, scratch](const fs::path& copy) {
      return run_of(workload, candidate, copy, scratch);
    };
    measure::Contender contender;
    contender.name = candidate.name;
    contender.executable = stopwatch.planner.layout().variant(candidate.name) / "bin" / workload.program;
    contender.run = run;
    contender.expected_exit_code = workload.expect.exit_code;
    if (!workload.prepare.empty()) contender.prepare = prepare;
    contenders.push_back(std::move(contender));
    code[candidate.name] = candidate.code.at(workload.program);
  }
  measure::RoundsOptions options;
  options.scratch = scratch;
  options.file_name = workload.program;
  options.budget.time = stopwatch.budget;
  options.budget.min_rounds = 3;  // the fewest that can tell noise from difference at all
  options.warmup = stopwatch.planner.config().measure.warmup;
  options.seed = stopwatch.seed;
  options.had = usable(had, code);
  if (!had.empty() && options.had.empty()) {
    stopwatch.progress.note(fmt::format(
        "{}: the earlier run's times are of other code or variants, and not used", workload.name));
  }
  options.on_round = [&](const measure::Progress& progress) {
    stopwatch.journal.round_finished(workload.name, progress, code);
    // Between rounds only: drawing while a program is timed would disturb it.
    stopwatch.progress.resume();
    stopwatch.progress.measuring(workload.name, progress.round, progress.planned, time_left(progress));
    stopwatch.progress.pause();
  };
  stopwatch.progress.measuring(workload.name, 1, 0, std::nullopt);
  stopwatch.progress.pause();
  auto measured = measure::measure_rounds(contenders, stopwatch.sampler, options);
  stopwatch.progress.resume();
  stopwatch.progress.measured(workload.name, measured.rounds);
  return measured;
}

report::Benchmark to_benchmark(const Workload& workload, const measure::Measured& measured,
                               const Planner& planner) {
  report::Benchmark benchmark;
  benchmark.workload = workload.name;
  benchmark.rounds = measured.rounds;
  for (const auto& series : measured.series) {
    report::Samples samples;
    samples.variant = series.name;
    samples.command = to_shell(pgo::workload_command(
        workload, planner.layout().variant(series.name) / "bin" / workload.program, {}));
    samples.rounds = series.rounds;
    for (const auto& sample : series.samples) {
      samples.times.push_back(sample.wall);
      samples.user_times.push_back(sample.user);
      samples.system_times.push_back(sample.system);
      samples.memory.push_back(sample.peak_rss);
      samples.exit_codes.emplace_back(sample.exit_code);
    }
    benchmark.results.push_back(std::move(samples));
  }
  return benchmark;
}

}  // namespace pgo_orch::orchestrator
