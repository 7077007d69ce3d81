#pragma once
// Where the builds of two runs differ, by crate and pass.

#include <string>
#include <vector>

#include "report/results.h"
#include "report/table.h"

namespace pgo_orch::report {

/// The time of one pass in one crate, in the diagnostic builds of two runs; units of the same name together.
/// Zero where a run has no such pass.
struct BuildChange {
  std::string variant;
  std::string crate;
  std::string pass;
  Nanoseconds before{};
  Nanoseconds after{};
  Nanoseconds difference() const { return after - before; }
};

/// Whether there is a variant whose build phases both runs have.
bool share_build_phases(const Results& before, const Results& after);

/// Of these variants, the largest changes first.
std::vector<BuildChange> build_changes(const Results& before, const Results& after);

/// The first `most` of them.
Table build_changes_table(const std::vector<BuildChange>& changes, std::size_t most = 12);

}  // namespace pgo_orch::report
