#include "orchestrator/time/layout_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "measure/statistics/series.h"
#include "orchestrator/build/other_orders.h"
#include "orchestrator/build/step_result.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::Comparison;
using report::Flag;
using report::Metric;
using report::Verdict;

namespace {

constexpr double small_pct = 3;
constexpr int rounds_at_most = 92;

bool is_small_claim(const Comparison& comparison) {
  return comparison.metric == Metric::runtime && comparison.workload &&
         (comparison.verdict == Verdict::faster || comparison.verdict == Verdict::slower) &&
         std::abs(*comparison.effect) < small_pct &&
         // The layout of another compiler's program cannot be changed here.
         !comparison.has(Flag::reference);
}

/// A comparison that may be one of layouts, and the variant that it is about.
struct SmallClaim {
  Comparison& comparison;
  Entrant entrant;
};

class LayoutCheck {
 public:
  LayoutCheck(const Entrants& entrants, const Stopwatch& stopwatch, std::vector<Comparison> comparisons)
      : entrants_(entrants), stopwatch_(stopwatch), checked_{std::move(comparisons), {}} {}

  LayoutsChecked run() {
    for (const auto& workload : stopwatch_.planner.workloads()) {
      const auto claims = claims_in(workload);
      if (!claims.empty() && !toolchains::interrupted()) attempt(workload, claims);
    }
    std::error_code ignored;
    for (const auto& [id, shuffling] : shuffled_) {
      if (!shuffling) continue;
      fs::remove_all(shuffling->folder, ignored);
      fs::remove(shuffling->linker.path, ignored);
    }
    return std::move(checked_);
  }

 private:
  std::vector<SmallClaim> claims_in(const Workload& workload) {
    std::vector<SmallClaim> claims;
    for (auto& comparison : checked_.comparisons) {
      if (!is_small_claim(comparison) || comparison.workload != workload.name ||
          comparison.basis == measure::Basis::identical)
        continue;
      claims.push_back({comparison, *std::ranges::find(entrants_, comparison.variant, &Entrant::name)});
    }
    return claims;
  }

  void note(std::string text) { checked_.notes.push_back(std::move(text)); }

  /// A full disk must not lose what was measured before.
  void attempt(const Workload& workload, const std::vector<SmallClaim>& claims) {
    const auto problem = problem_in([&] { check(workload, claims); });
    stopwatch_.progress.resume();
    if (problem) note(fmt::format("'{}': no layout check: {}", workload.name, *problem));
  }

  void check(const Workload& workload, const std::vector<SmallClaim>& all) {
    const Entrant& baseline = *std::ranges::find_if(entrants_, &Entrant::is_baseline);
    const auto* own = shuffled(baseline);
    std::vector<SmallClaim> claims;
    for (const auto& claim : all)
      if (shuffled(claim.entrant)) claims.push_back(claim);
    if (!own || claims.empty() || toolchains::interrupted()) return;
    const fs::path scratch = stopwatch_.planner.layout().scratch() / "layouts";
    std::vector<measure::Contender> contenders;
    add(workload, baseline, *own, scratch, contenders);
    for (const auto& claim : claims)
      add(workload, claim.entrant, *shuffled(claim.entrant), scratch, contenders);
    measure::RoundsOptions options;
    options.scratch = scratch;
    options.file_name = workload.program;
    options.budget = {.time = stopwatch_.budget, .min_rounds = 3, .max_rounds = rounds_at_most};
    options.warmup = stopwatch_.planner.config().measure.warmup;
    options.seed = stopwatch_.seed;
    stopwatch_.progress.note(fmt::format("{}: timing small differences in {} other code layouts",
                                         workload.name, pgo::shuffled_orders));
    stopwatch_.progress.pause();
    const auto measured = measure::measure_rounds(contenders, stopwatch_.sampler, options);
    stopwatch_.progress.resume();
    if (measured.interrupted) return;
    for (std::size_t i = 0; i < claims.size(); ++i) judge(workload, measured, i + 1, claims[i].comparison);
  }

  /// `which`: the place of the variant behind the baseline.
  void judge(const Workload& workload, const measure::Measured& measured, std::size_t which,
             Comparison& claim) {
    std::vector<measure::LayoutPair> pairs;
    for (std::size_t order = 0; order < pgo::shuffled_orders; ++order) {
      const auto& base = measured.series[order];
      const auto& variant = measured.series[which * pgo::shuffled_orders + order];
      if (base.failure.empty() && variant.failure.empty()) pairs.push_back({base, variant});
    }
    if (pairs.size() < pgo::shuffled_orders)
      return note(
          fmt::format("'{}' in '{}': no layout check: programs failed", claim.variant, workload.name));
    const int agree = layouts_that_agree(pairs, *claim.effect);
    note(fmt::format("'{}' in '{}': {} in {} of {} other code layouts", claim.variant, workload.name,
                     measure::to_word(claim.verdict), agree, pairs.size()));
    if (agree < pgo::shuffled_orders) claim.flags.push_back(measure::Flag::layout);
  }

  void add(const Workload& workload, const Entrant& entrant, const pgo::Shuffling& shuffling,
           const fs::path& scratch, std::vector<measure::Contender>& contenders) const {
    for (int order = 0; order < pgo::shuffled_orders; ++order) {
      auto contender = contender_of(workload, entrant, stopwatch_, scratch, entrant.id, complaints_);
      contender.name = fmt::format("{} in order {}", entrant.name, order + 1);
      contender.executable = shuffling.executable(workload.program, order);
      contender.checked = {toolchains::checked_file(contender.executable)};
      contenders.push_back(std::move(contender));
    }
  }

  /// Built at the first call. None, once with a note, if that can't be done.
  const pgo::Shuffling* shuffled(const Entrant& entrant) {
    const auto [known, is_new] = shuffled_.try_emplace(entrant.id);
    auto& made = known->second;
    if (is_new) {
      const auto problem = problem_in([&] {
        const auto shuffling = stopwatch_.planner.shuffling(entrant.plan->index);
        if (!shuffling) throw Error(describe(shuffling.missing()));
        build(entrant, *shuffling);
        made = *shuffling;
      });
      if (problem) note(fmt::format("'{}': no layout check: {}", entrant.name, *problem));
    }
    return made ? &*made : nullptr;
  }

  /// Throws Error if it fails.
  void build(const Entrant& entrant, const pgo::Shuffling& shuffling) {
    stopwatch_.progress.stage_started(entrant.id + 1, entrant.name, "link in other orders");
    const auto problem =
        problem_in([&] { link_in_other_orders(shuffling, stopwatch_.planner, stopwatch_.runner); });
    if (problem) {
      stopwatch_.progress.stage_failed(entrant.name, *problem);
      throw Error(*problem);
    }
    stopwatch_.progress.stage_finished(entrant.name);
  }

  const Entrants& entrants_;
  const Stopwatch& stopwatch_;
  LayoutsChecked checked_;
  mutable Complaints complaints_;  ///< a failure is said in a note
  std::map<EntrantId, std::optional<pgo::Shuffling>> shuffled_;
};

}  // namespace

LayoutsChecked check_layouts(const Entrants& entrants, const Stopwatch& stopwatch,
                             std::vector<Comparison> comparisons) {
  return LayoutCheck(entrants, stopwatch, std::move(comparisons)).run();
}

}  // namespace pgo_orch::orchestrator
