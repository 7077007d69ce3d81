#pragma once
// manifest.json of a release (schema pgo-orch/manifest/1): what was shipped, how it was made, and how that is
// known. It names no folder of the machine.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "report/results.h"
#include "toolchains/elf_facts.h"
#include "toolchains/elf_parts.h"

namespace pgo_orch::orchestrator {

inline constexpr const char* manifest_schema = "pgo-orch/manifest/1";
inline constexpr const char* manifest_name = "manifest.json";
/// The target of a manifest over several, each with a folder and a manifest of its own.
inline constexpr const char* several_targets = "several targets";
inline constexpr const char* checksums_name = "SHA256SUMS";

struct ManifestProject {
  std::string name;
  std::string version;
  std::string revision;       ///< of git; empty: not known
  std::optional<bool> clean;  ///< no file differed from the revision
};

struct ManifestFlag {
  std::string flag;
  std::string origin;
};

struct ManifestWorkload {
  std::string name;
  std::string inputs_sha256;  ///< of its commands, standard input and the files that these name
};

/// How it is known that the profile is in the shipped code.
struct ManifestPgo {
  std::string profile_sha256;
  bool saved = false;  ///< a profile that was there before, not one of this release's training
  std::vector<ManifestWorkload> workloads;
  std::string basis;
  std::int64_t functions_in_profile = 0;
  std::int64_t functions_matched = 0;
  std::int64_t functions_missing = 0;
  double coverage = 0;  ///< fraction
  std::optional<double>
      hot_counts;  ///< fraction of all counts, of functions that rustc found by name and hash
  std::int64_t crates_with_profile =
      0;  ///< crates for which rustc says that it read the profile; 0: not built by cargo
  std::int64_t hot_functions = 0;   ///< in the executables, hot in the profile
  std::int64_t hot_marked = 0;      ///< of those, compiled as hot
  std::int64_t cold_functions = 0;  ///< the same of functions that no run called
  std::int64_t cold_marked = 0;
  std::vector<std::string> remarks;
};

/// What a measurement said of the variant against the baseline.
struct ManifestEffect {
  std::string baseline;
  std::string workload;  ///< "": all together
  double effect_pct = 0;
  std::optional<double> lo_pct;
  std::optional<double> hi_pct;
  double confidence = 0;
  std::string run;   ///< id
  std::string host;  ///< its CPU
};

enum class FileKind { executable, library, debug, include, archive, checksums };
constexpr auto words_of(FileKind) {
  using enum FileKind;
  return std::to_array<Word<FileKind>>({{executable, "executable"},
                                        {library, "library"},
                                        {debug, "debug"},
                                        {include, "include"},
                                        {archive, "archive"},
                                        {checksums, "checksums"}});
}

/// A file of the release; the members of archives are files of their own beside them, under their own path.
struct ManifestFile {
  std::string path;  ///< relative to the manifest
  FileKind kind = FileKind::include;
  Bytes size;
  std::string sha256;
  std::string code_sha256;  ///< of executables: as in results.json
  std::string target;
  std::string glibc;  ///< of executables: the highest version they need; empty: none
  std::vector<std::string> libraries;
  std::optional<toolchains::Hardening> hardening;
  toolchains::ElfParts parts;                  ///< of executables: to tell later what was done to them
  std::map<std::string, std::string> members;  ///< of archives: path -> SHA-256
};

struct Manifest {
  std::string tool_version;
  std::string released;  ///< ISO 8601, UTC
  ManifestProject project;
  std::string variant;
  std::string target;
  bool portable = true;
  std::string cpu;  ///< target-cpu; empty: the target's own
  std::vector<std::string> cpu_features;
  std::vector<report::Setting> settings;
  std::vector<ManifestFlag> flags;
  std::map<std::string, std::string> tools;  ///< name -> version
  std::vector<report::Corpus> corpora;       ///< that workloads name, for training and for judging
  std::optional<ManifestPgo> pgo;
  std::vector<ManifestEffect> effects;
  std::vector<std::string> checks;  ///< what was run with the shipped files, a sentence each
  std::vector<std::string> notes;
  std::vector<ManifestFile> files;
};

std::string to_json(const Manifest& manifest);
/// Errors: no such file, no manifest, or one of a later version.
Manifest load_manifest(const std::filesystem::path& file);

}  // namespace pgo_orch::orchestrator
