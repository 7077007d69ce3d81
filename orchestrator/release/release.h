#pragma once
// From a variant to the files that are shipped: built from clean, proved, checked, packed, and put in place
// in one step.

#include <map>
#include <string>
#include <vector>

#include "orchestrator/build/variant_build.h"
#include "orchestrator/release/manifest.h"
#include "orchestrator/release/out_folder.h"
#include "toolchains/git.h"

namespace pgo_orch::orchestrator {

/// What is asked for, beside pgo.toml.
struct ReleaseOrder {
  Variant variant;                      ///< as pgo.toml has it
  std::vector<ManifestEffect> effects;  ///< that a run measured
  std::map<std::string, std::string> tools;
  toolchains::GitState source;
};

/// The configuration of a release: the variant first, as the baseline; then what it may be compared with.
struct ReleaseConfig {
  Config config;
  std::optional<std::size_t> plain;     ///< the same without PGO, if [release] may need it
  std::optional<std::size_t> baseline;  ///< pgo.toml's, if only it tells what must be printed
  std::vector<std::size_t> all() const;
};
ReleaseConfig release_config(const Config& config, const Variant& variant);

/// Builds, proves, checks and packs into the folder's staging place; the caller publishes it. Throws Error
/// for whatever must not be shipped.
Manifest make_release(const ReleaseConfig& release, const ReleaseOrder& order, const Workshop& workshop,
                      OutFolder& out);

}  // namespace pgo_orch::orchestrator
