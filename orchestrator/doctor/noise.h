#pragma once
// What this machine can tell: two copies of one program, timed as a run times variants.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "measure/statistics/verdict.h"
#include "measure/timer/sampler.h"
#include "toolchains/units.h"

namespace pgo_orch::orchestrator {

/// No value: longer than `longest_forecast`.
struct TimeNeeded {
  std::optional<Nanoseconds> by_one_in_five, by_four_in_five;  ///< see measure::RoundsNeeded
};

/// How long it takes to show a difference, of a program like the one that was timed.
struct Forecast {
  double effect = 0;  ///< fraction
  TimeNeeded by_wall_time;
  TimeNeeded by_cpu_time;
};

inline constexpr Nanoseconds longest_forecast = std::chrono::minutes(2);

struct Noise {
  Nanoseconds program{};  ///< median run time
  int rounds = 0;
  std::optional<double> floor_pct;  ///< of run time, see noise_floor_pct
  std::vector<Forecast> forecasts;
  std::vector<std::string> disturbances;  ///< what others took of the machine meanwhile
  std::string failure;                    ///< why nothing was measured; else empty
};

/// The error that a claim about run time, and about CPU time, may make.
struct Claims {
  measure::Claim wall, cpu;
};

/// Times `timer --work` for `time`. `scratch`: for copies of it.
Noise measure_noise(measure::Sampler& sampler, const std::filesystem::path& timer,
                    const std::filesystem::path& scratch, Nanoseconds time, const Claims& claims);

}  // namespace pgo_orch::orchestrator
