#pragma once
// A record of the units of one stage: what cargo's -C metadata was for each. Kept beside the target folder,
// because cargo says it only when it builds a unit, not when it finds it fresh.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "pgo/cargo_output.h"
#include "profiles/flags.h"

namespace pgo_orch::pgo {

struct Units {
  /// Crate, kind, source, platform and features of a unit, separated by tabs -> its metadata (several, where
  /// one unit is built with several profiles).
  std::map<std::string, std::set<std::string>> metadata;
  /// What the executables are to be stripped of: "none" "debuginfo" "symbols". In an optimized build that is
  /// what the profile and the flags ask for, but for the last flag, which keeps the symbols for the proof.
  std::string strip;
  /// The flag that has the linker strip the executables, although those that were planned do not: of a build
  /// script (cargo:rustc-link-arg). Empty: none.
  std::string linker_strips;

  /// Names of the crates that were built: all but the toolchain's own.
  std::set<std::string> crates() const;

  bool operator==(const Units&) const = default;
};

/// Without the units of other targets, which an earlier build in the same folder may have been for.
Units of_target(Units units, const std::string& target);

/// `before` with the units that were built: also by a build that failed, since cargo keeps what it got done.
Units add_calls(Units before, const std::vector<RustcCall>& calls);

/// `before` with the units that were built now; those that cargo no longer names are dropped.
Units update(Units before, const std::vector<RustcCall>& calls, const std::vector<CargoArtifact>& artifacts);

/// False if cargo found a unit fresh whose record is missing: then the stage must be rebuilt to know.
bool covers(const Units& units, const std::vector<CargoArtifact>& artifacts);

std::string to_json(const Units& units);
Units units_from_json(const std::string& text);  ///< empty for a text that is not such a record

/// What rustc was really told, against the plan: one sentence for each flag that is missing, or overridden by
/// a later one, in a unit of the target (empty: the host) that is not a build script. Profile options are
/// checked where they end up: in the executables.
std::vector<std::string> compare_with_plan(const std::vector<RustcCall>& calls, const std::string& target,
                                           const std::vector<profiles::Flag>& flags,
                                           const std::vector<profiles::FlagKey>& options);

}  // namespace pgo_orch::pgo
