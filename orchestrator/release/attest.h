#pragma once
// What others can check a release by, in formats of theirs: provenance (in-toto, SLSA) and a bill of
// materials (CycloneDX).

#include <filesystem>
#include <map>
#include <string>

#include "orchestrator/plan/planner.h"
#include "orchestrator/release/manifest.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

inline constexpr const char* provenance_name = "provenance.intoto.json";

/// An in-toto Statement v1 about the executables and archives of the manifest, with a SLSA Provenance v1
/// predicate; not signed. `started`, `finished`: of the build, ISO 8601. `lock_sha256`: of Cargo.lock; empty:
/// there is none.
std::string provenance_of(const Manifest& manifest, const std::string& started, const std::string& finished,
                          const std::string& lock_sha256);

/// Error: the project has no crates, or the tool that lists them is missing.
void demand_tool_for_bill(const Planner& planner);

/// Of each package that has a program in the release, by name, a CycloneDX document of its dependencies for
/// the target, by cargo-cyclonedx, which runs in a copy of the sources below `scratch`, since it writes
/// beside the manifests. `seconds`: its time. Error: the tool is missing or fails.
std::map<std::string, std::string> bills_of_materials(const VariantPlan& plan, const Planner& planner,
                                                      const std::filesystem::path& scratch,
                                                      std::int64_t seconds, toolchains::Runner& runner);

}  // namespace pgo_orch::orchestrator
