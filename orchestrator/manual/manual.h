#pragma once
// The manual, made from the tables that the program reads command lines and files with: man pages, and the
// reference in docs/. The build makes the pages; a test holds what is committed.

#include <string>

namespace pgo_orch::orchestrator {

/// pgo-orch.1 and pgo.toml.5, in roff (macros of man(7)).
std::string man_of_program();
std::string man_of_config();

/// docs/reference-pgo-toml.md, docs/reference-results-json.md
std::string reference_of_config();
std::string reference_of_results();

}  // namespace pgo_orch::orchestrator
