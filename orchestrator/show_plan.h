#pragma once
// `pgo-orch plan`: what would run, as text, JSON or a shell script. Streamed variant by variant: a matrix may
// be big.

#include <cstdio>
#include <filesystem>
#include <string>

#include "orchestrator/planner.h"

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

// One variant, or what stands before all of them, in each format.
std::string plan_text_header(const Planner& planner);
std::string plan_text(const VariantPlan& plan);
std::string plan_json_header(const Planner& planner);
std::string plan_json(const VariantPlan& plan);
std::string plan_shell_header(const Planner& planner);
std::string plan_shell(const VariantPlan& plan, const Planner& planner);

}  // namespace pgo_orch::orchestrator
