#include "orchestrator/stages/failure.h"

#include <fmt/format.h>

namespace pgo_orch::orchestrator {

void demand_passed(const StepResult& failed, const std::string& variant) {
  if (failed) throw_failure(*failed, fmt::format("'{}'", variant), "no archive was written");
}

void demand_passed(const report::VariantResult& row) {
  if (row.status != report::Status::ok) demand_passed(failure_of(row), row.name);
}

}  // namespace pgo_orch::orchestrator
