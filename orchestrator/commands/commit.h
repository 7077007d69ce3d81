#pragma once
// The commit that the program was built from; its file is written when it is built (cmake/commit.cmake).

namespace pgo_orch::orchestrator {

/// "6c566ce01 2026-11-30", with ", changed" if files differed from it; "": built outside of its repository.
extern const char* const commit;

}  // namespace pgo_orch::orchestrator
