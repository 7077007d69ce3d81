#include "orchestrator/commands/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>

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
#include "orchestrator/judge/gates.h"
#include "orchestrator/judge/judge.h"
#include "orchestrator/judge/recommend.h"
#include "orchestrator/time/build_rounds.h"
#include "orchestrator/time/build_scenarios.h"
#include "orchestrator/time/layout_check.h"
#include "orchestrator/time/source_edit.h"
#include "orchestrator/time/time_programs.h"
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

/// One run, from the lock on: its stages in their order, and what they share.
class Run {
 public:
  Run(const Config& config, const RunOptions& options, const Layout& layout)
      : config_(config),
        options_(options),
        layout_(layout),
        progress_(stderr, report::options_for(stderr, options.color_err, options.verbosity)),
        runner_(progress_) {
    // Read now: it may be the latest run, or no results at all.
    if (!options.against.empty()) against_ = load_results(options.against);
  }

  int run() {
    run_project_prepare(config_, layout_, runner_);
    check_source_edit(config_);  // now, not after hours of building
    Machine machine(runner_, project_folder(config_), layout_.tools());
    const Planner planner(config_, layout_, machine);
    const bool baseline_only = options_.analyze && options_.selection.variants.empty();
    const auto variants = baseline_only ? std::vector<std::size_t>{config_.variants->baseline()}
                                        : choose_variants(config_, options_.selection.variants);
    const auto workloads = choose_workloads(config_, planner.workloads(), options_.selection.workloads);

    // From here on everything is in a run's folder, and what is finished stays finished.
    auto [journal, earlier] = open_journal(config_, options_, layout_, progress_);
    results_ = run_header(planner, machine, journal.id(), earlier.started);
    const Workshop workshop{planner, runner_, progress_, journal};
    measure::TimerSampler timer(measure::find_timer(fs::read_symlink("/proc/self/exe")),
                                toolchains::interrupt_descriptor());
    Examination examination(workloads, examine_options(), journal.folder(), timer, workshop, results_);
    MatrixBuild matrix(planner, {variants, options_.fresh, options_.fail_fast}, workloads, runner_, progress_,
                       journal, earlier);
    if (options_.fresh) {
      forget_build_rounds(layout_);
      forget_scenarios(layout_);
    }

    // The baseline's phases come before all else is built: gates are about them.
    if (matrix.build_baseline()) {
      results_.variants = {matrix.baseline()};
      examination.whole(matrix.baseline_plan());
      matrix.build_others(options_.analyze ? MatrixBuild::GateKeeper() : gate_keeper(workloads));
    }
    take_rows(matrix.finish());
    const bool baseline_ok = std::ranges::any_of(results_.variants, [&](const auto& row) {
      return row.name == results_.baseline && row.status == Status::ok;
    });
    if (options_.analyze) {
      analyze_others(variants, examination, planner);
    } else if (baseline_ok) {
      time_builds_of(variants, workloads, matrix, earlier, workshop);
    }
    if (options_.measure && baseline_ok) {
      time_all(variants, workloads, matrix, earlier, timer, workshop);
      examine_the_rest(examination, planner);
    } else {
      claim_ = claim_of(config_, 0, 0, builds_);
      decide(config_, {}, builds_, results_);
      if (baseline_ok) examination.code(config_);
    }
    judge(config_, claim_, results_);
    if (options_.analyze) leave_out_open_goals();
    return finish(journal);
  }

 private:
  ExamineOptions examine_options() const {
    const bool gated_by_build = [&] {
      for (std::size_t i = 0; i < config_.variants->size(); ++i)
        for (const auto& gate : gates_of(*config_.variants, i))
          if (gate.gate.of == PhaseOf::build) return true;
      return false;
    }();
    if (options_.analyze) return {};
    const bool whole = options_.measure && !options_.quick;
    return {.runs = config_.measure.phases && whole,
            .builds = config_.build.phases && (whole || gated_by_build)};
  }

  /// All rows; the phases of builds that are known already stand in theirs.
  void take_rows(std::vector<report::VariantResult> rows) {
    results_.variants = std::move(rows);
    for (const auto& known : results_.phases.build)
      for (auto& row : results_.variants)
        if (row.name == known.variant && row.build) row.build->phases = known.phases;
  }

  MatrixBuild::GateKeeper gate_keeper(const std::vector<Workload>& workloads) const {
    return [this, &workloads](std::size_t index) {
      GateEvidence evidence{results_.phases, results_.groups, results_.baseline, {}};
      for (const auto& workload : workloads)
        if (workload.measured()) evidence.workloads.push_back(workload.name);
      return gate_of(*config_.variants, index, evidence);
    };
  }

  void analyze_others(const std::vector<std::size_t>& variants, Examination& examination,
                      const Planner& planner) {
    for (std::size_t i = 0; i < variants.size(); ++i) {
      const auto& row = results_.variants[i];
      if (row.name != results_.baseline && row.status == Status::ok && !row.identical_to)
        examination.whole(planner.plan(variants[i]));
    }
  }

  void time_builds_of(const std::vector<std::size_t>& variants, const std::vector<Workload>& workloads,
                      MatrixBuild& matrix, const Unfinished& earlier, const Workshop& workshop) {
    results_.references = prepare_references(workloads, options_.resume, matrix.checker(), workshop);
    if (!toolchains::interrupted())
      builds_ = time_builds(variants, earlier.seed, workshop, results_.variants, results_.references);
    if (!toolchains::interrupted()) time_scenarios(variants, earlier.seed, workshop, results_);
    claim_ = claim_of(config_, 0, 0, builds_);
  }

  void time_all(const std::vector<std::size_t>& variants, const std::vector<Workload>& workloads,
                MatrixBuild& matrix, const Unfinished& earlier, measure::TimerSampler& timer,
                const Workshop& workshop) {
    const auto before = toolchains::host_counters();
    const auto timed = candidates(results_.variants, matrix);
    const auto measured_ones =
        static_cast<std::size_t>(std::ranges::count_if(workloads, &Workload::measured));
    const auto references = ready_references(config_, PhaseOf::run, results_.references);
    claim_ = claim_of(config_, timed.size() + references.size(), measured_ones, builds_);
    const auto max_time = options_.max_time.value_or(config_.measure.max_time);
    const Stopwatch stopwatch{.planner = workshop.planner,
                              .runner = workshop.runner,
                              .sampler = timer,
                              .progress = workshop.progress,
                              .journal = workshop.journal,
                              .seed = earlier.seed,
                              .budget = options_.quick ? max_time / 5 : max_time,
                              .claim = claim_,
                              .cpus = options_.cpus,
                              .fixed_layout = options_.fixed_layout,
                              .references = references};
    decide(config_,
           time_programs(workloads, matrix, earlier, options_.max_time.has_value(), stopwatch, results_),
           builds_, results_);
    if (config_.measure.layout_check) {
      check_layouts(variants, timed, workshop, stopwatch, results_);
      results_.recommendation = recommend(results_);
    }
    for (auto& what : toolchains::disturbances(before, toolchains::host_counters()))
      results_.host.warnings.push_back(std::move(what));
  }

  void examine_the_rest(Examination& examination, const Planner& planner) {
    const auto winner = recommended(results_);
    for (std::size_t i = 0; winner && i < config_.variants->size(); ++i)
      if (config_.variants->at(i).name == *winner && *winner != results_.baseline)
        examination.runs(planner.plan(i));
    examination.references();
    examination.code(config_);
  }

  /// What nobody timed is not open: it was not asked for.
  void leave_out_open_goals() {
    std::erase_if(results_.goals, [](const auto& goal) { return !goal.met; });
    results_.decisions.clear();
  }

  void add_notes() {
    if (options_.analyze)
      results_.notes.push_back(fmt::format("this report, its figures and flame graphs are in {}",
                                           (layout_.state / "latest").string()));
    if (config_.build.runs == 1 && !options_.analyze && results_.variants.size() > 1) {
      results_.notes.emplace_back(
          "each build was timed once: small differences mean nothing (`runs` in [build] takes more)");
    }
    if (toolchains::interrupted() && !options_.analyze)
      progress_.note("`pgo-orch run --resume` goes on from here");
    if (!options_.cpus.empty())
      results_.notes.push_back(fmt::format("timed on CPU {} only", fmt::join(options_.cpus, ", ")));
    if (options_.fixed_layout)
      results_.notes.emplace_back("timed without address space layout randomization");
    if (auto space = space_taken(layout_, config_.build.keep); !space.empty())
      results_.notes.push_back(std::move(space));
  }

  int finish(Journal& journal) {
    add_notes();
    results_.run.finished = toolchains::timestamp();
    results_.run.interrupted = toolchains::interrupted() != 0;
    progress_.finish();
    publish(results_, options_, journal.folder());
    if (!results_.run.interrupted) journal.end();
    const bool got_slower =
        against_ && !results_.run.interrupted && compare_with_earlier(*against_, results_, options_);
    const int code = exit_code(results_, options_);
    return code == static_cast<int>(Exit::ok) && got_slower ? static_cast<int>(Exit::failed) : code;
  }

  const Config& config_;
  const RunOptions& options_;
  const Layout& layout_;
  std::optional<report::Results> against_;
  report::Progress progress_;
  ShowingRunner runner_;
  report::Results results_;
  measure::Measured builds_;
  measure::Claim claim_;
};

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
  return Run(config, options, layout).run();
}

}  // namespace pgo_orch::orchestrator
