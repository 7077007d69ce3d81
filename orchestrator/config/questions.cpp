#include "orchestrator/config/questions.h"

#include <array>

namespace pgo_orch::orchestrator {

const char* name_of(BuildScenario scenario) {
  static constexpr std::array names{"full", "incr-full", "incr-unchanged", "incr-patched"};
  return names.at(static_cast<std::size_t>(scenario));
}

const char* name_of(GoalMetric metric) {
  static constexpr std::array names{"runtime", "startup", "init", "compute", "shutdown",
                                    "phase",   "build",   "size", "memory"};
  return names.at(static_cast<std::size_t>(metric));
}

}  // namespace pgo_orch::orchestrator
