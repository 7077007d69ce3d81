#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/plan/renderings.h"
#include "toolchains/command.h"

namespace pgo_orch::orchestrator {

namespace {

/// Flags with their origins, aligned.
std::string flag_lines(const std::vector<profiles::Flag>& flags) {
  constexpr std::size_t widest = 60;  // a path in one flag must not push all origins off the screen
  std::size_t width = 0;
  for (const auto& flag : flags) width = std::max(width, std::min(widest, flag.text.size()));
  std::string text;
  for (const auto& flag : flags) text += fmt::format("    {:<{}}  {}\n", flag.text, width, flag.origin);
  return text;
}

/// Without the environment of builds: its relevant part is the flags above, and --format json has all of it.
std::string command_lines(const VariantPlan& plan) {
  std::string text;
  const auto show = [&]<class Step>(const Step& step) {
    if constexpr (requires { step.command; }) {
      toolchains::Command command = step.command;
      if (!std::is_same_v<Step, pgo::TrainStep>) command = {.argv = command.argv, .cwd = command.cwd};
      text += fmt::format("    {}\n", to_shell(command));
    }
  };
  for (const auto& step : plan.steps) std::visit(show, step);
  return text;
}

}  // namespace

std::string plan_text_header(const Planner& planner) {
  const auto& config = planner.config();
  std::vector<std::string> programs;
  for (const auto& program : planner.project().programs) programs.push_back(program.name);
  std::string text = fmt::format(
      "project    {}\nprograms   {}\nrustc      {} (LLVM {}) {}\nstate      {}\nvariants   {}\n",
      config.file.string(), fmt::join(programs, ", "), planner.rust().version, planner.rust().llvm_version,
      planner.rust().rustc.string(), planner.layout().state.string(), config.variants->size());
  if (!planner.project().shadow.empty()) {
    text += fmt::format("copy       {}: {}\n", planner.project().shadow.front().to.string(),
                        planner.project().shadow_reason);
  }
  for (const auto& wish : planner.user().profile_wishes())
    text += fmt::format("default    {} ({})\n", wish.value, wish.origin);
  for (const auto& sentence : planner.user().overridden()) text += fmt::format("note       {}\n", sentence);
  return text;
}

std::string plan_text(const VariantPlan& plan, const Planner&) {
  std::string text = fmt::format("\n{}{}{}\n", plan.name, plan.baseline ? "  (baseline)" : "",
                                 plan.portable ? "" : "  (not portable)");
  if (plan.missing) return text + fmt::format("  skipped: {}\n", describe(*plan.missing));
  std::vector<std::string> steps, settings;
  for (const auto& step : plan.steps) steps.push_back(pgo::describe(step));
  text += fmt::format("  steps: {}\n", fmt::join(steps, " -> "));
  for (const auto& setting : view_settings(plan.settings))
    settings.push_back(setting.key + " = " + setting.value);
  text += fmt::format("  settings: {}\n",
                      settings.empty() ? "none" : fmt::format("{}", fmt::join(settings, ", ")));
  text += fmt::format("  target: {}, rustc {}\n", plan.target, plan.toolchain);
  for (const auto& note : plan.notes) text += fmt::format("  {}\n", note);
  text += plan.flags.empty() ? "  rustflags: none\n"
                             : "  rustflags (the last one wins):\n" + flag_lines(plan.flags);
  return text + "  commands:\n" + command_lines(plan);
}

}  // namespace pgo_orch::orchestrator
