#include "orchestrator/confirm/confirm.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "orchestrator/config/find.h"
#include "orchestrator/confirm/again.h"
#include "orchestrator/judge/decide.h"
#include "orchestrator/judge/joined.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::ClaimedTwice;
using report::ClaimKind;
using report::Comparison;
using report::Joined;

namespace {

/// Why the archive is not of these results; "": it is.
std::string other_artifacts(const PackedRun& packed, const report::Results& results) {
  std::vector<std::string> differing;
  for (const auto& variant : packed.variants) {
    const auto* row = results.variant(variant.name);
    if (!row) return fmt::format("it has a variant '{}', and they have none of that name", variant.name);
    for (const auto& file : variant.files)
      if (!contains(files_of_row(*row), file))
        differing.push_back(fmt::format("{} of '{}'", file.name, variant.name));
  }
  if (!differing.empty())
    return fmt::format("other files were measured there: {}", fmt::join(differing, ", "));
  const auto* baseline = results.variant(results.baseline);
  if (!baseline || results.original(*baseline).name != packed.baseline)
    return fmt::format("their baseline is '{}', and its is '{}'", results.baseline, packed.baseline);
  return "";
}

/// One confirmation, from the archive to its report.
class Confirmation {
 public:
  Confirmation(const ConfirmOrder& order, const ConfirmWork& work, measure::Sampler& sampler)
      : order_(order), work_(work), sampler_(sampler), unpacked_(unpack(order.archive, work)) {}

  report::ConfirmReport run() {
    const auto& results = order_.results;
    if (const auto other = other_artifacts(unpacked_.packed, results); !other.empty())
      throw Error(fmt::format("{} is not of the run in {}: {}", order_.archive.string(),
                              order_.named.string(), other));
    report_.claims = claims_of_run(results);
    if (report_.claims.empty())
      throw Error(
          fmt::format("{}: the run claims nothing about run time or CPU time, so there is nothing to "
                      "confirm",
                      order_.named.string()));
    choose_variants();
    check();
    measure();
    judge_again();
    report_.first_run = results.run;
    report_.first_host = results.host;
    report_.project = results.project.name;
    report_.baseline = results.baseline;
    report_.confidence = std::max(results.confidence, unpacked_.config.measure.confidence);
    report_.precision = results.precision;
    report_.recommendation = results.recommendation;
    report_.recommends = is_confirmed_recommendation(results, report_.claims);
    report::sort_worst_first(report_.claims);
    return std::move(report_);
  }

 private:
  /// Those about which something is claimed.
  void choose_variants() {
    for (const auto& variant : unpacked_.packed.variants)
      if (variant.name != unpacked_.packed.baseline &&
          std::ranges::any_of(report_.claims,
                              [&](const auto& claim) { return claim.first.variant == variant.name; }))
        variants_.push_back(variant.name);
    if (variants_.empty())
      throw Error(fmt::format("{}: it has none of the variants about which the run in {} claims something",
                              order_.archive.string(), order_.named.string()));
  }

  void check() {
    std::string first_reason;
    for (const auto& workload : unpacked_.workloads) {
      auto& checker = checkers_.try_emplace(workload.name, work_.layout, std::vector{workload}, work_.runner)
                          .first->second;
      unfit_[workload.name] = check_again(unpacked_, checker, variants_, report_.notes);
      for (const auto& [variant, reason] : unfit_[workload.name])
        if (first_reason.empty()) first_reason = fmt::format("{}: {}", variant, reason);
    }
    if (std::ranges::all_of(unpacked_.workloads, [&](const auto& each) { return fit_in(each).empty(); }))
      throw Error(fmt::format("nothing can be measured here: {}", first_reason), Exit::tool);
  }

  /// The variants that are timed in a workload; none, if the baseline cannot be.
  std::vector<std::string> fit_in(const Workload& workload) const {
    const auto& unfit = unfit_.at(workload.name);
    if (unfit.contains(unpacked_.packed.baseline)) return {};
    std::vector<std::string> fit;
    for (const auto& name : variants_)
      if (!unfit.contains(name)) fit.push_back(name);
    return fit;
  }

  void measure() {
    const auto& config = unpacked_.config;
    const auto all = claim_of(config, variants_.size() + 1, unpacked_.workloads.size(), {});
    // All are told by the strictest of them.
    const auto strictest = claims_cpu_time(config.measure) ? measure::Quantity::cpu : measure::Quantity::wall;
    AgainClock clock{sampler_, order_.seed, order_.max_time.value_or(config.measure.max_time),
                     claim_about(strictest, all, config.measure), report_.claims};
    for (const auto& workload : unpacked_.workloads) {
      const auto variants = fit_in(workload);
      if (variants.empty()) continue;
      clock.checker = &checkers_.at(workload.name);
      auto measured = time_again(unpacked_, workload, variants, clock, work_);
      for (const auto& series : measured.series) {
        if (series.failure.empty()) continue;
        const bool is_baseline = series.id == measure::control_id ||
                                 unpacked_.rows.variants[series.id].name == unpacked_.packed.baseline;
        unfit_[workload.name][is_baseline ? unpacked_.packed.baseline : series.name] =
            "while it was timed: " + series.failure;
      }
      if (unfit_[workload.name].contains(unpacked_.packed.baseline)) continue;
      measured_.emplace(workload.name, std::move(measured));
    }
  }

  void judge_again() {
    const measure::Measured no_builds;
    const auto verdicts =
        compare_with_baseline(unpacked_.config, {measured_, no_builds}, unpacked_.rows).comparisons;
    for (auto& claim : report_.claims) {
      claim.reason = why_not_measured(claim.first);
      if (!claim.reason.empty()) continue;
      const auto second = std::ranges::find_if(verdicts, [&](const Comparison& each) {
        return each.metric == claim.first.metric && each.workload == claim.first.workload &&
               each.variant == claim.first.variant;
      });
      if (second == verdicts.end()) continue;
      claim.second = *second;
      claim.second->to = claim.first.to;
      claim.joined = join(claim.kind, claim.first, *second, unpacked_.config.measure.precision);
      if (claim.joined == Joined::not_confirmed) claim.time_needed = time_needed(*second);
    }
  }

  std::optional<Nanoseconds> time_needed(const Comparison& second) const {
    if (second.time_needed || !second.rounds_needed || !second.workload) return second.time_needed;
    return *second.rounds_needed * pgo_orch::measure::round_time(measured_.at(*second.workload));
  }

  /// In the workload of the claim, or in any if it is about all together.
  std::string why_not_measured(const Comparison& claim) const {
    for (const auto& left : unpacked_.packed.left_out)
      if (claim.workload.value_or(left.workload) == left.workload)
        return fmt::format("workload '{}' is not in the archive: {}", left.workload, left.reason);
    bool is_known = !claim.workload;
    for (const auto& [workload, unfit] : unfit_) {
      if (claim.workload.value_or(workload) != workload) continue;
      is_known = true;
      for (const auto& name : {unpacked_.packed.baseline, claim.variant})
        if (const auto found = unfit.find(name); found != unfit.end())
          return fmt::format("{}{}", name == claim.variant ? "" : name + ": ", found->second);
    }
    const bool has_variant = unpacked_.packed.variant(claim.variant) != nullptr;
    return is_known && has_variant ? "" : "it is not in the archive";
  }

  const ConfirmOrder& order_;
  const ConfirmWork& work_;
  measure::Sampler& sampler_;
  Unpacked unpacked_;
  std::vector<std::string> variants_;
  std::map<std::string, Checker> checkers_;  ///< by workload
  std::map<std::string, Unfit> unfit_;       ///< the same
  measure::Measurements measured_;
  report::ConfirmReport report_;
};

}  // namespace

report::ConfirmReport confirm(const ConfirmOrder& order, const ConfirmWork& work, measure::Sampler& sampler) {
  return Confirmation(order, work, sampler).run();
}

}  // namespace pgo_orch::orchestrator
