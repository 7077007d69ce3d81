#pragma once
// What a manifest says of a build, beside its files.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/build/variant_build.h"
#include "orchestrator/release/manifest.h"
#include "toolchains/git.h"

namespace pgo_orch::orchestrator {

/// What is asked for, beside pgo.toml.
struct ReleaseOrder {
  Variant variant;                      ///< as pgo.toml has it
  std::vector<ManifestEffect> effects;  ///< that a run measured
  std::map<std::string, std::string> tools;
  toolchains::GitState source;
  std::vector<report::Corpus> corpora;
  std::vector<std::string> notes;  ///< what is not as pgo.toml says
  bool dist_manifest = false;      ///< write a dist-manifest.json, too
};

/// The manifest before there are files.
Manifest manifest_of(const VariantPlan& plan, const report::VariantResult& row, const ReleaseOrder& order,
                     const Config& config, const Workshop& workshop);

/// What the build knows of its profile, before the shipped bytes are looked at.
ManifestPgo pgo_of(const VariantPlan& plan, const report::VariantResult& row, const Workshop& workshop);

/// The time that reproducible builds use in place of the clock, if it is set
/// (reproducible-builds.org/specs/source-date-epoch).
std::optional<std::int64_t> source_date_epoch();

/// The time of all members of archives, in seconds since 1970: SOURCE_DATE_EPOCH, else the commit's, else
/// that of the oldest file a zip can have.
std::int64_t time_of_members(const toolchains::GitState& source);

/// Programs that no training workload runs: PGO takes what only they have for cold.
std::vector<std::string> untrained_programs(const Planner& planner);

}  // namespace pgo_orch::orchestrator
