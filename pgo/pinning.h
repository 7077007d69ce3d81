#pragma once
// Names of functions hold a hash of their crate, which rustc makes of the crate's name, cargo's -C metadata
// and rustc's version; cargo hashes the package's version into the metadata. So a new version of a package
// has other names for the same functions, in both manglings, and a saved profile would match none of them.
// Instead of rewriting names, a build with a saved profile gives rustc the metadata that the training had:
// then all names are the same as in the profile, closures, generics and back-references included.

#include <filesystem>
#include <string>
#include <vector>

#include "pgo/provenance.h"

namespace pgo_orch::pgo {

/// What a build step needs to know for it.
struct Pinning {
  std::filesystem::path profile;  ///< the saved one; its provenance is beside it
  std::filesystem::path lock;     ///< Cargo.lock: today's packages
  std::filesystem::path script;   ///< RUSTC_WRAPPER; made of the two before cargo runs
  bool only_target = true;        ///< leave calls of rustc alone that have no --target
  std::filesystem::path used;     ///< the profile as rustc gets it: see pgo/spread.h
  std::filesystem::path llvm_profdata;
};

struct LockedPackage {
  std::string name;
  std::string version;
  bool operator==(const LockedPackage&) const = default;
};

/// The packages in a Cargo.lock.
std::vector<LockedPackage> locked_packages(const std::string& lock);

/// A crate of today's that is to have the names of a saved one.
struct Pin {
  SavedCrate saved;
  std::string version;  ///< today's, of its package
  bool operator==(const Pin&) const = default;
};

struct Pins {
  std::vector<Pin> pins;
  std::vector<std::string> renamed;    ///< "dep 1.0.0 -> 1.0.1": packages of another version
  std::vector<std::string> unmatched;  ///< "rand 0.7.3": saved packages that today has none for
};

/// Pairs packages by name: of equal version, then of compatible versions (cargo uses at most one of these),
/// then those that are the only ones left. No two of today's get the names of one.
Pins pins_of(const std::vector<SavedCrate>& crates, const std::vector<LockedPackage>& today);

/// A script for sh that stands before rustc.
std::string pinning_script(const std::vector<Pin>& pins, bool only_target);

}  // namespace pgo_orch::pgo
