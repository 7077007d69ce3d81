#pragma once
// `pgo-orch run`: from pgo.toml to the answer.

#include <functional>

#include "orchestrator/commands/command.h"
#include "orchestrator/commands/run_options.h"
#include "orchestrator/config/config.h"
#include "orchestrator/store/layout.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// Results go to the run's folder and to standard output. Returns the exit code (exit_code.h).
int run(const RunOptions& options);

/// What `run`, `analyze` and `try` read alike.
RunOptions shared_run_options(const Arguments& given);
/// The duration that an option has; no value: it was not given.
std::optional<Nanoseconds> time_of(const Arguments& given, const char* option);

/// Gets the results before they are written or printed.
using BeforePublishing = std::function<void(report::Results&)>;

/// The same of a configuration that was read already, or that no file has; for the holder of the state
/// folder's lock.
int run(const Config& config, const RunOptions& options, const Layout& layout,
        const BeforePublishing& before_publishing = {});

}  // namespace pgo_orch::orchestrator
