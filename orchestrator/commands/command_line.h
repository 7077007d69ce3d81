#pragma once
// From the words of the command line to the command that they name.

#include "orchestrator/commands/command.h"

namespace pgo_orch::orchestrator {

/// In the order of --help.
const std::vector<Command>& commands();

/// Does what the arguments (without the program's name) ask for; the exit code. Throws Error on what it does
/// not understand.
int execute(const std::vector<std::string>& arguments);

}  // namespace pgo_orch::orchestrator
