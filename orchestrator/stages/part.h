#pragma once
// What one stage of a run hands to the next in a .pgoz file, and whether that is of what is at hand.
// docs/archives.md describes the members.

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "orchestrator/store/build_times.h"
#include "pgo/provenance.h"
#include "toolchains/archive.h"

namespace pgo_orch::orchestrator {

/// How far the variants in an archive are.
enum class Progressed { instrumented, trained };
constexpr auto words_of(Progressed) {
  using enum Progressed;
  return std::to_array<Word<Progressed>>({{instrumented, "instrumented"}, {trained, "trained"}});
}

/// A file that the instrumented programs were built of.
struct PartSource {
  std::string file;  ///< relative to the folder of pgo.toml, with '/'
  std::string sha256;
};

struct PartVariant {
  pgo::Provenance origin;  ///< its variant is this one's name
  /// Of the training, in the order of origin.workloads; empty where merging does not weigh them by time.
  std::vector<StageRun> runs;
  bool merged = false;  ///< a trained one has its profile; else the raw ones of each workload

  const std::string& name() const { return origin.variant; }
};

struct Part {
  Progressed progressed = Progressed::instrumented;
  std::string pgo_toml;               ///< its text
  std::vector<std::string> programs;  ///< of the project
  std::vector<PartSource> sources;    ///< by name
  std::vector<PartVariant> variants;

  std::vector<std::string> variant_names() const;
};

/// Where files of a variant are, in the archive and in the folder that it is unpacked in.
std::filesystem::path instrumented_in(const std::string& variant);
std::filesystem::path profile_in(const std::string& variant);
std::filesystem::path raw_in(const std::string& variant, const std::string& workload);

/// Writes it; `members`: all but the description.
void write_part(const std::filesystem::path& archive, const Part& part,
                std::vector<toolchains::ArchiveMember> members);

/// Unpacks it into an empty folder. Error, also if the archive is not to be trusted: see read_portable.
Part read_part(const std::filesystem::path& archive, const std::filesystem::path& folder);

/// The regular files below a folder, to be members below a path in the archive.
std::vector<toolchains::ArchiveMember> members_of(const std::filesystem::path& folder,
                                                  const std::filesystem::path& in_archive);

/// The variant of this name; none: pgo.toml has none.
std::optional<Variant> variant_named(const Config& config, const std::string& name);

/// Which sources must be there: on a machine that only trains, none.
enum class Sources { all, those_there };

/// Error, naming them, if sources, or what pgo.toml says of the archive's variants and their training, differ
/// from what the archive was made of.
void demand_same(const Part& part, const std::filesystem::path& archive, const Config& config,
                 Sources sources);

}  // namespace pgo_orch::orchestrator
