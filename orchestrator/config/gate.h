#pragma once
// [gate]: when one version of the program is worse than another.

#include <optional>
#include <string>
#include <vector>

#include "measure/schema.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

struct GateRules {
  std::optional<double> guard;       ///< fraction; none: that of [measure]
  std::optional<Nanoseconds> floor;  ///< of run, CPU and build time; none: that of [measure]
  Bytes memory_floor{std::uint64_t{1} << 20};
  Bytes size_floor{std::uint64_t{64} << 10};
  std::vector<measure::GateMetric> metrics{measure::GateMetric::wall, measure::GateMetric::cpu};
  double confidence = 0.99;             ///< fraction, of all claims of the gate together
  std::optional<Nanoseconds> max_time;  ///< per workload; none: that of [measure]
  bool held_out_only = false;           ///< leaves out the workloads that profiles are trained with
  bool strict = false;                  ///< what stays open fails, too
  bool operator==(const GateRules&) const = default;
};

/// By how much the new version may be worse: the larger of both.
struct Allowance {
  double fraction = 0;  ///< of what the old one takes
  double floor = 0;     ///< seconds, bytes, or instructions
};

struct Config;

/// That of the workload; else that of [gate], else that of [measure]. Without a workload: of what is no
/// workload's.
Allowance allowance_of(const Config& config, const std::string& workload, measure::GateMetric metric);

}  // namespace pgo_orch::orchestrator
