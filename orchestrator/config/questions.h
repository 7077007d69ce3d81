#pragma once
// What pgo.toml wants to know beside "which variant is the best": goals, gates, decisions, references, groups
// of functions, evidence about code.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "measure/schema.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

/// An edge: a time, a share of the total (fraction), or a size.
using Limit = std::variant<Nanoseconds, double, Bytes>;

using measure::BuildScenario;
using measure::GoalMetric;
using measure::PhaseOf;

/// What goals and decisions are about.
struct Figure {
  std::string name;
  GoalMetric metric = GoalMetric::runtime;
  std::string phase;                             ///< with GoalMetric::phase
  BuildScenario scenario = BuildScenario::full;  ///< with GoalMetric::build
  std::optional<std::string> workload;           ///< none: all together
  std::string variant = "best";
};

struct Goal : Figure {
  std::optional<Limit> below;     ///< this, or
  std::optional<double> ratio;    ///< a share of what `to` takes
  std::optional<std::string> to;  ///< a variant or a reference
  std::optional<Limit> stretch;
  std::optional<double> stretch_ratio;
};

/// A range of figures: open where an edge is missing.
struct Band {
  std::optional<Limit> below;
  std::optional<Limit> above;
  std::optional<double> below_ratio;
  std::optional<double> above_ratio;
  std::string conclude;
};

struct Decision : Figure {
  std::optional<std::string> to;
  std::vector<Band> bands;
};

/// A condition on the baseline that lets a variant be built.
struct Gate {
  PhaseOf of = PhaseOf::run;
  std::optional<std::string> workload;
  std::string phase;
  std::optional<Limit> above;
  std::optional<Limit> below;
};

struct Reference {
  std::string name;
  std::vector<std::string> workloads;  ///< empty: all
  std::vector<std::string> build;      ///< a command; empty: none
  std::vector<std::string> run;
  PhaseOf of = PhaseOf::run;
};

/// Functions whose time is added up under one name.
struct PhaseGroup {
  std::string name;
  PhaseOf of = PhaseOf::run;
  std::vector<std::string> symbols;
};

struct Inspect {
  std::vector<std::string> symbols;
  bool allocations = false;
};

struct Questions {
  std::vector<Reference> references;
  std::vector<Goal> goals;
  std::vector<Decision> decisions;
  std::vector<PhaseGroup> groups;
  std::vector<Inspect> inspections;
};

}  // namespace pgo_orch::orchestrator
