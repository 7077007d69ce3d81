#pragma once
// The change of the scenario incr-patched.

#include <filesystem>
#include <string>
#include <string_view>

#include "orchestrator/config/config.h"

namespace pgo_orch::orchestrator {

/// All places of `replace` in a text, replaced.
struct EditedText {
  std::string text;
  int places = 0;
};
EditedText apply_edit(const SourceEdit& edit, std::string_view text);

/// The user's file that is edited (in a copy), in the project's folder.
std::filesystem::path edited_file(const Config& config);

/// Where the edit is asked for: Error if its file is not there, or does not hold what is to be replaced. How
/// many places it changes; 0: it is not asked for.
int check_source_edit(const Config& config);

}  // namespace pgo_orch::orchestrator
