#pragma once
// What `try` and `init` share: options about a project without pgo.toml.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/commands/command.h"
#include "orchestrator/start/first_file.h"

namespace pgo_orch::orchestrator {

/// --package, --bin, --example, --features, --profile, --held-out, --stdin, --held-out-stdin, --exit-code,
/// --timeout.
Options starting_options();

/// The program that they name, and how cargo is to build it.
WantedProgram wanted_program(const Arguments& given);

/// The workloads that the words behind `--` and the options make: one that trains and is timed, or one for
/// each. Paths are relative to `root`. Errors: a quote in --held-out that is not closed, a missing file,
/// text that is not UTF-8.
FirstFile first_file(const Arguments& given, const WantedProgram& wanted, const std::filesystem::path& root);

}  // namespace pgo_orch::orchestrator
