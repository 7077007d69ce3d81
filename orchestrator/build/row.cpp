#include "orchestrator/build/row.h"

#include <fmt/format.h>

#include "orchestrator/plan/renderings.h"

namespace pgo_orch::orchestrator {

report::VariantResult planned_row(const VariantPlan& plan) {
  report::VariantResult row;
  row.name = plan.name;
  row.left_out = plan.left_out;
  row.settings = view_settings(plan.settings);
  row.portable = plan.portable;
  row.target = plan.target;
  row.toolchain = plan.toolchain;
  for (const auto& flag : plan.flags) {
    row.rustflags.push_back(flag.text);
    row.flag_origins.push_back(flag.origin);
  }
  for (const auto& step : pgo::compile_steps(plan.steps))
    row.command = std::visit([](const auto* build) { return build->command.argv; }, step);
  if (plan.missing) {
    row.status = report::Status::skipped;
    row.reason = describe(*plan.missing);
  }
  return row;
}

void note_condition(const report::ConditionResult& condition, report::VariantResult& row) {
  row.condition = condition;
  if (condition.holds) return;
  row.status = report::Status::skipped;
  row.reason = condition.owner == row.name
                   ? condition.reason
                   : fmt::format("condition of '{}' not met: {}", condition.owner, condition.reason);
}

bool is_gated_out(const report::VariantResult& row) {
  return row.status == report::Status::skipped && row.condition && !row.condition->holds;
}

}  // namespace pgo_orch::orchestrator
