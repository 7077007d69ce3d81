#include "orchestrator/release/command_tools.h"

#include <nlohmann/json.hpp>
#include <set>

#include "orchestrator/store/journal.h"
#include "pgo/shim_contract.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace {

const pgo::CommandStep* last_command(const VariantPlan& plan) {
  const pgo::CommandStep* last = nullptr;
  for (const auto& step : plan.steps)
    if (const auto* command = std::get_if<pgo::CommandStep>(&step)) last = command;
  return last;
}

bool compiles_c(const std::string& tool) {
  return tool == "cc" || tool == "c++" || tool.find("gcc") != std::string::npos ||
         tool.find("g++") != std::string::npos || tool.find("clang") != std::string::npos;
}

std::string version_of(const std::string& tool, const pgo::CommandStep& step, toolchains::Runner& runner) {
  auto env = step.command.env;
  const auto cc = env.find(shim::cc_variable);
  const std::string program = compiles_c(tool) && cc != env.end() ? cc->second.value_or(tool) : tool;
  const std::string shims = step.shims.string() + ":";
  if (auto& path = env["PATH"]; path && path->starts_with(shims)) path->erase(0, shims.size());
  const auto found = toolchains::find_executable(program, env);
  if (!found) return "unknown";
  const auto said = toolchains::ask_tool(runner, {.argv = {found->string(), "--version"}, .env = env}).out;
  return said.empty() ? "unknown" : said.substr(0, said.find('\n'));
}

}  // namespace

void note_called_tools(const VariantPlan& plan, toolchains::Runner& runner, Manifest& manifest) {
  const auto* step = last_command(plan);
  if (!step) return;
  std::set<std::string> called;
  JsonLines(step->calls).for_each([&](const nlohmann::json& call) {
    if (!call.value("tool", "").empty()) called.insert(call.value("tool", ""));
  });
  const bool has_rust = called.contains("rustc") || called.contains("cargo");
  if (!has_rust)
    for (const char* unused : {"rustc", "cargo", "linker"}) manifest.tools.erase(unused);
  manifest.flags.clear();
  const auto add = [&](const std::vector<profiles::Flag>& flags) {
    for (const auto& flag : flags) manifest.flags.push_back({flag.text, flag.origin});
  };
  if (has_rust) add(step->flags);
  bool has_c = false;
  for (const auto& tool : called) {
    if (tool != "rustc" && tool != "cargo") manifest.tools[tool] = version_of(tool, *step, runner);
    has_c = has_c || compiles_c(tool);
  }
  if (!has_c) return;
  add(step->c_flags);
  add(step->link_flags);
}

}  // namespace pgo_orch::orchestrator
