#pragma once
// The report that a run ends with on a terminal.

#include <cstddef>
#include <string>

#include "report/results.h"

namespace pgo_orch::report {

struct TerminalOptions {
  bool color = false;
  std::size_t width = 100;  ///< columns; command lines and logs are not broken
};

/// Tables, then what must be known about them, the recommendation last. Ends with a newline.
std::string to_terminal(const Results& results, const TerminalOptions& options);

}  // namespace pgo_orch::report
