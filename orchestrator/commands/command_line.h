#pragma once
// From the words of the command line to the command that they name.

#include "orchestrator/commands/command.h"

namespace pgo_orch::orchestrator {

/// In the order of --help.
const std::vector<Command>& commands();

/// --help, at most 80 columns (help.cpp): of the program, with examples and exit codes; of a command, with
/// its options by group.
std::string general_help(const std::vector<Command>& commands);
std::string help_of(const Command& command);

/// Does what the arguments (without the program's name) ask for; the exit code. Throws Error on what it
/// does not understand.
int execute(const std::vector<std::string>& arguments);

}  // namespace pgo_orch::orchestrator
