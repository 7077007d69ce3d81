#pragma once
// Folders of a test: removed when it passed, kept when it failed, with a line that says where.

#include <filesystem>
#include <string>

namespace pgo_orch::tests {

/// A new folder under the temporary one, without links in its path. `kind` is in its name.
std::filesystem::path new_folder(const std::string& kind);

}  // namespace pgo_orch::tests
