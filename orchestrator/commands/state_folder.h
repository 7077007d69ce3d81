#pragma once
// The state folder as `list` and `clean` name it.

#include <string>
#include <vector>

#include "orchestrator/commands/command.h"
#include "orchestrator/store/contents.h"

namespace pgo_orch::orchestrator {

/// Of the pgo.toml that was named, or of the folder that has one. The file is not read: it may be broken.
/// Error: what was named does not exist, or is neither.
Layout named_state_folder(const Arguments& given);

/// A line for each kind that takes something, and their sum under `total`.
std::string sizes_table(const std::vector<StatePart>& parts, const std::string& total);

/// "…/.pgo-orch takes 1.2 GiB, 1.1 GiB of it target folders: ..." with the command that gives them back;
/// empty if it takes less than 1 GiB. `keep`: what [build] says.
std::string space_taken(const Layout& layout, Keep keep);

}  // namespace pgo_orch::orchestrator
