#pragma once
// What is written beside a saved profile: where it came from, and by which -C metadata its names were made.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "pgo/cargo_output.h"
#include "pgo/units.h"

namespace pgo_orch::pgo {

/// A crate of the program that was trained.
struct SavedCrate {
  std::string package;
  std::string version;
  std::string name;      ///< of the crate
  std::string kind;      ///< "bin" or "lib": rustc tells the two apart in names
  std::string metadata;  ///< cargo's -C metadata, which all mangled names of the crate depend on
  bool operator==(const SavedCrate&) const = default;
};

struct SavedWorkload {
  std::string name;
  std::string key;  ///< digest of what its runs depend on
  bool operator==(const SavedWorkload&) const = default;
};

struct Provenance {
  std::string tool_version;
  std::string project;
  std::string variant;
  std::map<std::string, std::string> settings;  ///< values as JSON text
  std::vector<std::string> flags;               ///< rustflags of the training
  std::string rustc;
  std::string llvm;
  std::string target;
  std::vector<SavedCrate> crates;
  std::vector<SavedWorkload> workloads;
  std::int64_t functions = 0;
  double counts = 0;          ///< the sum of all counts
  std::string sha256;         ///< of the profile that this is beside
  std::string saved;          ///< date
  std::string revision;       ///< of git; empty: unknown
  bool modified = false;      ///< the tree had changes that the revision does not have
  bool same_sources = false;  ///< it is only used for the very sources that it was trained on
};

/// FILE.json
std::filesystem::path provenance_file(const std::filesystem::path& profile);

std::string to_json(const Provenance& provenance);
/// Throws Error on a text that is not such a record.
Provenance provenance_from_json(const std::string& text);

/// The crates of the target among the units of a build, with the packages that cargo's messages say they are
/// of. Crates that were built twice, with different metadata, are left out.
std::vector<SavedCrate> crates_of(const Units& units, const std::vector<CargoArtifact>& artifacts);

/// Whether its crates were each compiled as one codegen unit.
bool has_one_unit(const Provenance& provenance);

/// Settings that change what a function's profile means: with others the counts would be of other code, or
/// the profile would do harm. One sentence for each that differs. `settings`: values as JSON text.
std::vector<std::string> differing_settings(const Provenance& provenance,
                                            const std::map<std::string, std::string>& settings);

}  // namespace pgo_orch::pgo
