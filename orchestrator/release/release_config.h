#pragma once
// What a release builds: the variant, and what it may have to be compared with.

#include <cstddef>
#include <optional>
#include <vector>

#include "orchestrator/config/config.h"

namespace pgo_orch::orchestrator {

/// The configuration of a release: the variant first, as the baseline; then what it may be compared with.
struct ReleaseConfig {
  Config config;
  std::optional<std::size_t> plain;     ///< the same without PGO, if [release] may need it
  std::optional<std::size_t> baseline;  ///< pgo.toml's, if only it tells what must be printed
  std::vector<std::size_t> all() const;
};
ReleaseConfig release_config(const Config& config, const Variant& variant);

/// Targets in their order, each once.
std::vector<std::string> each_once(const std::vector<std::string>& targets);

/// Whether programs for this target run on a machine of that one: the same CPU and system.
bool runs_on(const std::string& target, const std::string& host);

/// The variant for a target. One that cannot train there is changed as [release] says; `said`: how. Error: it
/// is refused.
Variant for_target(Variant variant, const std::string& target, const std::string& host,
                   const Release& demanded, std::string& said);

/// Whether the same build without PGO is needed, for its size or its hardening. The latter an instrumented
/// program of cargo's shows as well, but for stack protectors, which the profile runtime may have of its own.
bool is_compared_with_plain(const Config& config);

/// Whether it has PGO with a training of its own.
bool trains(const Variant& variant);

}  // namespace pgo_orch::orchestrator
