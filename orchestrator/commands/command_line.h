#pragma once
// The command line: what is asked for. One table of options drives parsing and --help.

#include <string>
#include <variant>
#include <vector>

#include "orchestrator/commands/compare.h"
#include "orchestrator/commands/render.h"
#include "orchestrator/commands/run.h"
#include "orchestrator/commands/show_plan.h"

namespace pgo_orch::orchestrator {

/// Text to print: help or version.
struct ShowText {
  std::string text;
};

using Request = std::variant<RunOptions, PlanOptions, RenderOptions, CompareOptions, ShowText>;

/// `arguments`: without the program's name. Throws Error on what can't be understood, with the nearest that
/// can.
Request parse_command_line(const std::vector<std::string>& arguments);

}  // namespace pgo_orch::orchestrator
