#pragma once
// Results with scripted times, and what is judged of them.

#include <cmath>
#include <string>
#include <utility>

#include "orchestrator/judge/judge.h"

namespace pgo_orch::orchestrator::test {

using namespace std::chrono_literals;
using report::GoalResult;

/// So many rounds of about these milliseconds, up to 0.25 % to either side, the median exact.
inline report::Samples samples(const std::string& name, double milliseconds, int rounds = 40) {
  report::Samples made;
  made.variant = name;
  for (int round = 1; round <= rounds; ++round) {
    const double noise = 1 + 0.0005 * ((round * 7) % 11 - 5);
    made.times.emplace_back(std::llround(1e6 * milliseconds * noise));
    made.memory.push_back(Bytes{2'000'000});
    made.rounds.push_back(round);
  }
  return made;
}

inline report::VariantResult variant(const std::string& name, std::uint64_t size = 1000) {
  report::VariantResult row;
  row.name = name;
  row.artifacts.push_back({"fib", "/bin/fib", Bytes{size}, {}, "", ""});
  row.build = report::Build{};
  row.build->wall = 2s;
  row.build->runs = {2s};
  return row;
}

/// A baseline of 2.64 ms and a variant of 2.04 ms, in one workload.
struct Run {
  Run() {
    results.baseline = "base";
    results.variants = {variant("base"), variant("fast", 900)};
    add_workload("w", 2.64, 2.04);
    results.best.runtime[""] = {"fast"};
    results.best.build = {"base"};
    results.best.size = {"fast"};
  }

  void add_workload(const std::string& name, double base, double fast) {
    orchestrator::Workload workload;
    workload.name = name;
    config.workloads.push_back(workload);
    results.benchmarks.push_back({name, {samples("base", base), samples("fast", fast)}, {}, 40, {}});
  }

  void add_reference(const std::string& name, double milliseconds) {
    results.references.push_back({.name = name,
                                  .status = {},
                                  .reason = "",
                                  .of = PhaseOf::run,
                                  .command = {},
                                  .build = {},
                                  .failure = {}});
    auto made = samples("", milliseconds);
    made.reference = name;
    results.benchmarks.front().results.push_back(made);
  }

  /// `share` of compute; the rest is startup's.
  void add_phases(const std::string& name, double share, Nanoseconds total = 10ms) {
    report::RunPhases phases;
    phases.workload = "w";
    phases.variant = name;
    phases.total = total;
    phases.runs = 12;
    for (const auto& [phase, part] : {std::pair("startup", 1 - share), std::pair("compute", share)}) {
      const auto time = Nanoseconds(std::llround(part * static_cast<double>(total.count())));
      phases.phases.push_back({phase, time, part, {}});
      phases.samples.emplace_back(12, time);
    }
    results.phases.runtime.push_back(phases);
  }

  Goal goal(const char* below, GoalMetric metric = GoalMetric::runtime,
            const std::string& of = "best") const {
    Goal made;
    made.name = "g";
    made.metric = metric;
    made.variant = of;
    made.below = Nanoseconds(std::llround(1e6 * std::stod(below)));
    return made;
  }

  void take_judged() {
    auto judged = judge(config, claim, results);
    results.goals = std::move(judged.goals);
    results.decisions = std::move(judged.decisions);
    results.amdahl = std::move(judged.amdahl);
  }

  GoalResult judged(const Goal& goal) {
    config.questions.goals = {goal};
    take_judged();
    return results.goals.front();
  }

  report::DecisionResult decided(const Decision& decision) {
    config.questions.decisions = {decision};
    take_judged();
    return results.decisions.front();
  }

  Config config;
  measure::Claim claim;
  report::Results results;
};

inline Band band(std::optional<Limit> above, std::optional<Limit> below, const char* conclude) {
  return {.below = below, .above = above, .below_ratio = {}, .above_ratio = {}, .conclude = conclude};
}

}  // namespace pgo_orch::orchestrator::test
