#include "orchestrator/build/matrix_build.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "orchestrator/build/prepare.h"
#include "orchestrator/build/row.h"
#include "orchestrator/build/sources.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"
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

bool same_code(const VariantResult& a, const VariantResult& b) {
  return run_env_of(a) == run_env_of(b) &&
         std::ranges::equal(a.artifacts, b.artifacts, {}, &report::Artifact::code_sha256,
                            &report::Artifact::code_sha256);
}

}  // namespace

MatrixBuild::MatrixBuild(const Planner& planner, MatrixOptions options, std::vector<Workload> workloads,
                         toolchains::Runner& runner, report::Progress& progress, Journal& journal,
                         const Unfinished& earlier)
    : planner_(planner),
      options_(std::move(options)),
      runner_(runner),
      progress_(progress),
      journal_(journal),
      earlier_(earlier),
      checker_(planner, std::move(workloads), runner),
      chosen_(options_.variants),
      baseline_(static_cast<std::size_t>(std::ranges::find(chosen_, planner.config().variants->baseline()) -
                                         chosen_.begin())),
      rows_(chosen_.size()) {
  progress_.expect(chosen_.size());
}

std::vector<VariantResult> MatrixBuild::finish() {
  skip_rest(rows_[baseline_].status == Status::ok
                ? "--fail-fast: an earlier variant failed"
                : fmt::format("the baseline, '{}', is not ok", rows_[baseline_].name));
  find_identical();
  return rows_;
}

std::map<std::string, std::string> MatrixBuild::run_env(std::size_t position) const {
  return planner_.config().variants->at(chosen_[position]).settings.run_env;
}

bool MatrixBuild::build_baseline() {
  const auto plan = plan_of(baseline_);
  StepResult failed;
  if (!plan.missing) failed = prepare_project(planner_, plan.target, runner_);
  if (!plan.missing && !failed) failed = run_setup(planner_, runner_);
  if (!failed) {
    build(baseline_);
  } else {
    rows_[baseline_] = planned_row(plan);
    mark_failed(rows_[baseline_], *failed);
    progress_.stage_failed(plan.name, failed->reason);
  }
  return !rows_[baseline_].name.empty() && rows_[baseline_].status == Status::ok;  // no name: interrupted
}

void MatrixBuild::build_others(const GateKeeper& gate) {
  gate_ = gate;
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t position = next++; position < chosen_.size(); position = next++) {
      const bool stopped = toolchains::interrupted() || (options_.fail_fast && failed_);
      if (position != baseline_ && !stopped) build(position);
    }
  };
  std::vector<std::future<void>> others;
  for (int i = 1; i < planner_.config().build.parallel; ++i)
    others.push_back(std::async(std::launch::async, work));
  work();
  for (auto& other : others) other.get();  // rethrows what no variant is to blame for
}

VariantPlan MatrixBuild::plan_of(std::size_t position) {
  const std::scoped_lock guard(mutex_);  // probing remembers what it found
  return planner_.plan(chosen_[position]);
}

/// What an interrupted run decided stands: phases measured anew might decide otherwise.
std::optional<report::GateResult> MatrixBuild::gate_of(std::size_t position, const std::string& name) const {
  if (!gate_) return std::nullopt;
  const auto known = earlier_.variants.find(name);
  if (known != earlier_.variants.end() && known->second.gate && known->second.gate->value)
    return known->second.gate;
  return gate_(chosen_[position]);
}

void MatrixBuild::build(std::size_t position) {
  const auto plan = plan_of(position);
  VariantResult row = planned_row(plan);
  const auto gate = gate_of(position, plan.name);
  if (gate) pass_gate(*gate, row);
  if (gate && !gate->open) {
    progress_.note(fmt::format("{} is not built: {}", plan.name, row.reason));
  } else if (const auto twin = same_settings(plan, position)) {
    row.identical_to = *twin;
    row.built_once = true;
  } else if (const auto* kept = kept_row(plan.name)) {
    row = *kept;
  } else {
    if (options_.fresh) fs::remove_all(planner_.layout().variant(plan.name));
    row = build_variant(plan, ++started_,
                        {planner_, runner_, progress_, journal_, planner_.config().build.parallel > 1});
  }
  if (row.status == Status::ok && !row.built_once) check(row, plan);
  if (gate) row.gate = *gate;
  const std::scoped_lock guard(mutex_);
  if (is_bad(row) && toolchains::interrupted()) return;  // no fault of its own; skip_rest says so
  failed_ = failed_ || is_bad(row);
  journal_.variant_finished(row);
  progress_.variant_finished();
  rows_[position] = std::move(row);
}

void MatrixBuild::check(VariantResult& row, const VariantPlan& plan) {
  const std::scoped_lock guard(checking_);
  try {
    if (plan.baseline)
      checker_.check_baseline(row, plan.settings);
    else
      checker_.check(row, plan.settings);
  } catch (const Error& error) {
    mark_failed(row, failed_step("check", error.what()));
  }
  if (row.status != Status::ok) progress_.stage_failed(row.name, row.reason);
}

std::optional<std::string> MatrixBuild::same_settings(const VariantPlan& plan, std::size_t position) {
  if (plan.missing) return std::nullopt;
  const std::scoped_lock guard(mutex_);
  const auto [entry, is_new] = built_.try_emplace(plan.canonical, position);
  if (is_new) return std::nullopt;
  return planner_.config().variants->at(chosen_[entry->second]).name;
}

/// With keep = "bin" there is no target folder left to ask cargo: the resumed run's own record counts, if its
/// executables are still what they were.
const VariantResult* MatrixBuild::kept_row(const std::string& name) const {
  const auto found = earlier_.variants.find(name);
  if (planner_.config().build.keep != Keep::bin || found == earlier_.variants.end()) return nullptr;
  const auto& row = found->second;
  const bool intact =
      row.status == Status::ok && std::ranges::all_of(row.artifacts, [](const auto& artifact) {
        std::error_code missing;
        return fs::exists(artifact.path, missing) &&
               toolchains::sha256_of_file(artifact.path) == artifact.sha256;
      });
  return intact ? &row : nullptr;
}

void MatrixBuild::skip_rest(const std::string& reason) {
  for (std::size_t position = 0; position < rows_.size(); ++position) {
    if (!rows_[position].name.empty()) continue;
    rows_[position] = planned_row(plan_of(position));
    rows_[position].status = Status::skipped;
    rows_[position].reason = toolchains::interrupted() ? "interrupted before it was ready" : reason;
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
