#include "orchestrator/commands/show_plan.h"

#include <cstdio>

#include "orchestrator/plan/renderings.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

void print_part(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    throw Error("cannot write the plan to standard output");
}

std::string header(const Planner& planner, PlanFormat format) {
  switch (format) {
    case PlanFormat::text:
      return plan_text_header(planner);
    case PlanFormat::json:
      return plan_json_header(planner);
    case PlanFormat::shell:
      return plan_shell_header(planner);
  }
  return "";
}

std::string body(const VariantPlan& plan, const Planner& planner, PlanFormat format, bool first) {
  switch (format) {
    case PlanFormat::text:
      return plan_text(plan);
    case PlanFormat::json:
      return (first ? "" : ",\n") + plan_json(plan);
    case PlanFormat::shell:
      return plan_shell(plan, planner);
  }
  return "";
}

}  // namespace

int show_plan(const PlanOptions& options) {
  const Config config = load_config(options.file);
  const Layout layout = layout_at(options.state_dir.empty() ? config.root / ".pgo-orch" : options.state_dir);
  check_state_folder(layout);
  toolchains::ProcessRunner runner;
  Machine machine(runner, project_folder(config), layout.tools());
  const auto variants = choose_variants(config, options.selection.variants);
  const Planner planner(config, layout, machine, variants);
  print_part(header(planner, options.format));
  bool first = true;
  for (const std::size_t index : variants) {
    print_part(body(planner.plan(index), planner, options.format, first));
    first = false;
  }
  if (options.format == PlanFormat::json) print_part("\n]}\n");
  // A linker by its path is reached through a link there, which flags in the plan name.
  std::error_code missing;
  if (fs::exists(layout.tools(), missing)) create_state_folder(layout);
  return 0;
}

}  // namespace pgo_orch::orchestrator
