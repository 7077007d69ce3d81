#pragma once
// The figures of a run for a spreadsheet or a data frame.

#include <string>

#include "report/results.h"

namespace pgo_orch::report {

/// RFC 4180: a header line, then a line for each variant and workload (one, without a workload, if nothing
/// was measured), then the same of references, ended by CR LF. Seconds, bytes and percent of the baseline,
/// unrounded; an empty field: not known.
std::string to_csv(const Results& results);

}  // namespace pgo_orch::report
