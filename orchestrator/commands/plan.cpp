// `pgo-orch plan`: what would run, as text, JSON or a shell script. Printed variant by variant: a matrix may
// be big.

#include <fmt/format.h>

#include <cstdio>

#include "orchestrator/commands/command.h"
#include "orchestrator/plan/renderings.h"
#include "orchestrator/plan/selection.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

enum class PlanFormat { text, json, shell };

PlanFormat format_of(const Arguments& given) {
  const std::string asked = given.text("format");
  if (given.has("json") && !asked.empty() && asked != "json")
    throw Error(fmt::format("--json and --format {} cannot be used together", asked));
  if (given.has("json") || asked == "json") return PlanFormat::json;
  if (asked == "sh") return PlanFormat::shell;
  if (asked.empty() || asked == "text") return PlanFormat::text;
  throw Error(fmt::format("--format {}: choose text, json or sh", asked));
}

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

/// Probes tools; builds and runs nothing of the project.
int show_plan(const Arguments& given) {
  const PlanFormat format = format_of(given);
  const Config config = load_config(given.file());
  const Layout layout = layout_of(given, config.root);
  check_state_folder(layout);
  toolchains::ProcessRunner runner;
  Machine machine(runner, project_folder(config), layout.tools());
  const auto variants = choose_variants(config, given.all("variant"));
  const Planner planner(config, layout, machine, variants);
  print_part(header(planner, format));
  bool first = true;
  for (const std::size_t index : variants) {
    print_part(body(planner.plan(index), planner, format, first));
    first = false;
  }
  if (format == PlanFormat::json) print_part("\n]}\n");
  // The plan names a link there if a linker is given by its path.
  std::error_code missing;
  if (fs::exists(layout.tools(), missing)) create_state_folder(layout);
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command plan_command() {
  return {.name = "plan",
          .usage = "plan [pgo.toml] [options]",
          .summary = "show what would run; builds and runs nothing of the project",
          .options = Options{{"variant", "GLOB", group::what,
                              "only these variants and the baseline (repeatable)", true},
                             {"json", "", group::output, "the same as --format json"},
                             {"format", "FORMAT", group::output,
                              "text (default), json, or sh: a script that does the same builds without "
                              "pgo-orch"}} +
                     general_options,
          .execute = show_plan};
}

}  // namespace pgo_orch::orchestrator
