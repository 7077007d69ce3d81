#pragma once
// The report as GitHub-flavoured Markdown: the tables and notes of the terminal, then machine, tools and
// settings.

#include <string>

#include "report/results.h"

namespace pgo_orch::report {

/// The best of a column are bold. Ends with a newline.
std::string to_markdown(const Results& results);

}  // namespace pgo_orch::report
