#pragma once
// The machine as far as it decides what times mean.

#include <string>
#include <vector>

namespace pgo_orch::toolchains {

struct HostFacts {
  std::string cpu;     ///< model name
  int cores = 0;       ///< that this process may use
  std::string kernel;  ///< "Linux 6.1.0"
  bool virtualized = false;
  std::vector<std::string> warnings;  ///< what makes times less steady, each a sentence
};

/// Reads /proc and /sys; what is not there is left out.
HostFacts host_facts();

}  // namespace pgo_orch::toolchains
