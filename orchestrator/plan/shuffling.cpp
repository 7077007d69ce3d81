#include "orchestrator/plan/planner.h"

namespace pgo_orch::orchestrator {

toolchains::Probe<pgo::Shuffling> Planner::shuffling(std::size_t index) const {
  const Variant variant = config_.variants->at(index);
  if (config_.project.kind == ProjectKind::command)
    return toolchains::Missing{"what a build command links cannot be linked in another order", ""};
  pgo::Recipe recipe;
  const VariantPlan plan = prepare(variant, recipe);
  if (plan.missing) return *plan.missing;
  const auto& rust =
      machine_.rust(variant.settings.toolchain.value_or(config_.project.toolchain.value_or("")));
  auto request = link_request(variant.settings, recipe.target);
  request.linker = "lld";
  const auto& lld = machine_.linker(*rust, request);
  if (!lld) return lld.missing();
  std::vector<std::string> arguments;
  constexpr std::string_view link_argument = "-Clink-arg=";
  for (const auto& flag : lld->flags)
    if (flag.starts_with(link_argument)) arguments.push_back(flag.substr(link_argument.size()));
  const auto users = user_->linker(recipe.target);
  const std::string driver = recipe.linker_driver ? *recipe.linker_driver : users.value_or("cc");
  return shuffling_of(recipe, driver, arguments);
}

}  // namespace pgo_orch::orchestrator
