#include "orchestrator/commands/exit_code.h"

#include <algorithm>

#include "orchestrator/build/row.h"
#include "orchestrator/judge/judge.h"

namespace pgo_orch::orchestrator {

using report::Status;
using report::VariantResult;

int exit_code(const report::Results& results, const RunOptions& options) {
  const auto& asked_for = options.selection.variants;
  const auto is_baseline = [&](const VariantResult& row) { return row.name == results.baseline; };
  const auto bad = [](const VariantResult& row) {
    return row.status == Status::failed || row.status == Status::wrong_output;
  };
  const auto skipped = [](const VariantResult& row) {
    return row.status == Status::skipped && !is_gated_out(row) && row.reason != no_time_left;
  };
  const auto& rows = results.variants;
  const bool named_one_skipped = std::ranges::any_of(rows, [&](const auto& row) {
    return skipped(row) && std::ranges::find(asked_for, row.name) != asked_for.end();
  });
  const bool others_skipped = rows.size() > 1 && std::ranges::all_of(rows, [&](const auto& row) {
                                return is_baseline(row) || skipped(row);
                              });
  const bool missed = options.fail_on_goals && missed_a_goal(results);
  const bool failed =
      std::ranges::any_of(rows, bad) || std::ranges::any_of(results.held_out, bad, &report::HeldOut::built);
  if (missed || failed) return static_cast<int>(Exit::failed);
  if (named_one_skipped || others_skipped) return static_cast<int>(Exit::tool);
  return static_cast<int>(
      std::ranges::any_of(rows, [&](const auto& row) { return is_baseline(row) && skipped(row); })
          ? Exit::tool
          : Exit::ok);
}

}  // namespace pgo_orch::orchestrator
