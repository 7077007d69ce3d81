#pragma once
// The pgo.toml that a project begins with.

#include <optional>
#include <string>
#include <vector>

#include "measure/schema.h"
#include "orchestrator/start/facts.h"
#include "pgo/workload.h"

namespace pgo_orch::orchestrator {

/// A [[workload]] of that file.
struct FirstWorkload {
  std::string name;
  pgo::Role role = pgo::Role::both;
  std::vector<std::string> args;
  std::string stdin_file;  ///< relative to pgo.toml, or absolute; empty: none
  int exit_code = 0;
  std::string timeout;  ///< as pgo.toml has it; empty: the default
  measure::Compared compared = measure::Compared::exactly;
};

struct FirstFile {
  std::vector<FirstWorkload> workloads;
  bool placeholders = false;          ///< the workloads only stand for those that the user has to write
  std::string cwd;                    ///< of the workloads, relative to pgo.toml; empty: beside it
  std::string profile = "release";    ///< cargo's, that variants start from
  std::vector<std::string> features;  ///< of the package
};

/// Complete, with comments: baseline, tuned and PGO.
std::string first_pgo_toml(const ProjectFacts& facts, const FirstFile& file);

}  // namespace pgo_orch::orchestrator
