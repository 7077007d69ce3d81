#include "orchestrator/run.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <mutex>
#include <random>
#include <thread>

#include "measure/timer_sampler.h"
#include "orchestrator/check.h"
#include "orchestrator/decide.h"
#include "orchestrator/journal.h"
#include "orchestrator/measure_stage.h"
#include "orchestrator/outputs.h"
#include "orchestrator/prepare.h"
#include "orchestrator/run_header.h"
#include "orchestrator/sources.h"
#include "orchestrator/variant_build.h"
#include "toolchains/file_lock.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
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

fs::path state_folder(const Config& config, const RunOptions& options) {
  return options.state_dir.empty() ? config.root / ".pgo-orch" : fs::absolute(options.state_dir);
}

toolchains::FileLock lock(const Layout& layout) {
  auto held = toolchains::FileLock::try_lock(layout.lock());
  if (!held)
    throw Error(fmt::format("{}: another run is at work there; wait for it, or use another --state-dir",
                            held.missing().what));
  return std::move(const_cast<toolchains::FileLock&>(*held));
}

/// One run, in the order of its methods.
class Run {
 public:
  Run(const Config& config, const RunOptions& options, const Layout& layout, report::Progress& progress)
      : config_(config),
        options_(options),
        layout_(layout),
        progress_(progress),
        runner_(progress),
        machine_(runner_, project_folder(config), layout.tools()),
        planner_(config, layout, machine_),
        journal_(begin()) {}

  int execute() {
    results_ = run_header(planner_, machine_, journal_.id(), started_);
    choose_variants();
    choose_workloads();
    if (build_baseline()) {
      build_others();
      find_identical();
      if (options_.measure) measure();
      decide(config_, measurements_, results_);
    }
    return finish();
  }

 private:
  /// What the run was asked to do: resuming something else would mix two questions.
  std::string fingerprint() const {
    toolchains::Sha256 digest;
    digest.field(toolchains::read_file(config_.file)).field(config_.file.string());
    for (const auto& glob : options_.selection.variants) digest.field("variant").field(glob);
    for (const auto& glob : options_.selection.workloads) digest.field("workload").field(glob);
    return digest.field(options_.measure ? "measure" : "no-measure").hex();
  }

  Journal begin() {
    if (options_.resume) {
      auto [journal, unfinished] = Journal::resume(layout_, fingerprint());
      started_ = unfinished.started;
      seed_ = unfinished.seed;
      earlier_ = std::move(unfinished);
      progress_.note(fmt::format("resuming run {}", journal.id()));
      return journal;
    }
    seed_ = options_.seed.value_or(std::random_device{}());
    started_ = timestamp();
    return Journal::begin(layout_, new_run_id(layout_), fingerprint(), seed_);
  }

  void choose_variants() {
    const auto& variants = *config_.variants;
    std::vector<std::string> unmatched = options_.selection.variants;
    for (std::size_t i = 0; i < variants.size(); ++i) {
      const std::string name = variants.at(i).name;
      std::erase_if(unmatched, [&](const auto& glob) { return matches({glob}, name); });
      if (i == variants.baseline() || matches(options_.selection.variants, name)) chosen_.push_back(i);
    }
    if (!unmatched.empty())
      throw Error(fmt::format("--variant {}: there is no such variant in {}", unmatched.front(),
                              config_.file.string()));
    progress_.expect(chosen_.size());
    rows_.resize(chosen_.size());
  }

  void choose_workloads() {
    for (const auto& workload : planner_.workloads()) {
      if (workload.measured() && matches(options_.selection.workloads, workload.name))
        workloads_.push_back(workload);
    }
    if (workloads_.empty() && !options_.selection.workloads.empty()) {
      throw Error(fmt::format("--workload {}: there is no such measured workload in {}",
                              options_.selection.workloads.front(), config_.file.string()));
    }
    checker_.emplace(planner_, workloads_, runner_);
  }

  /// False: nothing else makes sense any more.
  bool build_baseline() {
    const auto position =
        static_cast<std::size_t>(std::ranges::find(chosen_, config_.variants->baseline()) - chosen_.begin());
    toolchains::make_folders(layout_.scratch());
    const auto plan = planner_.plan(chosen_[position]);
    auto failed = plan.missing ? StepResult{} : prepare_project(planner_, plan.target, runner_);
    if (!failed && !plan.missing) failed = run_setup(planner_, runner_);
    if (failed) {
      rows_[position] = planned_row(plan);
      mark_failed(rows_[position], *failed);
      progress_.stage_failed(plan.name, failed->reason);
    } else {
      build(position);
    }
    if (rows_[position].status == Status::ok) return true;
    skip_rest("the baseline is not ok");
    return false;
  }

  void build_others() {
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
      for (std::size_t position = next++; position < chosen_.size(); position = next++) {
        if (chosen_[position] == config_.variants->baseline() || stopped()) continue;
        build(position);
      }
    };
    std::vector<std::jthread> others;
    for (int i = 1; i < config_.build.parallel; ++i) others.emplace_back(work);
    work();
    others.clear();
    skip_rest(toolchains::interrupted() ? "interrupted before it was built"
                                        : "--fail-fast: an earlier variant failed");
  }

  VariantPlan plan_of(std::size_t position) {
    const std::scoped_lock guard(mutex_);  // probing remembers what it found
    return planner_.plan(chosen_[position]);
  }

  bool stopped() const { return toolchains::interrupted() || (options_.fail_fast && failed_); }

  /// Builds and checks the variant at `position` of the chosen ones, unless one with the same settings was
  /// built.
  void build(std::size_t position) {
    const auto plan = plan_of(position);
    VariantResult row = planned_row(plan);
    if (const auto twin = same_settings(plan, position)) {
      row.identical_to = *twin;
      row.built_once = true;
    } else if (const auto* kept = kept_row(plan.name)) {
      row = *kept;
    } else {
      if (options_.fresh) fs::remove_all(layout_.variant(plan.name));
      row = build_variant(plan, position + 1, {planner_, runner_, progress_, config_.build.parallel > 1});
    }
    if (row.status == Status::ok && !row.built_once) check(row, plan);
    if (row.status == Status::failed || row.status == Status::wrong_output) failed_ = true;
    const std::scoped_lock guard(mutex_);
    if (!(toolchains::interrupted() && row.status != Status::ok)) {
      journal_.variant_finished(row);
      rows_[position] = std::move(row);
    }
  }

  /// With keep = "bin" there is no target folder left to ask cargo: the resumed run's own record counts, if
  /// its executables are still what they were.
  const VariantResult* kept_row(const std::string& name) const {
    const auto found = earlier_.variants.find(name);
    if (config_.build.keep != Keep::bin || found == earlier_.variants.end() ||
        found->second.status != Status::ok)
      return nullptr;
    const bool intact = std::ranges::all_of(found->second.artifacts, [](const auto& artifact) {
      std::error_code missing;
      return fs::exists(artifact.path, missing) &&
             toolchains::sha256_of_file(artifact.path) == artifact.sha256;
    });
    return intact ? &found->second : nullptr;
  }

  std::optional<std::string> same_settings(const VariantPlan& plan, std::size_t position) {
    const std::scoped_lock guard(mutex_);
    if (plan.missing) return std::nullopt;
    const auto [entry, is_new] = built_.try_emplace(plan.canonical, position);
    if (is_new) return std::nullopt;
    return config_.variants->at(chosen_[entry->second]).name;
  }

  void check(VariantResult& row, const VariantPlan& plan) {
    const std::scoped_lock guard(checking_);
    try {
      if (plan.baseline)
        checker_->check_baseline(row, plan.settings);
      else
        checker_->check(row, plan.settings);
    } catch (const Error& error) {
      mark_failed(row, failed_step("check", error.what()));
    }
    if (row.status != Status::ok) progress_.stage_failed(row.name, row.reason);
  }

  void skip_rest(const std::string& reason) {
    for (std::size_t position = 0; position < rows_.size(); ++position) {
      if (!rows_[position].name.empty()) continue;
      rows_[position] = planned_row(planner_.plan(chosen_[position]));
      rows_[position].status = Status::skipped;
      rows_[position].reason = reason;
    }
  }

  /// Variants whose twin failed fail with it; those with the same code as an earlier one are not timed again.
  void find_identical() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      auto& row = rows_[i];
      if (row.built_once) {
        const auto& twin = *std::ranges::find(rows_, *row.identical_to, &VariantResult::name);
        row.status = twin.status;
        row.reason = twin.reason;
        row.artifacts = twin.artifacts;
        row.build = twin.build;
        row.pgo = twin.pgo;
      } else if (row.status == Status::ok) {
        const auto twin = std::find_if(
            rows_.begin(), rows_.begin() + static_cast<std::ptrdiff_t>(i), [&](const auto& other) {
              return other.status == Status::ok && !other.identical_to && same_code(other, row);
            });
        if (twin != rows_.begin() + static_cast<std::ptrdiff_t>(i)) row.identical_to = twin->name;
      }
    }
  }

  bool same_code(const VariantResult& a, const VariantResult& b) const {
    return run_env(a) == run_env(b) &&
           std::ranges::equal(a.artifacts, b.artifacts, {}, &report::Artifact::code_sha256,
                              &report::Artifact::code_sha256);
  }

  static std::string run_env(const VariantResult& row) {
    const auto found = std::ranges::find(row.settings, "run-env", &report::Setting::key);
    return found == row.settings.end() ? "" : found->value;
  }

  void measure() {
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].status != Status::ok || rows_[i].identical_to) continue;
      Candidate candidate{rows_[i].name, config_.variants->at(chosen_[i]).settings.run_env, {}};
      for (const auto& artifact : rows_[i].artifacts) candidate.code[artifact.program] = artifact.code_sha256;
      candidates.push_back(std::move(candidate));
    }
    measure::TimerSampler sampler(measure::find_timer(fs::read_symlink("/proc/self/exe")),
                                  toolchains::interrupt_descriptor());
    for (const auto& workload : workloads_) {
      if (toolchains::interrupted()) break;
      auto measured = measure_workload(workload, candidates, earlier_.measurements[workload.name],
                                       {planner_, runner_, sampler, progress_, journal_, seed_, budget()});
      take_failures(workload, measured);
      results_.benchmarks.push_back(to_benchmark(workload, measured, planner_));
      measurements_.emplace(workload.name, std::move(measured));
    }
  }

  Nanoseconds budget() const {
    return options_.quick ? config_.measure.max_time / 5 : config_.measure.max_time;
  }

  /// Who failed while being timed is not ranked, however fast it was before.
  void take_failures(const Workload& workload, const measure::Measured& measured) {
    for (const auto& series : measured.series) {
      if (series.failure.empty()) continue;
      auto& row = *std::ranges::find(rows_, series.name, &VariantResult::name);
      mark_failed(row, failed_step("measure " + workload.name, series.failure));
      progress_.stage_failed(row.name, row.reason);
      failed_ = true;
    }
  }

  int finish() {
    results_.variants = rows_;
    if (results_.comparisons.empty()) decide(config_, measurements_, results_);
    results_.run.finished = timestamp();
    results_.run.interrupted = toolchains::interrupted() != 0;
    results_.notes.push_back(space_taken(layout_, config_.build.keep));
    std::erase(results_.notes, "");
    if (!results_.run.interrupted) journal_.end();
    progress_.finish();
    write_run_files(results_, journal_.folder(), !options_.quick);
    write_exports(results_, options_.exports);
    if (!options_.exports.any_on_stdout()) print_table(results_, options_.color_out);
    return exit_code();
  }

  int exit_code() const {
    if (const int signal = toolchains::interrupted()) return 128 + signal;
    const auto baseline = std::ranges::find(rows_, results_.baseline, &VariantResult::name);
    const auto named_and_skipped = [&](const VariantResult& row) {
      const auto& globs = options_.selection.variants;
      return row.status == Status::skipped && std::ranges::find(globs, row.name) != globs.end();
    };
    const bool others_skipped = rows_.size() > 1 && std::ranges::all_of(rows_, [&](const auto& row) {
                                  return row.name == results_.baseline || row.status == Status::skipped;
                                });
    if (baseline->status == Status::skipped) return static_cast<int>(Exit::tool);
    if (baseline->status != Status::ok || failed_) return static_cast<int>(Exit::failed);
    if (others_skipped || std::ranges::any_of(rows_, named_and_skipped)) return static_cast<int>(Exit::tool);
    return static_cast<int>(Exit::ok);
  }

  const Config& config_;
  const RunOptions& options_;
  const Layout& layout_;
  report::Progress& progress_;
  ShowingRunner runner_;
  Machine machine_;
  Planner planner_;
  std::string started_;
  std::uint64_t seed_ = 0;
  Unfinished earlier_;
  Journal journal_;
  std::vector<std::size_t> chosen_;  ///< indexes of the configuration, in its order
  std::vector<VariantResult> rows_;  ///< one for each chosen variant
  std::vector<Workload> workloads_;
  std::optional<Checker> checker_;
  std::map<std::string, std::size_t> built_;  ///< canonical settings -> position that builds them
  Measurements measurements_;
  report::Results results_;
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::mutex checking_;
};

}  // namespace

int run(const RunOptions& options) {
  const Config config = load_config(options.file);
  const Layout layout = layout_at(state_folder(config, options));
  create_state_folder(layout);
  const auto held = lock(layout);
  report::Progress progress(stderr, report::options_for(stderr, options.color_err, options.verbosity));
  for (const auto& note : config.notes) progress.warning(note);
  return Run(config, options, layout, progress).execute();
}

}  // namespace pgo_orch::orchestrator
