#include "orchestrator/commands/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>

#include "measure/helpers.h"
#include "measure/timer/timer_sampler.h"
#include "orchestrator/build/corpora.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/saved_profile.h"
#include "orchestrator/build/step_result.h"
#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/exit_code.h"
#include "orchestrator/commands/history_record.h"
#include "orchestrator/commands/private_values.h"
#include "orchestrator/commands/publish.h"
#include "orchestrator/commands/run_header.h"
#include "orchestrator/commands/run_stages.h"
#include "orchestrator/commands/showing_runner.h"
#include "orchestrator/commands/stages_apart.h"
#include "orchestrator/commands/state_folder.h"
#include "orchestrator/confirm/pack.h"
#include "orchestrator/stages/stages.h"
#include "orchestrator/time/build_rounds.h"
#include "orchestrator/time/build_scenarios.h"
#include "orchestrator/time/scenario_session.h"
#include "report/humanize.h"
#include "toolchains/clock.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// What the run was asked to do: resuming something else would mix two questions.
std::string fingerprint(const Config& config, const RunOptions& options) {
  toolchains::Sha256 digest;
  digest.field(config.file.string()).field(config.text);
  for (const auto& glob : options.selection.variants) digest.field("variant").field(glob);
  for (const auto& glob : options.selection.workloads) digest.field("workload").field(glob);
  // Samples of other conditions are of another experiment.
  if (!options.cpus.empty()) digest.field(fmt::format("pin {}", fmt::join(options.cpus, ",")));
  if (options.fixed_layout) digest.field("no-aslr");
  if (!config.archive.empty()) digest.field("archive").field(toolchains::sha256_of_file(config.archive));
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
    if (const int unread = resumed.second.unread; unread > 0)
      progress.note(fmt::format("{} of its journal cannot be read and {} left out",
                                report::human_count(unread, "line"), unread == 1 ? "is" : "are"));
    return resumed;
  }
  Unfinished nothing;
  nothing.started = toolchains::timestamp();
  nothing.seed = options.seed.value_or(std::random_device{}());
  return {Journal::begin(layout, new_run_id(layout), asked, nothing.seed), nothing};
}

/// Writes and prints what was found. The exit code.
int finish(report::Results results, const RunOptions& options, const std::optional<report::Results>& against,
           const std::optional<HistoryRecord>& record, report::Progress& progress, Journal& journal) {
  const bool interrupted = toolchains::interrupted() != 0;
  const auto lacks_room = [](const auto& row) {
    return row.status == report::Status::failed && row.failure && is_lack_of_room(*row.failure, row.reason);
  };
  const bool lacked_room = std::ranges::any_of(results.variants, lacks_room) ||
                           std::ranges::any_of(results.held_out, lacks_room, &report::HeldOut::built) ||
                           std::ranges::any_of(results.references, lacks_room);
  if (lacked_room && !options.analyze)
    progress.warning("the disk was full: make room, and `pgo-orch run --resume` goes on from here");
  else if (interrupted && !options.analyze)
    progress.note(options.command == std::string_view("try")
                      ? "the same command goes on from here: finished builds are kept"
                      : "`pgo-orch run --resume` goes on from here");
  results.run.finished = toolchains::timestamp();
  results.timeline = progress.timeline();
  results.run.interrupted = interrupted;
  progress.finish();
  write_run_files(results, journal.folder(), !options.quick);
  if (!interrupted && !lacked_room) {
    journal.end();  // before what may fail on files of others
    if (record) record->append(results);
  }
  publish(results, options, journal.folder());
  const bool got_slower = against && !interrupted && compare_with_earlier(*against, results, options);
  const int code = exit_code(results, options);
  return code == static_cast<int>(Exit::ok) && got_slower ? static_cast<int>(Exit::failed) : code;
}

/// After the reports, which are there whatever becomes of it.
void pack(const report::Results& results, const PackingSite& site, const fs::path& archive,
          const fs::path& folder) {
  const auto packing = pack_run(results, site, archive);
  for (const auto& left_out : packing.left_out) fmt::print(stderr, "not packed: {}\n", left_out);
  fmt::print(stderr, "wrote {}: {} and {}, {}\nnext: pgo-orch confirm {} --with {}\n", archive.string(),
             report::human_count(static_cast<std::int64_t>(packing.variants), "variant"),
             report::human_count(static_cast<std::int64_t>(packing.workloads), "workload"),
             report::human(Bytes{fs::file_size(archive)}), archive.string(),
             (folder / "results.json").lexically_proximate(fs::current_path()).string());
}

/// Before anything is built.
void refuse_wrong_profiles(const std::vector<VariantPlan>& plans, const Planner& planner,
                           toolchains::Runner& runner) {
  for (const auto& plan : plans)
    if (const auto problem = problem_of_saved_profile(plan, planner, runner); !problem.empty())
      throw Error(fmt::format("{}: variant '{}': {}", planner.config().file.string(), plan.name, problem));
}

/// No value: the run is not one that results of other days are compared with.
std::optional<HistoryRecord> begin_record(const RunOptions& options, const Planner& planner,
                                          const std::vector<VariantPlan>& plans,
                                          const std::vector<Workload>& workloads,
                                          toolchains::Runner& runner) {
  if (options.command != std::string_view("run") || !options.measure) return std::nullopt;
  const fs::path file = options.history.empty() ? planner.layout().history() : fs::absolute(options.history);
  return HistoryRecord(planner, plans, workloads, runner, file);
}

/// From the lock on: everything is probed and planned, then run.
int run_locked(const Config& file, const RunOptions& options, const Layout& layout,
               const BeforePublishing& before_publishing) {
  report::Progress progress(stderr, report::options_for(stderr, options.color_err, options.verbosity));
  ShowingRunner runner(progress);
  // Read now: it may be the latest run, or no results at all.
  std::optional<report::Results> against;
  if (!options.against.empty()) against = load_results(options.against);
  run_project_prepare(file, layout, runner);
  Machine machine(runner, project_folder(file), layout.tools());
  Config config = options.archive.empty() ? file : with_profiles_of(options.archive, file, layout, machine);
  const bool leaves_out = options.archive.empty() && !options.analyze;  // an archive has merged profiles only
  if (leaves_out) config.variants = with_left_out(config);
  auto corpora = prepare_corpora(config, layout, layout.checkouts(), runner, progress);
  check_source_edit(config);  // now, not after hours of building
  const bool baseline_only = options.analyze && options.selection.variants.empty();
  const auto variants = baseline_only ? std::vector<std::size_t>{config.variants->baseline()}
                                      : choose_variants(config, options.selection.variants);
  demand_in_archive(config, variants);
  const Planner planner(config, layout, machine, variants);
  const auto workloads = choose_workloads(config, planner.workloads(), options.selection.workloads);

  // From here on everything is in a run's folder, and what is finished stays finished.
  auto [journal, earlier] = open_journal(config, options, layout, progress);
  if (options.fresh) {
    forget_build_rounds(layout);
    forget_scenarios(layout);
  }
  auto tools = find_tools(planner, machine);
  std::vector<VariantPlan> plans;
  for (const std::size_t index : variants) plans.push_back(planner.plan(index));
  refuse_wrong_profiles(plans, planner, runner);
  const auto record = begin_record(options, planner, plans, workloads, runner);
  SourceWatch sources(planner);
  const PackingSite packing{planner, plans, sources};
  if (!options.pack.empty()) demand_portable_run(packing, workloads);
  const Workshop workshop{planner, runner, progress, journal, sources, config.build.parallel > 1};
  measure::TimerSampler timer(measure::find_helper(fs::read_symlink("/proc/self/exe"), "pgo-orch-timer"),
                              toolchains::interrupt_descriptor());
  auto header = run_header(planner, std::move(tools), journal.id(), earlier.started);
  for (const auto& corpus : corpora) header.notes.push_back(describe(corpus));
  header.corpora = std::move(corpora);
  header.run.command = options.command;
  auto results = run_stages({config, options, layout, plans, workloads, earlier, workshop, {timer, timer}},
                            std::move(header));
  if (before_publishing) before_publishing(results);
  if (const auto space = space_taken(layout, config.build.keep); !space.empty()) progress.note(space);
  const int code =
      finish(without_private_values(results, config), options, against, record, progress, journal);
  if (!options.pack.empty() && !toolchains::interrupted())
    pack(results, packing, options.pack, journal.folder());
  return code;
}

}  // namespace

int run(const RunOptions& options) {
  check_exports(options.exports, options.history);
  if (!options.history.empty()) check_history_file(options.history);
  if (!options.pack.empty()) check_output_files({{"pack", options.pack}});
  if (options.stage == RunStage::instrument) return instrument_apart(options);
  if (options.stage == RunStage::train) return train_apart(options);
  const Config config = load_config(options.file);
  const Layout layout = layout_at(options.state_dir.empty() ? config.root / ".pgo-orch" : options.state_dir);
  const toolchains::Heeding heeding;
  const auto lock = lock_state_folder(layout);
  return run(config, options, layout);
}

int run(const Config& config, const RunOptions& options, const Layout& layout,
        const BeforePublishing& before_publishing) {
  const int code = run_locked(config, options, layout, before_publishing);
  if (code == static_cast<int>(Exit::ok))
    clear_scratch(layout);  // else outputs are there that a failure names
  return code;
}

}  // namespace pgo_orch::orchestrator
