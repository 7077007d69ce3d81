#pragma once
// --help: at most 80 columns.

#include "orchestrator/commands/command.h"

namespace pgo_orch::orchestrator {

/// Of the program: what it is for, its commands, examples, exit codes.
std::string general_help(const std::vector<Command>& commands);

/// Of one command: usage, summary, and its options by group.
std::string help_of(const Command& command);

}  // namespace pgo_orch::orchestrator
