#include "orchestrator/gate/gate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "measure/code/instructions.h"
#include "orchestrator/build/check.h"
#include "orchestrator/build/corpora.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/config/find.h"
#include "orchestrator/gate/build_rounds.h"
#include "orchestrator/judge/gate_verdict.h"
#include "orchestrator/plan/selection.h"
#include "orchestrator/plan/workloads.h"
#include "report/humanize.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using measure::GateMetric;
using measure::GateOutcome;
using report::GateClaim;
using report::PairResult;

namespace {

/// One gate, from two versions to its report.
class Gating {
 public:
  Gating(const GateOrder& order, const GateWork& work, measure::Sampler& sampler)
      : order_(order),
        work_(work),
        clock_{sampler, order.seed, order.budget, work.config.gate.metrics},
        both_{build_side(order.base, Builds::first, work), build_side(order.head, Builds::first, work)} {}

  report::GateReport run() {
    report_.project = name_of_project();
    report_.confidence = work_.config.gate.confidence;
    report_.variant = order_.base.programs.empty() ? work_.variant : "";
    report_.base = described(order_.base, both_[base_place]);
    report_.head = described(order_.head, both_[head_place]);
    if (wants(GateMetric::build) && both_[base_place].steps.empty())
      throw Error("metrics in [gate] name \"build\", and executables are not built: leave it out");
    prepare_inputs();
    choose();
    check();
    if (wants(GateMetric::instructions)) find_counter();
    compare();
    if (const auto failed = failed_ones(); !failed.empty()) compare_again(failed);
    for (auto& claim : report_.claims) conclude(claim, order_.base.programs.empty());
    for (auto& claim : report_.claims) doubt(claim);
    report::sort_worst_first(report_.claims);
    return std::move(report_);
  }

 private:
  static report::GateVersion described(const Side& side, const Built& built) {
    report::GateVersion version{side.given, side.revision, built.rustc, {}};
    for (const auto& artifact : built.row.artifacts)
      version.programs.push_back({artifact.program, artifact.sha256, artifact.code_sha256, artifact.size});
    return version;
  }

  std::string name_of_project() const {
    if (const auto& name = work_.config.project.name; !name.empty()) return name;
    return fmt::format("{}", fmt::join(both_[base_place].programs, ", "));
  }

  /// What both run on: the user's, in a place of the gate's own.
  void prepare_inputs() {
    auto config = work_.config;
    for (auto& workload : config.workloads) workload = with_root(workload, config.root);
    prepare_corpora(config, work_.layout, work_.users.checkouts(), work_.runner, work_.progress);
    workloads_ = resolved_workloads(config, both_[base_place].programs, work_.layout);
    for (const auto& file : workload_files(workloads_)) toolchains::write_if_different(file.path, file.text);
    if (const auto failed = run_setup(workloads_, work_.config, work_.layout, work_.runner))
      throw_failure(*failed, "the workloads cannot be set up", "nothing was compared");
  }

  bool trains(const Workload& workload) const {
    const auto& pgo = both_[base_place].settings.pgo;
    if (!order_.base.programs.empty()) return workload.trains();  // however the executables came about
    if (!pgo || !pgo->profile.empty()) return false;
    return pgo->train.empty() ? workload.trains() : contains(pgo->train, workload.name);
  }

  void choose() {
    auto chosen = choose_workloads(work_.config, workloads_, order_.workloads);
    const bool held_out_only = work_.config.gate.held_out_only;
    std::erase_if(chosen, [&](const Workload& workload) {
      return !workload.measured() || (held_out_only && trains(workload));
    });
    if (chosen.empty())
      throw Error(held_out_only
                      ? "held-out-only leaves no workload: profiles are trained with all of them. Give one "
                        "role = \"measure\", or leave held-out-only out"
                      : "no workload is measured: give one role = \"measure\" or \"both\"");
    workloads_ = std::move(chosen);
  }

  /// Each by itself, so that one that a version fails leaves the others to be compared. What the old one
  /// does not do may be new: there is nothing to compare it with.
  void check() {
    std::vector<Workload> sound;
    std::string left_out;
    for (auto& workload : workloads_) {
      if (toolchains::interrupted()) throw Error("interrupted: nothing was judged", Exit::interrupted);
      if (is_compared_with_baseline(workload)) workload.expect.settles = true;
      auto& checker = checkers_.try_emplace(workload.name, work_.layout, std::vector{workload}, work_.runner)
                          .first->second;
      auto old = both_[base_place].row;
      checker.check_baseline(old, both_[base_place].settings);
      if (old.status != report::Status::ok) {
        left_out = fmt::format("BASE ({}) does not do what it should: {}", order_.base.given, old.reason);
        report_.notes.push_back(fmt::format("workload '{}' is not compared. {}", workload.name, left_out));
        continue;
      }
      auto made = both_[head_place].row;
      checker.check(made, both_[head_place].settings);
      for (auto& note : checker.take_notes()) report_.notes.push_back(std::move(note));
      const bool differs = prints_otherwise(made, workload);
      if (made.status != report::Status::ok && !differs) {
        report_.troubles.push_back({workload.name, made.reason});
        continue;
      }
      if (differs) differ_.push_back(workload.name);
      sound.push_back(workload);
    }
    workloads_ = std::move(sound);
    if (workloads_.empty() && report_.troubles.empty()) throw Error(left_out);
  }

  /// Than the old version, where `expect` says nothing: that may be what the new one is for. What failed
  /// otherwise names the log of the run, not its output.
  bool prints_otherwise(const report::VariantResult& row, const Workload& workload) const {
    return row.status == report::Status::wrong_output && is_compared_with_baseline(workload) && row.failure &&
           toolchains::lies_in(row.failure->log, work_.layout.workloads());
  }

  /// What timing a workload needs.
  GateClock clock_for(const Workload& workload, GateClock clock) const {
    clock.checker = &checkers_.at(workload.name);
    clock.differs = contains(differ_, workload.name);
    return clock;
  }

  void find_counter() {
    const auto found = measure::find_instruction_counter(work_.runner);
    if (!found) throw Error(describe(found.missing()), Exit::tool);
    counter_ = *found;
    report_.notes.push_back(fmt::format("instructions were counted by {}", counter_.name()));
  }

  /// All programs: one may run another that lies beside it.
  bool runs_same_code(const Workload& workload, const BothBuilt& both) const {
    return !workload.is_driven() &&
           std::ranges::equal(both[base_place].row.artifacts, both[head_place].row.artifacts, {},
                              &report::Artifact::code_sha256, &report::Artifact::code_sha256);
  }

  /// How many comparisons share the error: exact ones have none.
  std::size_t comparisons() const {
    const auto timed = std::ranges::count_if(clock_.metrics, is_timed);
    return static_cast<std::size_t>(timed) * workloads_.size() + (wants(GateMetric::build) ? 1 : 0);
  }

  bool wants(GateMetric metric) const { return contains(clock_.metrics, metric); }

  void compare() {
    const auto claim = gate_claim(work_.config.gate.confidence, comparisons());
    for (const auto& workload : workloads_) {
      std::optional<measure::Measured> measured;
      const bool same = runs_same_code(workload, both_);
      if (!same && std::ranges::any_of(clock_.metrics, is_timed))
        measured = time_both(workload, both_, claim, clock_for(workload, clock_), work_);
      if (const auto failure = measured ? failure_of_head(*measured) : std::nullopt) {
        give_up(workload.name, *failure);
        continue;
      }
      for (const auto metric : clock_.metrics) {
        if (metric == GateMetric::size || metric == GateMetric::build) continue;
        GateClaim made{.metric = metric, .workload = workload.name, .trained = trains(workload)};
        if (same && order_.explain == workload.name + "/" + to_word(metric))
          report_.explained = order_.explain + ": the same code, so nothing was timed\n";
        made.first =
            same ? judge_same_code(workload, metric) : judged(workload, metric, measured, both_, claim);
        report_.claims.push_back(std::move(made));
      }
    }
    if (wants(GateMetric::size)) compare_whole(GateMetric::size, judge_sizes(both_));
    if (wants(GateMetric::build)) compare_whole(GateMetric::build, judge_builds(both_, claim));
  }

  PairResult judge_same_code(const Workload& workload, GateMetric metric) const {
    PairResult pair;
    pair.effect = pair.lo = pair.hi = 0;
    pair.allowed = 100 * allowance_of(work_.config, workload.name, metric).fraction;
    pair.outcome = GateOutcome::pass;
    pair.reason = report::same_code;
    return pair;
  }

  PairResult judged(const Workload& workload, GateMetric metric,
                    const std::optional<measure::Measured>& measured, const BothBuilt& both,
                    const measure::Claim& claim) {
    const auto allowance = allowance_of(work_.config, workload.name, metric);
    if (metric != GateMetric::instructions && order_.explain == workload.name + "/" + to_word(metric))
      explain(*measured, pairs_of(both), metric, allowance, claim);
    if (metric != GateMetric::instructions)
      return judge_timed(*measured, pairs_of(both), metric, allowance, claim);
    const auto counts = [&](const Built& built) {
      return blaming(built.row.name, [&] { return counts_of(workload, built); });
    };
    return judge_counted(counts(both[base_place]), counts(both[head_place]), allowance);
  }

  void explain(const measure::Measured& measured, std::size_t pairs, GateMetric metric,
               const Allowance& allowance, const measure::Claim& claim) {
    const bool again = !report_.explained.empty();
    report_.explained +=
        fmt::format("{}{}{}\n", again ? "\n" : "", order_.explain,
                    again ? (order_.base.programs.empty() ? ", other builds" : ", measured again") : "");
    report_.explained += to_text(explain_timed(measured, pairs, metric, allowance, claim));
  }

  std::vector<std::uint64_t> counts_of(const Workload& workload, const Built& built) const {
    constexpr int runs = 3;  // hash seeds and addresses differ from run to run
    const fs::path executable = built.folders.front() / workload.program;
    std::vector<std::uint64_t> counts;
    for (int run = 0; run < runs; ++run) {
      if (const auto failed =
              run_prepare(workload, executable, work_.runner, work_.layout.state / "measure.log"))
        throw_failure(*failed, fmt::format("workload '{}' cannot be prepared", workload.name),
                      "nothing was judged");
      auto command = variant_command(workload, executable, built.settings);
      command.timeout = workload.timeout;
      counts.push_back(measure::count_instructions(counter_, command, workload.expect.exit_codes,
                                                   work_.layout.scratch(), work_.runner));
    }
    return counts;
  }

  void compare_whole(GateMetric metric, PairResult found) {
    report_.claims.push_back({.metric = metric, .first = std::move(found)});
  }

  PairResult judge_sizes(const BothBuilt& both) const {
    const auto size = [&](std::size_t place) { return static_cast<double>(both[place].size.count); };
    return judge_exact(size(base_place), size(head_place), allowance_of(work_.config, "", GateMetric::size));
  }

  PairResult judge_builds(const BothBuilt& both, const measure::Claim& claim) const {
    return judge_timed(time_builds_of_both(both, clock_.seed, work_), 1, GateMetric::build,
                       allowance_of(work_.config, "", GateMetric::build), claim);
  }

  std::vector<std::size_t> failed_ones() const {
    std::vector<std::size_t> failed;
    for (std::size_t i = 0; i < report_.claims.size(); ++i)
      if (report_.claims[i].first.outcome == GateOutcome::fail) failed.push_back(i);
    return failed;
  }

  /// A build is one sample: where the linker puts code, and what a training happens to see, moves times of
  /// code that did not change. So what fails must also fail with other builds of both, in rounds of their
  /// own.
  void compare_again(const std::vector<std::size_t>& failed) {
    work_.progress.note(fmt::format(
        "{} beyond what is allowed: {}", report::human_count(std::ssize(failed), "comparison"),
        order_.base.programs.empty() ? "building both again from clean" : "measuring them again"));
    const BothBuilt others{build_side(order_.base, Builds::others, work_),
                           build_side(order_.head, Builds::others, work_)};
    const auto claim = gate_claim(work_.config.gate.confidence, failed.size());
    auto clock = clock_;
    ++clock.seed;
    clock.budget *= static_cast<std::int64_t>(pairs_of(others));  // a round has all orders
    std::map<std::string, measure::Measured> measured;
    for (const std::size_t i : failed) {
      auto& again = report_.claims[i];
      if (again.workload.empty()) {
        again.second = again.metric == GateMetric::size ? judge_sizes(others) : judge_builds(others, claim);
        continue;
      }
      const auto& workload = *find_by(workloads_, &Workload::name, again.workload);
      std::optional<measure::Measured> found;
      if (is_timed(again.metric)) {
        if (!measured.contains(workload.name)) {
          clock.metrics = failed_metrics(workload.name, failed);
          measured.emplace(workload.name,
                           time_both(workload, others, claim, clock_for(workload, clock), work_));
        }
        found = measured.at(workload.name);
        if (failure_of_head(*found)) continue;
      }
      again.second = judged(workload, again.metric, found, others, claim);
    }
    for (const auto& [workload, found] : measured)
      if (const auto failure = failure_of_head(found)) give_up(workload, *failure);
  }

  void give_up(const std::string& workload, const std::string& failure) {
    report_.troubles.push_back({workload, "while it was timed: " + failure});
    std::erase_if(report_.claims, [&](const GateClaim& claim) { return claim.workload == workload; });
  }

  std::vector<GateMetric> failed_metrics(const std::string& workload,
                                         const std::vector<std::size_t>& failed) const {
    std::vector<GateMetric> metrics;
    for (const std::size_t i : failed)
      if (report_.claims[i].workload == workload) metrics.push_back(report_.claims[i].metric);
    return metrics;
  }

  void doubt(GateClaim& claim) const {
    if (!contains(differ_, claim.workload) || claim.outcome == GateOutcome::fail) return;
    claim.outcome = GateOutcome::open;
    claim.reason = report::other_output;
  }

  const GateOrder& order_;
  const GateWork& work_;
  GateClock clock_;
  BothBuilt both_;
  std::vector<Workload> workloads_;
  std::map<std::string, Checker> checkers_;  ///< by workload
  std::vector<std::string> differ_;          ///< workloads in which the new version prints something else
  measure::InstructionCounter counter_;
  report::GateReport report_;
};

}  // namespace

report::GateReport run_gate(const GateOrder& order, const GateWork& work, measure::Sampler& sampler) {
  return Gating(order, work, sampler).run();
}

}  // namespace pgo_orch::orchestrator
