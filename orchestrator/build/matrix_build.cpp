#include "orchestrator/build/matrix_build.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <future>

#include "orchestrator/build/prepare.h"
#include "orchestrator/build/row.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/config/find.h"
#include "report/humanize.h"
#include "toolchains/checked_file.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Status;
using report::VariantResult;

namespace {

bool is_bad(const VariantResult& row) {
  return row.status == Status::failed || row.status == Status::wrong_output;
}

/// Programs are run with it: two variants that differ in it are never the same, whatever their code.
std::string run_env_of(const VariantResult& row) {
  const auto found = std::ranges::find(row.settings, "run-env", &report::Setting::key);
  return found == row.settings.end() ? "" : found->value;
}

/// In plain builds: an instrumented one takes about as long, and so does training where nothing is known.
double work_of(const VariantPlan& plan) {
  return static_cast<double>(std::max<std::size_t>(1, pgo::compile_steps(plan.steps).size()));
}

bool same_code(const VariantResult& a, const VariantResult& b) {
  return run_env_of(a) == run_env_of(b) &&
         std::ranges::equal(a.artifacts, b.artifacts, {}, &report::Artifact::code_sha256,
                            &report::Artifact::code_sha256);
}

}  // namespace

MatrixBuild::MatrixBuild(const std::vector<VariantPlan>& plans, const MatrixOptions& options,
                         std::vector<Workload> workloads, const Workshop& workshop, const Unfinished& earlier)
    : plans_(plans),
      options_(options),
      workshop_(workshop),
      earlier_(earlier),
      checker_(workshop.planner.layout(), std::move(workloads), workshop.runner,
               set_by_cargo_run(workshop.planner)),
      baseline_(
          static_cast<std::size_t>(std::ranges::find(plans, true, &VariantPlan::baseline) - plans.begin())),
      rows_(plans.size()) {
  double work = 0;
  for (const auto& plan : plans) work += work_of(plan);
  workshop.progress.expect(plans.size(), work);
  same_sources_ = !earlier.variants.empty() && workshop.sources.resume(sources_record());
}

/// What is built by then is measured in the time that is left.
bool MatrixBuild::is_late() const {
  return options_.until && std::chrono::steady_clock::now().time_since_epoch() >= *options_.until;
}

std::vector<VariantResult> MatrixBuild::finish() {
  skip_rest(rows_[baseline_].status != Status::ok
                ? fmt::format("the baseline, '{}', did not pass", rows_[baseline_].name)
            : options_.fail_fast && failed_ ? "--fail-fast: an earlier variant failed"
                                            : no_time_left);
  find_identical();
  return rows_;
}

bool MatrixBuild::build_baseline() {
  const VariantPlan& plan = plans_[baseline_];
  StepResult failed;
  if (!plan.missing) failed = prepare_project(workshop_.planner, plan.target, workshop_.runner);
  if (!plan.missing && !failed) failed = run_setup(workshop_.planner, workshop_.runner);
  if (!failed) {
    build(baseline_);
  } else {
    rows_[baseline_] = planned_row(plan);
    mark_failed(rows_[baseline_], *failed);
    workshop_.progress.stage_failed(plan.name, failed->reason);
  }
  const bool passed = !rows_[baseline_].name.empty() && rows_[baseline_].status == Status::ok;
  if (passed) say_what_is_known();  // no name: interrupted
  return passed;
}

/// The first figures, long before the answer.
void MatrixBuild::say_what_is_known() {
  const auto& row = rows_[baseline_];
  std::string text = row.name + ": ";
  if (row.build && row.build->wall) text += fmt::format("built in {}, ", report::human(*row.build->wall));
  text += "output checked";
  for (const auto& [workload, wall] : checker_.baseline_runs())
    text += fmt::format("; '{}' takes about {}", workload, report::human(wall));
  workshop_.progress.note(text);
  if (plans_.size() > 1 && row.build && row.build->wall) say_what_is_to_come(*row.build->wall);
}

/// What the rounds take that are measured in any case, with the control and a warm-up.
Nanoseconds MatrixBuild::least_measuring() const {
  Nanoseconds round = std::chrono::milliseconds(250);  // so that it is never "up to 0 s"
  for (const auto& [name, wall] : checker_.baseline_runs()) {
    const auto* workload = find_by(workshop_.planner.workloads(), &Workload::name, name);
    if (workload && workload->measured()) round += wall * (std::ssize(plans_) + 1);
  }
  return round * (measure::fewest_rounds + 1);
}

/// What the others take in time and disk, if they are like the baseline.
void MatrixBuild::say_what_is_to_come(Nanoseconds baseline) {
  double others = -work_of(plans_[baseline_]);
  for (const auto& plan : plans_) others += work_of(plan);
  const auto times = [&](auto count) { return std::llround(others * static_cast<double>(count)); };
  std::string text =
      fmt::format("{} to build: about {}", report::human_count(std::ssize(plans_) - 1, "more variant"),
                  report::human_wait(Nanoseconds(times(baseline.count()))));
  if (workshop_.planner.config().build.keep == Keep::all) {
    const auto size = toolchains::size_of_tree(workshop_.planner.layout().variant(plans_[baseline_].name));
    text += fmt::format(" and {}", report::human(Bytes{static_cast<std::uint64_t>(times(size.count))}));
  }
  text += ", if nothing is reused";
  if (options_.measuring > Nanoseconds::zero())
    text += fmt::format("; then up to {} of measuring",
                        report::human_wait(std::max(options_.measuring, least_measuring())));
  workshop_.progress.note(text);
}

void MatrixBuild::build_others(const JudgeCondition& judge) {
  judge_condition_ = judge;
  std::vector<std::size_t> own, of_others;  // which can be built when those are trained
  for (std::size_t position = 0; position < plans_.size(); ++position)
    if (position != baseline_) (plans_[position].left_out ? of_others : own).push_back(position);
  build_all(own);
  build_all(of_others);
}

void MatrixBuild::build_all(const std::vector<std::size_t>& positions) {
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < positions.size(); i = next++) {
      const bool stopped = toolchains::interrupted() || (options_.fail_fast && failed_) || is_late();
      if (!stopped) build(positions[i]);
    }
  };
  std::vector<std::future<void>> others;
  for (int i = 1; i < workshop_.planner.config().build.parallel; ++i)
    others.push_back(std::async(std::launch::async, work));
  work();
  for (auto& other : others) other.get();  // rethrows what no variant is to blame for
}

/// The decisions of an interrupted run are kept: phases measured again might decide otherwise.
std::optional<report::ConditionResult> MatrixBuild::condition_of(std::size_t position,
                                                                 const std::string& name) const {
  if (!judge_condition_) return std::nullopt;
  const auto known = earlier_.variants.find(name);
  if (known != earlier_.variants.end() && known->second.condition && known->second.condition->value)
    return known->second.condition;
  return judge_condition_(plans_[position].index);
}

void MatrixBuild::build(std::size_t position) {
  const VariantPlan& plan = plans_[position];
  VariantResult row = planned_row(plan);
  const auto condition = condition_of(position, plan.name);
  if (condition) note_condition(*condition, row);
  if (condition && !condition->holds) {
    workshop_.progress.note(fmt::format("{} is not built: {}", plan.name, row.reason));
  } else if (const auto twin = same_settings(plan, position)) {
    row.identical_to = *twin;
    row.built_once = true;
  } else if (const auto* kept = kept_row(plan.name)) {
    row = *kept;
  } else if (const auto untrained = why_untrained(plan); !untrained.empty()) {
    row.status = Status::skipped;
    row.reason = untrained;
  } else {
    if (options_.fresh) fs::remove_all(workshop_.planner.layout().variant(plan.name));
    row = build_variant(plan, ++started_, workshop_);
  }
  if (row.status == Status::ok && !row.built_once) check(row, plan);
  if (condition) row.condition = *condition;
  const std::scoped_lock guard(mutex_);
  if (is_bad(row) && toolchains::interrupted()) return;  // no fault of its own; skip_rest says so
  failed_ = failed_ || is_bad(row);
  workshop_.journal.variant_finished(row);
  workshop_.sources.keep_in(sources_record());
  workshop_.progress.variant_finished(work_of(plan), !row.built_once && row.status != Status::skipped);
  rows_[position] = std::move(row);
}

/// Why the variant that this one is made of has no training; empty: it has, or this one trains itself.
std::string MatrixBuild::why_untrained(const VariantPlan& plan) {
  if (!plan.left_out) return "";
  const std::scoped_lock guard(mutex_);
  const auto& name = plan.left_out->variant;
  const auto* row = find_by(rows_, &VariantResult::name, name);
  if (!row) return fmt::format("'{}', whose training it shares, was not built", name);
  if (row->built_once)
    return fmt::format("'{}', whose training it shares, was built once, as '{}'", name, *row->identical_to);
  if (row->status == Status::ok) return "";
  return fmt::format("'{}', whose training it shares, {}", name,
                     row->status == Status::skipped ? "was skipped" : "failed");
}

void MatrixBuild::check(VariantResult& row, const VariantPlan& plan) {
  const std::scoped_lock guard(checking_);
  const auto problem = problem_in([&] {
    if (plan.baseline) {
      workshop_.sources.remember_inputs(workshop_.planner.workloads());
      checker_.check_baseline(row, plan.settings);
      workshop_.sources.forget_outputs();
    } else
      checker_.check(row, plan.settings);
  });
  if (problem) mark_failed(row, failed_step("check", *problem));
  for (const auto& note : checker_.take_notes()) {
    notes_.push_back(fmt::format("{}: {}", row.name, note));
    workshop_.progress.warning(notes_.back());
  }
  if (row.status != Status::ok) workshop_.progress.stage_failed(row.name, row.reason);
}

std::optional<std::string> MatrixBuild::same_settings(const VariantPlan& plan, std::size_t position) {
  if (plan.missing) return std::nullopt;
  const std::scoped_lock guard(mutex_);
  const auto [entry, is_new] = built_.try_emplace(plan.canonical, position);
  if (is_new) return std::nullopt;
  return plans_[entry->second].name;
}

/// With keep = "bin" there is no target folder left to ask cargo: the resumed run's own record counts, if its
/// executables are still what they were.
const VariantResult* MatrixBuild::kept_row(const std::string& name) const {
  const auto found = earlier_.variants.find(name);
  if (workshop_.planner.config().build.keep != Keep::bin || !same_sources_ ||
      found == earlier_.variants.end())
    return nullptr;
  const auto& row = found->second;
  const bool intact =
      row.status == Status::ok && std::ranges::all_of(row.artifacts, [](const auto& artifact) {
        return toolchains::replaced({{artifact.path, artifact.sha256}}).empty();
      });
  return intact ? &row : nullptr;
}

void MatrixBuild::skip_rest(const std::string& reason) {
  for (std::size_t position = 0; position < rows_.size(); ++position) {
    if (!rows_[position].name.empty()) continue;
    rows_[position] = planned_row(plans_[position]);
    rows_[position].status = Status::skipped;
    rows_[position].reason = toolchains::interrupted() ? "interrupted before it was built" : reason;
  }
}

void MatrixBuild::find_identical() {
  for (auto row = rows_.begin(); row != rows_.end(); ++row) {
    if (row->built_once) {
      const auto& twin = *std::ranges::find(rows_, *row->identical_to, &VariantResult::name);
      row->status = twin.status;
      row->reason = twin.reason;
      row->artifacts = twin.artifacts;
      row->build = twin.build;
      row->pgo = twin.pgo;
    } else if (row->status == Status::ok) {
      const auto twin = std::find_if(rows_.begin(), row, [&](const auto& other) {
        return other.status == Status::ok && !other.identical_to && same_code(other, *row);
      });
      if (twin != row) row->identical_to = twin->name;
    }
  }
}

}  // namespace pgo_orch::orchestrator
