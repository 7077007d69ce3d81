// `pgo-orch plan`: what would run, as text, JSON or a shell script. Printed variant by variant: a matrix
// may be big.

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "orchestrator/commands/command.h"
#include "orchestrator/commands/outline.h"
#include "orchestrator/plan/renderings.h"
#include "orchestrator/plan/selection.h"
#include "report/text.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/process_runner.h"

namespace pgo_orch::orchestrator {

namespace {

struct Format {
  std::string_view name;
  std::string (*header)(const Planner&);
  std::string (*variant)(const VariantPlan&, const Planner&);
  const char* separator;
  const char* end;
  std::string (*footer)(const Planner&, const std::vector<std::size_t>&);
};

std::string outline_text(const Planner& planner, const std::vector<std::size_t>& variants) {
  constexpr std::size_t page = 100;
  constexpr std::size_t hanging = 11;  // as the facts at the top of the plan
  std::string text = "\n";
  for (auto [what, said] : outline_of(planner, variants))
    for (const auto& line : report::wrap(said, page - hanging))
      text += fmt::format("{:<{}}{}\n", std::exchange(what, ""), hanging, line);
  return text;
}

std::string outline_json(const Planner& planner, const std::vector<std::size_t>& variants) {
  auto outline = nlohmann::json::array();
  for (const auto& [what, text] : outline_of(planner, variants))
    outline.push_back({{"what", what}, {"text", text}});
  return outline.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "}\n";
}

std::string nothing(const Planner&, const std::vector<std::size_t>&) {
  return "";
}

constexpr Format formats[] = {{"text", plan_text_header, plan_text, "", "", outline_text},
                              {"json", plan_json_header, plan_json, ",\n", "\n],\"then\":", outline_json},
                              {"sh", plan_shell_header, plan_shell, "", "", nothing}};

const Format& format_of(const Arguments& given) {
  const std::string asked = given.text("format");
  if (given.has("json") && !asked.empty() && asked != "json")
    throw Error(fmt::format("--json and --format {} cannot be used together", asked));
  const std::string name = given.has("json") ? "json" : asked.empty() ? "text" : asked;
  const auto* found = std::ranges::find(formats, name, &Format::name);
  if (found == std::end(formats)) throw Error(fmt::format("--format {}: choose text, json or sh", asked));
  return *found;
}

void print_part(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size())
    throw Error("cannot write the plan to standard output");
}

/// Asks tools; builds nothing. Of the project it runs only the compiler that its config files name, as cargo
/// asks it for its version.
int show_plan(const Arguments& given) {
  const Format& format = format_of(given);
  Config config = load_config(given.file());
  config.variants = with_left_out(config);
  const Layout layout = layout_of(given, config.root);
  check_state_folder(layout);
  toolchains::ProcessRunner runner;
  Machine machine(runner, project_folder(config), layout.tools());
  const auto variants = choose_variants(config, given.all("variant"));
  const Planner planner(config, layout, machine, variants);
  print_part(format.header(planner));
  const char* separator = "";
  for (const std::size_t index : variants) {
    print_part(separator + format.variant(planner.plan(index), planner));
    separator = format.separator;
  }
  print_part(format.end + format.footer(planner, variants));
  // The plan names a link there if a linker is given by its path.
  std::error_code missing;
  if (std::filesystem::exists(layout.tools(), missing)) create_state_folder(layout);
  return static_cast<int>(Exit::ok);
}

}  // namespace

Command plan_command() {
  return {.name = "plan",
          .usage = "plan [pgo.toml] [options]",
          .summary = "show what would run; builds nothing, runs no code of the project",
          .options = Options{{"variant", "GLOB", group::what,
                              "only these variants and the baseline (repeatable)", true},
                             {"json", "", group::output, "the same as --format json"},
                             {"format", "FORMAT", group::output,
                              "text (default), json, or sh: a script that does the same builds without "
                              "pgo-orch",
                              false, "text json sh"}} +
                     state_dir_option + help_option,
          .execute = show_plan};
}

}  // namespace pgo_orch::orchestrator
