#pragma once
// The JSON Schema of pgo.toml, made of the table of keys: editors complete and check the file by it.

#include <string>

namespace pgo_orch::orchestrator {

/// Draft 7 of JSON Schema, which taplo and the editors' TOML extensions read. It has every key with its type,
/// its words, what it is and what counts without it. What depends on several keys (a name that another table
/// defines, keys that exclude each other) is only checked when pgo-orch reads the file.
std::string config_schema();

}  // namespace pgo_orch::orchestrator
