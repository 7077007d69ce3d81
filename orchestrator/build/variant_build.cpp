#include "orchestrator/build/variant_build.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "orchestrator/build/artifacts.h"
#include "orchestrator/build/build_stage.h"
#include "orchestrator/build/command_stage.h"
#include "orchestrator/build/prove_stage.h"
#include "orchestrator/build/room.h"
#include "orchestrator/build/row.h"
#include "orchestrator/build/saved_profile.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/build/symbols.h"
#include "orchestrator/build/training.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::VariantResult;

namespace {

/// Executes the steps of one variant in their order and gathers what the row shows.
class VariantBuild {
 public:
  VariantBuild(const VariantPlan& plan, std::size_t number, const Workshop& workshop, VariantResult& row)
      : plan_(plan), number_(number), workshop_(workshop), row_(row) {}

  StepResult run() {
    if (const auto problem = problem_of_saved_profile(plan_, workshop_.planner, workshop_.runner);
        !problem.empty())
      return failed_step("prove", problem);
    if (auto failed = prepare_variant(plan_, workshop_.planner, workshop_.runner)) return failed;
    for (const auto& step : plan_.steps) {
      if (auto failed = std::visit([&](const auto& each) { return execute_step(each); }, step)) return failed;
    }
    if (makes_programs()) describe_artifacts();
    summarize_times();
    return std::nullopt;
  }

 private:
  /// Not where only the instrumented ones are asked for.
  bool makes_programs() const {
    return std::ranges::any_of(pgo::compile_steps(plan_.steps), [](const pgo::CompileStep& step) {
      return std::visit([](const auto* each) { return each->stage != pgo::Stage::instrumented; }, step);
    });
  }

  /// Counts cargo's messages of finished units while it writes them.
  static std::function<int()> units_counted_in(const fs::path& messages) {
    std::error_code missing;
    fs::remove(messages, missing);  // an earlier build's
    return [messages, read = std::streamoff{0}, units = 0]() mutable {
      std::ifstream stream(messages);
      stream.seekg(read);
      for (std::string line; std::getline(stream, line) && !stream.eof(); read = stream.tellg())
        units += line.starts_with(R"({"reason":"compiler-artifact")");
      return units;
    };
  }

  template <class Execute>
  StepResult announced(const std::string& stage, const Execute& execute, std::function<int()> units = {}) {
    workshop_.progress.stage_started(number_, plan_.name, stage, std::move(units));
    auto failed = attempt(stage, execute);
    if (failed) return failed;
    workshop_.progress.stage_finished(plan_.name);
    workshop_.journal.stage_finished(plan_.name, stage);
    return failed;
  }

  StepResult of_the_same_sources(const auto& step, const auto& build) {
    const auto began = std::chrono::system_clock::now();
    if (auto failed = build()) {
      if (failed->timed_out) failed->reason += ": raise 'timeout' in [build]";
      return failed;
    }
    auto found = workshop_.sources.look(plan_, step, began);
    if constexpr (std::is_same_v<std::decay_t<decltype(step)>, pgo::BuildStep>) {
      if (found.problem.empty() && !found.written.empty()) {
        if (auto failed = confirm_generated(step, found)) return failed;
      }
    }
    if (found.problem.empty()) return std::nullopt;
    return failed_step(pgo::describe(pgo::Step(step)), found.problem);
  }

  /// By building once more, on what is there.
  StepResult confirm_generated(pgo::BuildStep step, SourceWatch::Look& found) {
    step.command.log_file.replace_extension("again.log");
    step.command.stdout_file.replace_extension("again.jsonl");
    const auto began = std::chrono::system_clock::now();
    Again again;
    if (auto failed = build_again(step, workshop_.runner, again)) return failed;
    found.problem = workshop_.sources.confirm(found.written, again.all_fresh, began);
    return std::nullopt;
  }

  StepResult execute_step(const pgo::BuildStep& step) {
    if (step.stage == pgo::Stage::instrumented)
      for (const auto& shortage : shortages(workshop_.planner.layout()))
        workshop_.progress.warning(fmt::format("{}: {}", plan_.name, shortage));
    StageBuild built;
    auto failed = announced(
        pgo::describe(pgo::Step(step)),
        [&] {
          if (auto wrong = prepare_pinning(step, workshop_.runner, pgo_.remarks)) return wrong;
          return of_the_same_sources(
              step, [&] { return execute(step, workshop_.shared, workshop_.runner, built); });
        },
        units_counted_in(step.command.stdout_file));
    if (failed && !failed->interrupted && plan_.source.patch.empty()) add_hint_on_copy(*failed);
    times_.push_back(std::move(built.times));
    if (step.stage == pgo::Stage::instrumented) instrumented_ = step.output_dir;
    if (step.stage == pgo::Stage::optimized) pgo_.rustc_warnings = built.profile_warnings;
    if (!failed && step.stage == pgo::Stage::optimized && link_with_symbols(step, workshop_.runner))
      note("what links it strips it, so it was built once more with symbols, for the proof");
    return failed;
  }

  static bool misses_a_file(const StepFailure& failed) {
    return std::ranges::any_of(failed.failure.tail, [](const std::string& line) {
      constexpr const char* words[] = {"No such file",   "couldn't read",  "failed to read",
                                       "failed to load", "does not exist", "not found"};
      return std::ranges::any_of(words,
                                 [&](const char* word) { return line.find(word) != std::string::npos; });
    });
  }

  void add_hint_on_copy(StepFailure& failed) const {
    const auto& project = workshop_.planner.project();
    if (project.shadow.empty() || !misses_a_file(failed)) return;
    failed.reason += fmt::format(
        ". It was built in a copy of the workspace, {}: {}. If it needs files from outside the workspace, "
        "make the lock file with `cargo generate-lockfile`",
        project.shadow.front().to.string(), project.shadow_reason);
  }

  StepResult execute_step(const pgo::CommandStep& step) {
    StageTimes times;
    auto failed = announced(pgo::describe(pgo::Step(step)), [&] {
      return of_the_same_sources(step,
                                 [&] { return execute(step, workshop_.shared, workshop_.runner, times); });
    });
    times_.push_back(std::move(times));
    if (step.stage == pgo::Stage::instrumented) instrumented_ = step.program.parent_path();
    return failed;
  }

  StepResult execute_step(const pgo::TrainStep& step) {
    training_.workloads.push_back(step);  // they run at the merge: whether at all depends on all of them
    return std::nullopt;
  }

  StepResult execute_step(const pgo::MergeStep& step) {
    if (!step.trained_by.empty())
      return announced("merge", [&] {
        auto failed = merge_trained(step, workshop_.runner, pgo_, times_);
        if (!failed) take_remarks();
        return failed;
      });
    training_.merge = step;
    return announced("train", [&] {
      const auto begin = [&](const std::string& workload) {
        workshop_.progress.training(plan_.name, workload);
      };
      auto failed = execute(training_, instrumented_, workshop_.runner, begin, pgo_, times_);
      for (const auto& each : training_.workloads)
        if (auto changed = workshop_.sources.changed_input(each.workload); !failed && !changed.empty())
          failed = failed_step("train", changed);
      if (failed) return failed;
      take_remarks();
      keep_training_state(training_, instrumented_build(plan_), workshop_.sources);
      return failed;
    });
  }

  void take_remarks() {
    for (const auto& workload : pgo_.workloads)
      for (const auto& remark : workload.remarks)
        pgo_.remarks.push_back(fmt::format("train {}: {}", workload.name, remark));
  }

  StepResult execute_step(const pgo::ProveStep& step) {
    row_.pgo.emplace();
    auto failed = announced("prove", [&] { return execute(step, workshop_.runner, pgo_); });
    for (const auto& remark : pgo_.remarks) note(remark);
    row_.pgo = pgo_;
    return failed;
  }

  StepResult execute_step(const pgo::StripStep& step) {
    std::string instead;
    auto failed = execute(step, workshop_.runner, instead);
    note(instead);
    return failed;
  }

  void note(const std::string& text) const {
    if (!text.empty()) workshop_.progress.note(fmt::format("{}: {}", plan_.name, text));
  }

  void describe_artifacts() {
    std::vector<std::string> names;
    for (const auto& program : workshop_.planner.project().programs) names.push_back(program.name);
    row_.artifacts = artifacts_in(workshop_.planner.layout().variant(plan_.name) / "bin", names);
  }

  /// The build is all of its stages, one after another; without a time for each of them there is none for the
  /// whole.
  void summarize_times() {
    report::Build build;
    StageRun sum;
    bool complete = !times_.empty();
    for (const auto& stage : times_) {
      complete = complete && !stage.runs.empty();
      sum = sum + stage.median();
      if (!stage.runs.empty()) build.stages.push_back({stage.stage, stage.median().wall});
      build.stored = build.stored || stage.stored;
      build.shared = build.shared || stage.shared;
      build.measured_at = std::max(build.measured_at, stage.measured_at);
    }
    if (complete) {
      build.runs = {sum.wall};
      build.wall = sum.wall;
      build.user = sum.user;
      build.system = sum.system;
      build.peak_rss = sum.peak_rss;
    }
    row_.build = build;
  }

  const VariantPlan& plan_;
  std::size_t number_;
  const Workshop& workshop_;
  VariantResult& row_;
  report::PgoResult pgo_;
  Training training_;
  fs::path instrumented_;
  std::vector<StageTimes> times_;
};

}  // namespace

void remove_target_folders(const VariantPlan& plan) {
  struct Remove {
    std::error_code ignored;
    void operator()(const pgo::BuildStep* build) { fs::remove_all(build->target_dir, ignored); }
    void operator()(const pgo::CommandStep* build) { fs::remove_all(build->scratch, ignored); }
  };
  for (const auto& step : pgo::compile_steps(plan.steps)) std::visit(Remove{}, step);
}

VariantResult build_variant(const VariantPlan& plan, std::size_t number, const Workshop& workshop) {
  VariantResult row = planned_row(plan);
  if (plan.missing) {
    workshop.progress.warning(fmt::format("{} is skipped: {}", plan.name, row.reason));
    return row;
  }
  const auto failed = attempt("build", [&] { return VariantBuild(plan, number, workshop, row).run(); });
  if (workshop.planner.config().build.keep == Keep::bin) remove_target_folders(plan);
  if (failed) {
    mark_failed(row, *failed);
    if (failed->interrupted)
      workshop.progress.stage_interrupted(plan.name);
    else
      workshop.progress.stage_failed(plan.name, row.reason);
  }
  return row;
}

}  // namespace pgo_orch::orchestrator
