#include "orchestrator/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>

#include "measure/timer_sampler.h"
#include "orchestrator/build_rounds.h"
#include "orchestrator/build_scenarios.h"
#include "orchestrator/compare.h"
#include "orchestrator/decide.h"
#include "orchestrator/gates.h"
#include "orchestrator/judge.h"
#include "orchestrator/layout_check.h"
#include "orchestrator/matrix_build.h"
#include "orchestrator/measure_stage.h"
#include "orchestrator/prepare.h"
#include "orchestrator/references.h"
#include "orchestrator/run_header.h"
#include "orchestrator/source_edit.h"
#include "toolchains/file_lock.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/host.h"
#include "toolchains/interrupt.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Status;
using report::VariantResult;

namespace {

/// Shows each command before it runs, if asked to.
class ShowingRunner : public toolchains::Runner {
 public:
  explicit ShowingRunner(report::Progress& progress) : progress_(progress) {}
  toolchains::Outcome run(const toolchains::Command& command) override {
    progress_.command(to_shell(command));
    return runner_.run(command);
  }

 private:
  report::Progress& progress_;
  toolchains::ProcessRunner runner_;
};

/// What the run was asked to do: resuming something else would mix two questions.
std::string fingerprint(const Config& config, const RunOptions& options) {
  toolchains::Sha256 digest;
  digest.field(config.file.string()).field(toolchains::read_file(config.file));
  for (const auto& glob : options.selection.variants) digest.field("variant").field(glob);
  for (const auto& glob : options.selection.workloads) digest.field("workload").field(glob);
  // Samples of other conditions are of another experiment.
  if (!options.cpus.empty()) digest.field(fmt::format("pin {}", fmt::join(options.cpus, ",")));
  if (options.fixed_layout) digest.field("no-aslr");
  return digest.field(options.measure ? "measure" : "no-measure").hex();
}

std::vector<Workload> chosen_workloads(const Planner& planner, const std::vector<std::string>& globs) {
  std::vector<Workload> chosen;
  std::vector<std::string> unmatched = globs;
  for (const auto& workload : planner.workloads()) {
    std::erase_if(unmatched, [&](const auto& glob) { return matches({glob}, workload.name); });
    if (matches(globs, workload.name)) chosen.push_back(workload);
  }
  if (unmatched.empty()) return chosen;
  throw Error(fmt::format("--workload {}: there is no such workload in {}", unmatched.front(),
                          planner.config().file.string()));
}

std::vector<Candidate> candidates(const std::vector<VariantResult>& rows, const MatrixBuild& matrix) {
  std::vector<Candidate> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].status != Status::ok || rows[i].identical_to) continue;
    Candidate candidate{rows[i].name, matrix.run_env(i), {}};
    for (const auto& artifact : rows[i].artifacts) candidate.code[artifact.program] = artifact.code_sha256;
    found.push_back(std::move(candidate));
  }
  return found;
}

/// Who failed while being timed is not ranked, however fast it was before; nor is who has the same code.
void take_failures(const std::string& workload, const measure::Measured& measured,
                   const std::string& baseline, std::vector<VariantResult>& rows,
                   report::Progress& progress) {
  for (const auto& series : measured.series) {
    if (series.failure.empty()) continue;
    const std::string& name = series.name == control_name ? baseline : series.name;  // they are one program
    for (auto& row : rows) {
      if (row.status != Status::ok || (row.name != name && row.identical_to != name)) continue;
      mark_failed(row, failed_step("measure " + workload, series.failure));
      progress.stage_failed(row.name, row.reason);
    }
  }
}

int exit_code(const report::Results& results, const RunOptions& options) {
  const auto& asked_for = options.selection.variants;
  const auto is_baseline = [&](const VariantResult& row) { return row.name == results.baseline; };
  const auto bad = [](const VariantResult& row) {
    return row.status == Status::failed || row.status == Status::wrong_output;
  };
  const auto skipped = [](const VariantResult& row) {
    return row.status == Status::skipped && !is_gated_out(row);
  };
  const auto& rows = results.variants;
  const bool named_one_skipped = std::ranges::any_of(rows, [&](const auto& row) {
    return skipped(row) && std::ranges::find(asked_for, row.name) != asked_for.end();
  });
  const bool others_skipped = rows.size() > 1 && std::ranges::all_of(rows, [&](const auto& row) {
                                return is_baseline(row) || skipped(row);
                              });
  const bool missed = options.fail_on_goals && missed_a_goal(results);
  if (missed || std::ranges::any_of(rows, bad)) return static_cast<int>(Exit::failed);
  if (named_one_skipped || others_skipped) return static_cast<int>(Exit::tool);
  return static_cast<int>(
      std::ranges::any_of(rows, [&](const auto& row) { return is_baseline(row) && skipped(row); })
          ? Exit::tool
          : Exit::ok);
}

/// Goes on where the latest run was interrupted, or begins a new one.
std::pair<Journal, Unfinished> open_journal(const Config& config, const RunOptions& options,
                                            const Layout& layout, report::Progress& progress) {
  const std::string asked = fingerprint(config, options);
  if (options.resume) {
    // More time is a reason to go on even with a run that is finished.
    auto resumed =
        Journal::resume(layout, asked, options.max_time ? Finished::goes_on : Finished::is_refused);
    progress.note(fmt::format("resuming run {}", resumed.first.id()));
    return resumed;
  }
  Unfinished nothing;
  nothing.started = timestamp();
  nothing.seed = options.seed.value_or(std::random_device{}());
  return {Journal::begin(layout, new_run_id(layout), asked, nothing.seed), nothing};
}

Stopwatch stopwatch_of(const Planner& planner, const RunOptions& options, const Unfinished& earlier,
                       const measure::Claim& claim, const Workshop& workshop, measure::Sampler& sampler) {
  const auto max_time = options.max_time.value_or(planner.config().measure.max_time);
  return {.planner = planner,
          .runner = workshop.runner,
          .sampler = sampler,
          .progress = workshop.progress,
          .journal = workshop.journal,
          .seed = earlier.seed,
          .budget = options.quick ? max_time / 5 : max_time,
          .claim = claim,
          .cpus = options.cpus,
          .fixed_layout = options.fixed_layout};
}

/// What is worth saying of how a workload was measured.
void add_notes(const std::string& workload, const measure::Measured& measured, const Stopwatch& stopwatch,
               report::Results& results) {
  for (const auto& text : {saved_by_racing(measured, stopwatch.references),
                           rounds_of_references(measured, stopwatch.references)})
    if (!text.empty()) results.notes.push_back(fmt::format("'{}': {}", workload, text));
}

/// `more_time`: what an earlier run has measured to its end is measured on.
Measurements measure(const std::vector<Workload>& workloads, const MatrixBuild& matrix,
                     const Unfinished& earlier, bool more_time, const Stopwatch& stopwatch,
                     report::Results& results) {
  Measurements measurements;
  for (const auto& workload : workloads) {
    if (toolchains::interrupted()) break;
    if (!workload.measured()) continue;
    Earlier before{{},
                   !more_time && earlier.measured.contains(workload.name),
                   earlier.restarted.contains(workload.name)};
    if (const auto had = earlier.measurements.find(workload.name); had != earlier.measurements.end())
      before.series = had->second;
    auto measured = measure_workload(workload, candidates(results.variants, matrix), before, stopwatch);
    take_failures(workload.name, measured, results.baseline, results.variants, stopwatch.progress);
    take_reference_failures(workload.name, measured, results.references, stopwatch.progress);
    results.benchmarks.push_back(to_benchmark(workload, measured, stopwatch.planner));
    add_notes(workload.name, measured, stopwatch, results);
    measurements.emplace(workload.name, std::move(measured));
  }
  return measurements;
}

/// Prints how this run stands to an earlier one. Whether it got slower than is allowed.
bool compare_with_earlier(const report::Results& earlier, const report::Results& results,
                          const RunOptions& options) {
  if (!options.exports.any_on_stdout()) {
    const auto text = "\n" + describe_changes(earlier, results, options.color_out);
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }
  return options.fail_if_slower && got_slower(earlier, results, *options.fail_if_slower);
}

void publish(const report::Results& results, const RunOptions& options, const fs::path& folder) {
  write_run_files(results, folder, !options.quick);
  write_exports(results, options.exports);
  if (!options.exports.any_on_stdout()) print_table(results, options.color_out);
}

int run_locked(const Config& config, const RunOptions& options, const Layout& layout) {
  std::optional<report::Results> against;  // read now: it may be the latest run, or no results at all
  if (!options.against.empty()) against = load_results(options.against);
  report::Progress progress(stderr, report::options_for(stderr, options.color_err, options.verbosity));
  ShowingRunner runner(progress);
  run_project_prepare(config, layout, runner);
  check_source_edit(config);  // now, not after hours of building
  Machine machine(runner, project_folder(config), layout.tools());
  const Planner planner(config, layout, machine);
  const auto variants = choose_variants(config, options.selection.variants);
  const auto workloads = chosen_workloads(planner, options.selection.workloads);

  // From here on everything is in a run's folder, and what is finished stays finished.
  auto [journal, earlier] = open_journal(config, options, layout, progress);
  report::Results results = run_header(planner, machine, journal.id(), earlier.started);
  MatrixBuild matrix(planner, {variants, options.fresh, options.fail_fast}, workloads, runner, progress,
                     journal, earlier);
  if (options.fresh) {
    forget_build_rounds(layout);
    forget_scenarios(layout);
  }
  results.variants = matrix.build_all();
  const auto baseline_ok = [&results] {
    return std::ranges::any_of(results.variants, [&](const auto& row) {
      return row.name == results.baseline && row.status == Status::ok;
    });
  };
  const Workshop workshop{planner, runner, progress, journal};
  measure::Measured builds;
  if (baseline_ok()) {
    results.references = prepare_references(workloads, options.resume, matrix.checker(), workshop);
    if (!toolchains::interrupted())
      builds = time_builds(variants, earlier.seed, workshop, results.variants, results.references);
    if (!toolchains::interrupted()) time_scenarios(variants, earlier.seed, workshop, results);
  }

  if (options.measure && baseline_ok()) {
    const auto before = toolchains::host_counters();
    measure::TimerSampler sampler(measure::find_timer(fs::read_symlink("/proc/self/exe")),
                                  toolchains::interrupt_descriptor());
    const auto timed = candidates(results.variants, matrix);
    const auto measured_ones =
        static_cast<std::size_t>(std::ranges::count_if(workloads, &Workload::measured));
    const auto references = ready_references(config, PhaseOf::run, results.references);
    const auto claim = claim_of(config, timed.size() + references.size(), measured_ones, builds);
    auto stopwatch = stopwatch_of(planner, options, earlier, claim, workshop, sampler);
    stopwatch.references = references;
    decide(config, measure(workloads, matrix, earlier, options.max_time.has_value(), stopwatch, results),
           builds, results);
    if (config.measure.layout_check) check_layouts(variants, timed, workshop, stopwatch, results);
    judge(config, claim, results);
    for (auto& what : toolchains::disturbances(before, toolchains::host_counters()))
      results.host.warnings.push_back(std::move(what));
  } else {
    decide(config, {}, builds, results);
    judge(config, claim_of(config, 0, 0, builds), results);
  }
  if (config.build.runs == 1 && results.variants.size() > 1) {
    results.notes.emplace_back(
        "each build was timed once: small differences mean nothing (`runs` in [build] takes more)");
  }
  if (toolchains::interrupted()) progress.note("`pgo-orch run --resume` goes on from here");
  if (!options.cpus.empty())
    results.notes.push_back(fmt::format("timed on CPU {} only", fmt::join(options.cpus, ", ")));
  if (options.fixed_layout) results.notes.emplace_back("timed without address space layout randomization");

  results.run.finished = timestamp();
  results.run.interrupted = toolchains::interrupted() != 0;
  if (auto space = space_taken(layout, config.build.keep); !space.empty())
    results.notes.push_back(std::move(space));
  progress.finish();
  publish(results, options, journal.folder());
  if (!results.run.interrupted) journal.end();
  const bool got_slower =
      against && !results.run.interrupted && compare_with_earlier(*against, results, options);
  const int code = exit_code(results, options);
  return code == static_cast<int>(Exit::ok) && got_slower ? static_cast<int>(Exit::failed) : code;
}

}  // namespace

int run(const RunOptions& options) {
  check_exports(options.exports);
  const Config config = load_config(options.file);
  const Layout layout = layout_at(options.state_dir.empty() ? config.root / ".pgo-orch" : options.state_dir);
  check_state_folder(layout);
  create_state_folder(layout);
  const auto lock = toolchains::FileLock::try_lock(layout.lock());
  if (!lock) {
    throw Error(fmt::format("{}: another run is at work there; wait for it, or use another --state-dir",
                            lock.missing().what));
  }
  return run_locked(config, options, layout);
}

}  // namespace pgo_orch::orchestrator
