#pragma once
// The part of the results about phases, goals, conditions, decisions, references and code. See results.h
// for how fields are named in results.json.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "measure/build_phases/build_phases.h"
#include "measure/code/inspection.h"
#include "measure/run_phases/run_phases.h"
#include "measure/schema.h"
#include "measure/stacks/groups.h"
#include "toolchains/units.h"

namespace pgo_orch::report {

using measure::BuildScenario;
using measure::CompiledUnit;
using measure::GoalMetric;
using measure::InspectedFunction;
using measure::Phase;
using measure::PhaseOf;
using measure::Unit;

/// Where the time of a run goes.
struct RunPhases : measure::RunPhases {
  std::string workload;
  std::string variant;                  ///< of the variant, or
  std::string reference;                ///< of the reference
  std::optional<std::string> dominant;  ///< the phase that takes more than half
  /// Against the baseline's, traced in the same rounds; empty: not known. All of a workload hold together.
  std::vector<measure::PhaseDifference> differences;
  bool operator==(const RunPhases&) const = default;
};

/// Where the time of a build goes.
struct BuildPhases : measure::BuildPhases {
  std::string variant;                  ///< of the variant, or
  std::string reference;                ///< of the reference
  std::optional<std::string> dominant;  ///< the phase that takes more than 40 %
  std::string unavailable;              ///< why there are none
  bool operator==(const BuildPhases&) const = default;
};

/// Where the time goes by functions.
struct GroupShares : measure::GroupShares {
  PhaseOf of = PhaseOf::run;
  std::string workload;
  std::string variant;
  std::string unavailable;
  bool operator==(const GroupShares&) const = default;
};

struct FlamegraphFile {
  PhaseOf of = PhaseOf::run;
  std::string workload;
  std::string variant;
  bool differential = false;  ///< against the baseline
  std::string path;           ///< below the run's folder
  bool operator==(const FlamegraphFile&) const = default;
};

struct Phases {
  std::vector<RunPhases> runtime;
  std::vector<BuildPhases> build;
  bool operator==(const Phases&) const = default;
};

/// What a cut of one phase is worth (Amdahl's law), by itself or towards a goal.
struct Amdahl {
  std::string goal;  ///< empty: no goal, only what halving it saves
  PhaseOf of = PhaseOf::run;
  std::string workload;
  std::string variant;
  std::string phase;
  double share = 0;
  double saved_by_halving_pct = 0;             ///< of the total
  std::optional<double> needed_reduction_pct;  ///< of the phase, to reach the goal by it alone
  bool reachable = false;
  std::string statement;  ///< of the whole goal, once: with its first row
  bool operator==(const Amdahl&) const = default;
};

/// Times in seconds, sizes in bytes; a ratio goal's figures are ratios.
struct GoalResult {
  std::string name;
  GoalMetric metric = GoalMetric::runtime;
  std::string phase;
  std::optional<BuildScenario> scenario;  ///< of a build
  std::string variant;                    ///< the one that was judged
  std::string workload;                   ///< empty: all together
  std::string to;                         ///< of a ratio
  Unit unit = Unit::seconds;
  std::optional<double> value;
  std::optional<double> lo;
  std::optional<double> hi;
  std::optional<double> target;
  std::optional<double> stretch;
  std::optional<bool> met;  ///< no value: open
  std::optional<bool> stretch_met;
  std::string reason;  ///< why it is open
  bool operator==(const GoalResult&) const = default;
};

struct DecisionResult {
  std::string name;
  GoalMetric metric = GoalMetric::runtime;
  std::string variant;
  std::string workload;
  std::string to;
  Unit unit = Unit::seconds;
  std::optional<double> value;
  std::optional<double> lo;
  std::optional<double> hi;
  std::string conclude;  ///< of a band, or "undecided"
  std::string reason;
  bool operator==(const DecisionResult&) const = default;
};

/// The figure of the baseline that a variant's condition (`only-if`) is about, and whether it holds.
struct ConditionResult {
  std::string owner;  ///< the variant whose condition it is
  PhaseOf of = PhaseOf::run;
  std::string workload;
  std::string phase;
  std::optional<double> value;  ///< seconds, or a fraction of the total
  std::optional<double> limit;
  Unit unit = Unit::seconds;  ///< or a share
  bool above = true;
  bool holds = false;
  std::string reason;
  bool operator==(const ConditionResult&) const = default;
};

/// Builds in one scenario, incremental ones beside the full one.
struct ScenarioTimes {
  std::optional<Nanoseconds> wall;  ///< median
  std::optional<Nanoseconds> user;
  std::optional<Nanoseconds> system;
  std::vector<Nanoseconds> runs;
  std::string reason;  ///< why there are none
  bool operator==(const ScenarioTimes&) const = default;
};

struct AllocationCount {
  std::string workload;
  std::string variant;
  std::optional<std::int64_t> allocations;
  std::optional<std::int64_t> bytes;
  std::string method;
  std::string reason;  ///< why there are none
  bool operator==(const AllocationCount&) const = default;
};

/// The variant or reference that phases or samples are of.
const std::string& owner_of(const auto& measured) {
  return measured.variant.empty() ? measured.reference : measured.variant;
}

}  // namespace pgo_orch::report
