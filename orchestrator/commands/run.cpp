#include "orchestrator/commands/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>

#include "measure/helpers.h"
#include "measure/timer/timer_sampler.h"
#include "orchestrator/build/matrix_build.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/references.h"
#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/exit_code.h"
#include "orchestrator/commands/publish.h"
#include "orchestrator/commands/run_header.h"
#include "orchestrator/examine/examine.h"
#include "orchestrator/judge/decide.h"
#include "orchestrator/judge/judge.h"
#include "orchestrator/time/build_rounds.h"
#include "orchestrator/time/build_scenarios.h"
#include "orchestrator/time/layout_check.h"
#include "orchestrator/time/measure_stage.h"
#include "orchestrator/time/scenario_session.h"
#include "toolchains/clock.h"
#include "toolchains/file_lock.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/host.h"
#include "toolchains/interrupt.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Status;

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
  return digest.field(options.analyze ? "analyze" : options.measure ? "measure" : "no-measure").hex();
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
  nothing.started = toolchains::timestamp();
  nothing.seed = options.seed.value_or(std::random_device{}());
  return {Journal::begin(layout, new_run_id(layout), asked, nothing.seed), nothing};
}

/// What all stages of a run share, made before the first of them.
struct Shared {
  const Config& config;
  const RunOptions& options;
  const Layout& layout;
  const std::vector<VariantPlan>& plans;
  const std::vector<Workload>& workloads;
  const Unfinished& earlier;
  const Workshop& workshop;
};

/// One run, from its plans to its report: the stages in their order. Each returns its part, rows apart, in
/// which a stage that sees a program fail says so; `run` puts the parts together.
class Run {
 public:
  explicit Run(const Shared& shared)
      : config_(shared.config),
        options_(shared.options),
        layout_(shared.layout),
        plans_(shared.plans),
        workloads_(shared.workloads),
        earlier_(shared.earlier),
        workshop_(shared.workshop),
        timer_(measure::find_helper(fs::read_symlink("/proc/self/exe"), "pgo-orch-timer"),
               toolchains::interrupt_descriptor()),
        examination_(workloads_, examine_options(), workshop_.journal.folder(), {timer_, timer_}, workshop_) {
  }

  report::Results run(report::Results results) {
    MatrixBuild matrix(plans_, {options_.fresh, options_.fail_fast}, workloads_, workshop_, earlier_);
    Rows rows{build(matrix), {}};
    const bool baseline_ok = matrix.baseline().status == Status::ok;
    measure::Measured builds;
    if (options_.analyze)
      analyze_others(rows);
    else if (baseline_ok)
      builds = time_builds_of(matrix, rows, results.notes);

    const bool times = options_.measure && baseline_ok;
    const auto before = toolchains::host_counters();
    const auto entrants = entrants_of(plans_, rows, config_);
    const auto stopwatch = stopwatch_for(times ? entrants.size() : 0, builds);
    Timed timed;
    if (times)
      timed = time_programs(plans_, workloads_, earlier_, options_.max_time.has_value(), stopwatch, rows);
    take(std::move(rows), timed, results);
    auto compared = compare_with_baseline(config_, timed.measurements, builds, results);
    if (times && config_.measure.layout_check)
      take_notes(check_layouts(entrants, stopwatch, compared.comparisons), results);
    results.builds = compared.builds;
    results.comparisons = std::move(compared.comparisons);
    results.best = rank(config_, timed.measurements, builds, results);
    results.recommendation = recommend(results);
    if (times) {
      for (auto& what : toolchains::disturbances(before, toolchains::host_counters()))
        results.host.warnings.push_back(std::move(what));
      examine_the_rest(results);
    }
    if (baseline_ok && !options_.analyze) examination_.code(plans_, results.variants);
    take_findings(results);
    auto judged = judge(config_, stopwatch.claim, results);
    results.goals = std::move(judged.goals);
    results.decisions = std::move(judged.decisions);
    results.amdahl = std::move(judged.amdahl);
    if (options_.analyze) leave_out_open_goals(results);
    add_notes(results);
    return results;
  }

 private:
  ExamineOptions examine_options() const {
    if (options_.analyze) return {};
    const bool condition_on_builds = std::ranges::any_of(plans_, [&](const VariantPlan& plan) {
      return std::ranges::any_of(gates_of(*config_.variants, plan.index),
                                 [](const OwnedGate& owned) { return owned.gate.of == PhaseOf::build; });
    });
    const bool whole = options_.measure && !options_.quick;
    return {.runs = config_.measure.phases && whole,
            .builds = config_.build.phases && (whole || condition_on_builds)};
  }

  /// The baseline's phases come before all else is built: conditions are about them.
  std::vector<report::VariantResult> build(MatrixBuild& matrix) {
    if (matrix.build_baseline()) {
      examination_.whole(matrix.baseline_plan(), matrix.baseline());
      matrix.build_others(options_.analyze ? MatrixBuild::GateKeeper() : gate_keeper(matrix.baseline().name));
    }
    return matrix.finish();
  }

  MatrixBuild::GateKeeper gate_keeper(const std::string& baseline) const {
    return [this, baseline](std::size_t index) {
      const Findings& found = examination_.findings();
      GateEvidence evidence{found.phases, found.groups, baseline, {}};
      for (const auto& workload : workloads_)
        if (workload.measured()) evidence.workloads.push_back(workload.name);
      return gate_of(*config_.variants, index, evidence);
    };
  }

  void analyze_others(const Rows& rows) {
    for (std::size_t i = 0; i < plans_.size(); ++i) {
      const auto& row = rows.variants[i];
      if (!plans_[i].baseline && row.status == Status::ok && !row.identical_to)
        examination_.whole(plans_[i], row);
    }
  }

  measure::Measured time_builds_of(MatrixBuild& matrix, Rows& rows, std::vector<std::string>& notes) {
    rows.references = prepare_references(workloads_, options_.resume, matrix.checker(), workshop_);
    measure::Measured builds;
    if (!toolchains::interrupted()) builds = time_builds(plans_, earlier_.seed, workshop_, rows);
    if (toolchains::interrupted()) return builds;
    for (auto& note : time_scenarios(plans_, earlier_.seed, workshop_, rows.variants))
      notes.push_back(std::move(note));
    return builds;
  }

  Stopwatch stopwatch_for(std::size_t entrants, const measure::Measured& builds) {
    const auto measured =
        entrants > 0 ? static_cast<std::size_t>(std::ranges::count_if(workloads_, &Workload::measured)) : 0;
    const auto max_time = options_.max_time.value_or(config_.measure.max_time);
    return {workshop_,
            timer_,
            earlier_.seed,
            options_.quick ? max_time / 5 : max_time,
            claim_of(config_, entrants, measured, builds),
            options_.cpus,
            options_.fixed_layout};
  }

  static void take_notes(std::vector<std::string> notes, report::Results& results) {
    std::ranges::move(notes, std::back_inserter(results.notes));
  }

  static void take(Rows rows, Timed& timed, report::Results& results) {
    results.variants = std::move(rows.variants);
    results.references = std::move(rows.references);
    results.benchmarks = std::move(timed.benchmarks);
    take_notes(std::move(timed.notes), results);
  }

  /// The winner's phases, and those of references beside it.
  void examine_the_rest(const report::Results& results) {
    const auto winner = recommended(results);
    for (const auto& plan : plans_)
      if (plan.name == winner && !plan.baseline) examination_.runs({.name = plan.name, .plan = &plan});
    for (const auto& entrant : entrants_of({}, {{}, results.references}, config_)) examination_.runs(entrant);
  }

  void take_findings(report::Results& results) {
    const Findings& found = examination_.findings();
    results.phases = found.phases;
    results.groups = found.groups;
    results.inspected = found.inspected;
    results.allocations = found.allocations;
    results.flamegraphs = found.flamegraphs;
    take_notes(found.notes, results);
    for (const auto& build : results.phases.build)
      for (auto& row : results.variants)
        if (row.name == build.variant && row.build) row.build->phases = build.phases;
  }

  /// What was not timed is not open: it was not asked for.
  static void leave_out_open_goals(report::Results& results) {
    std::erase_if(results.goals, [](const auto& goal) { return !goal.met; });
    results.decisions.clear();
  }

  void add_notes(report::Results& results) const {
    if (options_.analyze)
      results.notes.push_back(fmt::format("this report, its figures and flame graphs are in {}",
                                          (layout_.state / "latest").string()));
    if (config_.build.runs == 1 && !options_.analyze && results.variants.size() > 1)
      results.notes.emplace_back(
          "each build was timed once: small differences mean nothing (`runs` in [build] takes more)");
    if (!options_.cpus.empty())
      results.notes.push_back(fmt::format("timed on CPU {} only", fmt::join(options_.cpus, ", ")));
    if (options_.fixed_layout) results.notes.emplace_back("timed without address space layout randomization");
    if (auto space = space_taken(layout_, config_.build.keep); !space.empty())
      results.notes.push_back(std::move(space));
  }

  const Config& config_;
  const RunOptions& options_;
  const Layout& layout_;
  const std::vector<VariantPlan>& plans_;
  const std::vector<Workload>& workloads_;
  const Unfinished& earlier_;
  const Workshop& workshop_;
  measure::TimerSampler timer_;
  Examination examination_;
};

/// Writes and prints what was found. The exit code.
int finish(report::Results& results, const RunOptions& options, const std::optional<report::Results>& against,
           report::Progress& progress, Journal& journal) {
  const bool interrupted = toolchains::interrupted() != 0;
  if (interrupted && !options.analyze) progress.note("`pgo-orch run --resume` goes on from here");
  results.run.finished = toolchains::timestamp();
  results.run.interrupted = interrupted;
  progress.finish();
  publish(results, options, journal.folder());
  if (!interrupted) journal.end();
  const bool got_slower = against && !interrupted && compare_with_earlier(*against, results, options);
  const int code = exit_code(results, options);
  return code == static_cast<int>(Exit::ok) && got_slower ? static_cast<int>(Exit::failed) : code;
}

/// From the lock on: everything is probed and planned, then run.
int run_locked(const Config& config, const RunOptions& options, const Layout& layout) {
  report::Progress progress(stderr, report::options_for(stderr, options.color_err, options.verbosity));
  ShowingRunner runner(progress);
  // Read now: it may be the latest run, or no results at all.
  std::optional<report::Results> against;
  if (!options.against.empty()) against = load_results(options.against);
  run_project_prepare(config, layout, runner);
  check_source_edit(config);  // now, not after hours of building
  const bool baseline_only = options.analyze && options.selection.variants.empty();
  const auto variants = baseline_only ? std::vector<std::size_t>{config.variants->baseline()}
                                      : choose_variants(config, options.selection.variants);
  Machine machine(runner, project_folder(config), layout.tools());
  const Planner planner(config, layout, machine, variants);
  const auto workloads = choose_workloads(config, planner.workloads(), options.selection.workloads);

  // From here on everything is in a run's folder, and what is finished stays finished.
  auto [journal, earlier] = open_journal(config, options, layout, progress);
  if (options.fresh) {
    forget_build_rounds(layout);
    forget_scenarios(layout);
  }
  std::vector<VariantPlan> plans;
  for (const std::size_t index : variants) plans.push_back(planner.plan(index));
  const Workshop workshop{planner, runner, progress, journal, config.build.parallel > 1};
  auto results = Run({config, options, layout, plans, workloads, earlier, workshop})
                     .run(run_header(planner, machine, journal.id(), earlier.started));
  return finish(results, options, against, progress, journal);
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
