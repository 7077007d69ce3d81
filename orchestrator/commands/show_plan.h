#pragma once
// `pgo-orch plan`: what would run, as text, JSON or a shell script. Streamed variant by variant: a matrix may
// be big.

#include <cstdio>
#include <filesystem>
#include <string>

#include "orchestrator/plan/planner.h"
#include "orchestrator/plan/selection.h"

namespace pgo_orch::orchestrator {

enum class PlanFormat { text, json, shell };

struct PlanOptions {
  std::filesystem::path file = "pgo.toml";
  std::filesystem::path state_dir;
  Selection selection;
  PlanFormat format = PlanFormat::text;
};

/// Prints the plan on standard output. Tools may be probed; nothing of the project is built or run.
int show_plan(const PlanOptions& options);

}  // namespace pgo_orch::orchestrator
