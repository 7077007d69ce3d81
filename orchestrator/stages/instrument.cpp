#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "orchestrator/build/prepare.h"
#include "orchestrator/build/saved_profile.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/stages/failure.h"
#include "orchestrator/stages/stages.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/llvm_tools.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

/// The plan up to its training.
VariantPlan up_to_training(VariantPlan plan) {
  const auto is_training = [](const pgo::Step& step) { return std::holds_alternative<pgo::TrainStep>(step); };
  const auto first = std::ranges::find_if(plan.steps, is_training);
  if (first == plan.steps.end())
    throw Error(fmt::format(
        "variant '{}' has nothing to train with: write a [[workload]] whose role is \"train\" or \"both\"",
        plan.name));
  plan.steps.erase(first, plan.steps.end());
  return plan;
}

const pgo::MergeStep& merge_step_of(const VariantPlan& plan) {
  return std::get<pgo::MergeStep>(*std::ranges::find_if(
      plan.steps, [](const pgo::Step& step) { return std::holds_alternative<pgo::MergeStep>(step); }));
}

/// Those of the user's own: what lies elsewhere, such as crates of a registry, Cargo.lock tells.
std::vector<PartSource> sources_of(const Workshop& workshop) {
  const auto& project = workshop.planner.project();
  const fs::path& root = workshop.planner.config().root;
  auto folders = project.path_packages;
  folders.insert(folders.end(), {project.workspace_root, root});
  std::vector<PartSource> sources;
  for (const auto& [file, sha256] : workshop.sources.digests()) {
    const bool is_own = std::ranges::any_of(folders, [&](const fs::path& folder) {
      return !folder.empty() && toolchains::lies_in(file, folder);
    });
    if (is_own) sources.push_back({file.lexically_relative(root).generic_string(), sha256});
  }
  std::ranges::sort(sources, {}, &PartSource::file);
  return sources;
}

PartVariant described(const VariantPlan& plan, const Workshop& workshop) {
  PartVariant variant{.origin = origin_of_training(plan, workshop.planner), .runs = {}, .merged = false};
  if (!plan.settings.toolchain) return variant;
  const auto tool =
      toolchains::ask_llvm_tool(workshop.runner, "llvm-profdata", merge_step_of(plan).llvm_profdata);
  if (tool) variant.origin.llvm = tool->version;
  return variant;
}

}  // namespace

Part instrument(const std::vector<VariantPlan>& plans, const Workshop& workshop, const fs::path& archive) {
  const auto& planner = workshop.planner;
  Part part{.progressed = Progressed::instrumented,
            .pgo_toml = planner.config().text,
            .programs = {},
            .sources = {},
            .variants = {}};
  for (const auto& program : planner.project().programs) part.programs.push_back(program.name);
  std::vector<toolchains::ArchiveMember> members;
  std::set<std::string> prepared;  // targets
  workshop.progress.expect(plans.size(), static_cast<double>(plans.size()));
  for (const auto& plan : plans) {
    const auto build = up_to_training(plan);
    if (prepared.insert(plan.target).second)
      demand_passed(prepare_project(planner, plan.target, workshop.runner), plan.name);
    demand_passed(build_variant(build, part.variants.size() + 1, workshop));
    part.variants.push_back(described(plan, workshop));
    workshop.progress.variant_finished(1, true);
    const auto own =
        members_of(planner.layout().variant(plan.name) / "instrumented", instrumented_in(plan.name));
    members.insert(members.end(), own.begin(), own.end());
  }
  part.sources = sources_of(workshop);
  for (const auto& file : workshop.sources.changed_sources())
    throw Error(
        fmt::format("{} changed while it was built. Leave the sources alone, and run again", file.string()),
        Exit::failed);
  write_part(archive, part, std::move(members));
  return part;
}

}  // namespace pgo_orch::orchestrator
