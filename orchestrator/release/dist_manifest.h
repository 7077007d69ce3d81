#pragma once
// What cargo-dist takes of a release that it did not build itself: a dist-manifest.json with our archives, so
// that its installers and its hosting go on from there.

#include "orchestrator/release/manifest.h"

namespace pgo_orch::orchestrator {

inline constexpr const char* dist_manifest_name = "dist-manifest.json";

/// Releases, artifacts, assets and systems, as crate cargo-dist-schema reads them (struct DistManifest). The
/// glibc of the system is the oldest that the executables run with. It names no version of dist, which did
/// not make it, and no folder.
std::string dist_manifest_of(const Manifest& manifest);

}  // namespace pgo_orch::orchestrator
