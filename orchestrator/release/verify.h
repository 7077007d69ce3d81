#pragma once
// What a file is, by the manifest of a release: as it was shipped, changed in ways that leave its code alone,
// or something else.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/release/manifest.h"

namespace pgo_orch::orchestrator {

struct Verification {
  bool genuine = false;
  std::string what;                    ///< a sentence: what it is, or why it is not of the release
  std::vector<std::string> since;      ///< what was done to it since, and what else there is to say
  bool has_code = false;               ///< it is, or has, an executable of the release
  const ManifestFile* file = nullptr;  ///< of a single file: which one of the manifest it is
  bool has_same_bytes = false;         ///< as that one
};

/// Of a file, an archive, or a folder with a whole release.
Verification verify(const std::filesystem::path& what, const Manifest& manifest);

}  // namespace pgo_orch::orchestrator
