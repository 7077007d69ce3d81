#pragma once
// What a finished run leaves: files, exports, a table.

#include "orchestrator/commands/run.h"
#include "report/results.h"

namespace pgo_orch::orchestrator {

/// What was asked for beside the files of the run's folder, which must be there: exports, else the report.
void publish(const report::Results& results, const RunOptions& options, const std::filesystem::path& folder);

/// Prints the comparison with an earlier run. Whether it got slower than is allowed.
bool compare_with_earlier(const report::Results& earlier, const report::Results& results,
                          const RunOptions& options);

}  // namespace pgo_orch::orchestrator
