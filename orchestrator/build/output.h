#pragma once
// What a program printed, against what it must print.

#include <filesystem>
#include <optional>
#include <string>

#include "pgo/workload.h"

namespace pgo_orch::orchestrator {

/// What a run printed, as far as it is compared.
struct Observed {
  std::string sha256;  ///< of standard output
  std::filesystem::path file;
};

/// Whether what it must print is in pgo.toml, so that the baseline's output does not matter.
bool says_output(const pgo::Expectation& expect);

/// The first difference, as a sentence. `baseline`: what it printed, if that is known; without it nothing is
/// expected unless `expect` says so.
std::optional<std::string> difference(const pgo::Expectation& expect, const Observed& observed,
                                      const Observed* baseline);

}  // namespace pgo_orch::orchestrator
