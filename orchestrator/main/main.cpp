// pgo-orch: which way of building my program is the best, by how much, and is that real?

#include <fmt/format.h>

#include <cstdio>
#include <string>
#include <variant>
#include <vector>

#include "orchestrator/commands/command_line.h"
#include "orchestrator/commands/exit_code.h"
#include "toolchains/error.h"
#include "toolchains/interrupt.h"
#include "toolchains/process_runner.h"

namespace {

using namespace pgo_orch;

struct Execute {
  int operator()(const orchestrator::RunOptions& options) const { return run(options); }
  int operator()(const orchestrator::PlanOptions& options) const { return show_plan(options); }
  int operator()(const orchestrator::RenderOptions& options) const { return render(options); }
  int operator()(const orchestrator::CompareOptions& options) const { return compare(options); }
  int operator()(const orchestrator::ShowText& text) const {
    fmt::print("{}", text.text);
    return 0;
  }
};

int execute(const std::vector<std::string>& arguments) {
  try {
    return std::visit(Execute{}, orchestrator::parse_command_line(arguments));
  } catch (const Error& error) {
    // A probe that was interrupted looks like a missing tool; the exit code says the rest.
    orchestrator::print_error(toolchains::interrupted() ? "interrupted" : error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    orchestrator::print_error(
        fmt::format("{} (this should have been caught earlier; please report it)", error.what()));
    return static_cast<int>(Exit::failed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  toolchains::install_interrupt_handlers();
  int code = execute({argv + 1, argv + argc});
  if (const int signal = toolchains::interrupted()) code = 128 + signal;
  toolchains::end_all_children();
  if (std::fflush(stdout) != 0) return static_cast<int>(Exit::failed);
  return code;
}
