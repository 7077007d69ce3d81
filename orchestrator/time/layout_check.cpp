#include "orchestrator/time/layout_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "measure/statistics/series.h"
#include "orchestrator/build/build_stage.h"
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

class LayoutCheck {
 public:
  LayoutCheck(const std::vector<Entrant>& entrants, const Stopwatch& stopwatch,
              std::vector<Comparison>& comparisons)
      : entrants_(entrants), stopwatch_(stopwatch), comparisons_(comparisons) {}

  std::vector<std::string> run() {
    for (const auto& workload : stopwatch_.planner.workloads()) {
      std::vector<Comparison*> claims;
      for (auto& comparison : comparisons_)
        if (is_small_claim(comparison) && comparison.workload == workload.name &&
            comparison.basis != measure::Basis::identical)
          claims.push_back(&comparison);
      if (!claims.empty() && !toolchains::interrupted()) attempt(workload, claims);
    }
    std::error_code ignored;
    for (const auto& [variant, shuffling] : shuffled_) {
      if (!shuffling) continue;
      fs::remove_all(shuffling->folder, ignored);
      fs::remove(shuffling->linker.path, ignored);
    }
    return std::move(notes_);
  }

 private:
  /// A full disk must not lose what was measured before.
  void attempt(const Workload& workload, const std::vector<Comparison*>& claims) {
    const auto problem = problem_in([&] { check(workload, claims); });
    stopwatch_.progress.resume();
    if (problem) notes_.push_back(fmt::format("'{}': no layout check: {}", workload.name, *problem));
  }

  void check(const Workload& workload, std::vector<Comparison*> claims) {
    const auto* own = shuffled(baseline().name);
    std::erase_if(claims, [&](const auto* claim) { return !shuffled(claim->variant); });
    if (!own || claims.empty() || toolchains::interrupted()) return;
    const fs::path scratch = stopwatch_.planner.layout().scratch() / "layouts";
    std::vector<measure::Contender> contenders;
    add(workload, baseline().name, *own, scratch, contenders);
    for (const auto* claim : claims)
      add(workload, claim->variant, *shuffled(claim->variant), scratch, contenders);
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
    for (std::size_t i = 0; i < claims.size(); ++i) judge(workload, measured, i + 1, *claims[i]);
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
    if (pairs.size() < pgo::shuffled_orders) {
      notes_.push_back(
          fmt::format("'{}' in '{}': no layout check: programs failed", claim.variant, workload.name));
      return;
    }
    const int agree = layouts_that_agree(pairs, *claim.effect);
    notes_.push_back(fmt::format("'{}' in '{}': {} in {} of {} other code layouts", claim.variant,
                                 workload.name, measure::to_word(claim.verdict), agree, pairs.size()));
    if (agree < pgo::shuffled_orders) claim.flags.push_back(measure::Flag::layout);
  }

  void add(const Workload& workload, const std::string& variant, const pgo::Shuffling& shuffling,
           const fs::path& scratch, std::vector<measure::Contender>& contenders) const {
    const Entrant& entrant = entrant_of(variant);
    for (int order = 0; order < pgo::shuffled_orders; ++order) {
      auto contender = contender_of(workload, entrant, stopwatch_, scratch);
      contender.name = fmt::format("{} in order {}", variant, order + 1);
      contender.executable = shuffling.executable(workload.program, order);
      contenders.push_back(std::move(contender));
    }
  }

  /// Built at the first call. None, once with a note, if that can't be done.
  const pgo::Shuffling* shuffled(const std::string& variant) {
    const auto [known, is_new] = shuffled_.try_emplace(variant);
    auto& made = known->second;
    if (is_new) {
      const auto problem = problem_in([&] {
        const auto shuffling = stopwatch_.planner.shuffling(entrant_of(variant).plan->index);
        if (!shuffling) throw Error(describe(shuffling.missing()));
        build(entrant_of(variant), *shuffling);
        made = *shuffling;
      });
      if (problem) notes_.push_back(fmt::format("'{}': no layout check: {}", variant, *problem));
    }
    return made ? &*made : nullptr;
  }

  /// Throws Error if it fails.
  void build(const Entrant& entrant, const pgo::Shuffling& shuffling) {
    fs::remove_all(shuffling.folder);
    toolchains::make_folders(shuffling.folder);
    toolchains::write_file_atomically(shuffling.linker.path, shuffling.linker.text);
    fs::permissions(shuffling.linker.path, fs::perms::owner_all);
    StageRun took;
    stopwatch_.progress.stage_started(entrant.row + 1, entrant.name, "link in other orders");
    const auto failed = rebuild(shuffling.build, stopwatch_.runner, took);
    std::error_code ignored;
    fs::remove_all(shuffling.build.target_dir, ignored);
    if (failed) {
      stopwatch_.progress.stage_failed(entrant.name, failed->reason);
      throw Error(failed->reason + "; see " + shuffling.build.command.log_file.string());
    }
    stopwatch_.progress.stage_finished(entrant.name);
    for (const auto& program : stopwatch_.planner.project().programs)
      if (!fs::exists(shuffling.executable(program.name, pgo::shuffled_orders - 1)))
        throw Error(
            fmt::format("cargo did not link '{}' with {}", program.name, shuffling.linker.path.string()));
  }

  const Entrant& entrant_of(const std::string& variant) const {
    return *std::ranges::find(entrants_, variant, &Entrant::name);
  }
  const Entrant& baseline() const {
    return *std::ranges::find_if(entrants_,
                                 [](const auto& each) { return each.plan && each.plan->baseline; });
  }

  const std::vector<Entrant>& entrants_;
  const Stopwatch& stopwatch_;
  std::vector<Comparison>& comparisons_;
  std::vector<std::string> notes_;
  std::map<std::string, std::optional<pgo::Shuffling>> shuffled_;
};

}  // namespace

std::vector<std::string> check_layouts(const std::vector<Entrant>& entrants, const Stopwatch& stopwatch,
                                       std::vector<Comparison>& comparisons) {
  return LayoutCheck(entrants, stopwatch, comparisons).run();
}

}  // namespace pgo_orch::orchestrator
