#pragma once
// The machine as far as it decides what times mean.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "toolchains/units.h"

namespace pgo_orch::toolchains {

struct HostFacts {
  std::string cpu;     ///< model name
  int cores = 0;       ///< that this process may use
  std::string kernel;  ///< "Linux 6.1.0"
  bool virtualized = false;
  std::vector<std::string> warnings;  ///< what makes times less steady, each a sentence
};

/// Reads /proc and /sys below `root`; what is not there is left out.
HostFacts host_facts(const std::filesystem::path& root = "/");

/// What new processes can have: of memory and swap, or what the control group leaves of it, if that is less.
/// No value where the kernel does not say.
std::optional<Bytes> free_memory(const std::filesystem::path& root = "/");

/// What others took from this machine since it was started.
struct HostCounters {
  std::uint64_t ticks = 0;         ///< of all CPUs together
  std::uint64_t stolen_ticks = 0;  ///< in which the hypervisor ran other guests
  std::uint64_t throttled = 0;     ///< periods in which the control group had used up its CPU time
};
HostCounters host_counters();

/// What happened between two readings, as warnings.
std::vector<std::string> disturbances(const HostCounters& before, const HostCounters& after);

}  // namespace pgo_orch::toolchains
