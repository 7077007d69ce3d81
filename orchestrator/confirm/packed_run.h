#pragma once
// What `run --pack` leaves in a .pgoz file: the programs that a run timed, and all that running them takes.
// docs/archives.md describes the members.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "report/results.h"
#include "toolchains/archive.h"

namespace pgo_orch::orchestrator {

/// An executable or a library of a variant, as it was checked.
struct PackedFile {
  std::string name;  ///< relative to the folder of the executables
  std::string sha256;
  bool operator==(const PackedFile&) const = default;
};

struct PackedVariant {
  std::string name;
  std::map<std::string, std::string> run_env;
  std::vector<PackedFile> files;
};

/// A workload that is not in the archive.
struct LeftOut {
  std::string workload;
  std::string reason;
};

struct PackedRun {
  std::string run;       ///< its id
  std::string project;   ///< its name
  std::string baseline;  ///< a variant
  std::vector<std::string> programs;
  Measure measure;  ///< what decides how claims are made
  std::vector<PackedVariant> variants;
  std::vector<Workload> workloads;   ///< see made_portable
  std::vector<std::string> folders;  ///< below the inputs, that workloads name; they may be empty
  std::vector<LeftOut> left_out;

  /// What the files of a variant are when they are unpacked; null: it has none.
  const PackedVariant* variant(const std::string& name) const;
};

/// Where a variant's executables and the inputs of workloads are, in the archive and below the folder that it
/// is unpacked in. Corpora lie where a state folder has them.
std::filesystem::path programs_in(const std::string& variant);
inline constexpr const char* inputs_folder = "inputs";
inline constexpr const char* corpora_folder = "corpora";

/// The files that a row of results is, as the archive names them.
std::vector<PackedFile> files_of_row(const report::VariantResult& row);

/// Writes it; `members`: all but the description.
void write_packed_run(const std::filesystem::path& archive, const PackedRun& packed,
                      std::vector<toolchains::ArchiveMember> members);

/// Unpacks it into an empty folder. Error, also if the archive is not to be trusted: see read_portable.
PackedRun read_packed_run(const std::filesystem::path& archive, const std::filesystem::path& folder);

}  // namespace pgo_orch::orchestrator
