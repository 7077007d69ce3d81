#pragma once
// What [release] demands of an executable before it is shipped.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/config/release.h"
#include "orchestrator/release/manifest.h"

namespace pgo_orch::orchestrator {

/// An executable or library as the manifest has it: hashes, size, hardening, needs. `target`: its triple.
ManifestFile described(const std::filesystem::path& file, const std::string& path, FileKind kind,
                       const std::string& target);

/// What it must not be behind.
struct PlainBuild {
  std::optional<toolchains::Hardening> hardening;
  std::optional<Bytes> size;
};

/// What the hardening of an instrumented program says of the plain build's. Not its stack protectors: they
/// may come from LLVM's profile runtime alone, which Debian's rustc 1.85 has compiled with them.
toolchains::Hardening without_runtime(toolchains::Hardening instrumented);

/// What is wrong with the file, a sentence each that says what to do; none: it may be shipped.
std::vector<std::string> problems_of(const ManifestFile& file, const PlainBuild& plain,
                                     const Release& demanded);

/// False: an ELF executable that lost its permission to be executed.
bool may_run(const std::filesystem::path& file);

/// Whether it runs with the rights of its owner or group.
bool has_set_id(const std::filesystem::path& file);

/// What programs that were run did to the staged files since each was described, or left beside them; "":
/// nothing.
std::string change_in(const std::filesystem::path& folder, const std::vector<ManifestFile>& files);

}  // namespace pgo_orch::orchestrator
