#pragma once
// Texts that are compared as a whole with tests/golden/report/NAME.

#include <string>

namespace pgo_orch::report {

/// Checks that the text is the file's. With UPDATE_GOLDEN set in the environment it writes the file instead.
void check_golden(const std::string& name, const std::string& text);

}  // namespace pgo_orch::report
