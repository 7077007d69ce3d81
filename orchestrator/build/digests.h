#pragma once
// What builds depend on beside files, as a run keeps it, to tell later whether it is still so.

#include <set>
#include <string>

#include "orchestrator/config/config.h"

namespace pgo_orch::orchestrator {

/// Environment variables that are set, from which build scripts take a compiler of C and its flags.
std::set<std::string> variables_for_c();
/// Of its value, SHA-256; "": it is not set, or empty.
std::string digest_of_variable(const std::string& name);
/// Of [project] in pgo.toml.
std::string digest_of_project(const Config& config);

}  // namespace pgo_orch::orchestrator
