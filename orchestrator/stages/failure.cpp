#include "orchestrator/stages/failure.h"

#include <fmt/format.h>

#include "report/text.h"
#include "toolchains/interrupt.h"

namespace pgo_orch::orchestrator {

void demand_passed(const StepResult& failed, const std::string& variant) {
  if (!failed) return;
  if (failed->interrupted) throw Error("interrupted: no archive was written", Exit::interrupted);
  std::string text = fmt::format("'{}': {}", variant, failed->reason);
  if (!failed->failure.command.empty()) text += "\n  $ " + failed->failure.command;
  for (const auto& line : failed->failure.tail) text += "\n  " + report::printable(line);
  if (!failed->failure.log.empty()) text += "\n  log: " + failed->failure.log;
  throw Error(text, Exit::failed);
}

void demand_passed(const report::VariantResult& row) {
  if (row.status == report::Status::ok) return;
  demand_passed(
      StepFailure{row.reason, row.failure.value_or(report::Failure()), toolchains::interrupted() != 0},
      row.name);
}

}  // namespace pgo_orch::orchestrator
