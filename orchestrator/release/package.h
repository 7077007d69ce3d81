#pragma once
// What is shipped beside the executables, and the archives of all.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "orchestrator/release/manifest.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

/// The regular files below the folder that a glob of 'include' matches, in a fixed order: as a shell's, and
/// "**/" is any folders, or none. Of a folder all files but hidden ones.
std::vector<std::filesystem::path> files_matching(const std::filesystem::path& root,
                                                  const std::string& pattern);

/// A command of [release] with {exe}, {exe.NAME}, {tmp} and {root} replaced; {exe} is the first program, a
/// command without it is run as it is.
std::vector<std::string> release_words(std::vector<std::string> words, const Config& config,
                                       const std::filesystem::path& programs,
                                       const std::vector<std::string>& names,
                                       const std::filesystem::path& tmp);

/// Copies what `include` matches, and writes what `generate` prints, into `folder`. The files, relative to
/// it. Errors: a glob matches nothing, or a command fails or prints nothing.
std::vector<std::string> add_includes(const Config& config, const std::vector<std::string>& programs,
                                      const std::filesystem::path& folder, const std::filesystem::path& tmp,
                                      toolchains::Runner& runner);

/// "{name}-{version}-{target}" with its words replaced; what is not known is left out with its dash.
std::string archive_stem(const Config& config, const Manifest& manifest);

/// Packs the files of the manifest in `folder` in each format that is asked for, and adds the archives to it.
/// `seconds`: the time of all members.
void add_archives(const Config& config, const std::filesystem::path& folder, std::int64_t seconds,
                  Manifest& manifest);

/// Unpacks an archive below `to` and compares each member with what was packed. Error: one differs.
void unpack(const ManifestFile& archive, const std::filesystem::path& folder,
            const std::filesystem::path& to);

/// SHA256SUMS beside the folders of several targets.
void add_checksums_of_all(const std::filesystem::path& folder, Manifest& manifest);

/// SHA256SUMS, in the format of sha256sum, of all files of the manifest, and one file for each archive.
void add_checksums(const std::filesystem::path& folder, Manifest& manifest);

}  // namespace pgo_orch::orchestrator
