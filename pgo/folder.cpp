#include <fmt/format.h>

#include "pgo/recipe.h"

namespace pgo_orch::pgo {

namespace fs = std::filesystem;

const char* name_of(Stage stage) {
  switch (stage) {
    case Stage::plain:
      return "plain";
    case Stage::instrumented:
      return "instrumented";
    case Stage::optimized:
      return "optimized";
  }
  return "";
}

fs::path VariantFolder::target_dir(Stage stage) const {
  return alias / fmt::format("target-{}", name_of(stage));
}
fs::path VariantFolder::config(Stage stage) const {
  return root / fmt::format("config.{}.toml", name_of(stage));
}
fs::path VariantFolder::log(Stage stage) const {
  return root / fmt::format("{}.log", name_of(stage));
}
fs::path VariantFolder::units(Stage stage) const {
  return root / fmt::format("{}.units.json", name_of(stage));
}

std::string describe(const Step& step) {
  struct Describe {
    std::string operator()(const BuildStep& build) const {
      return build.stage == Stage::plain ? "build" : fmt::format("{} build", name_of(build.stage));
    }
    std::string operator()(const CommandStep& build) const {
      return build.stage == Stage::plain ? "build" : fmt::format("{} build", name_of(build.stage));
    }
    std::string operator()(const TrainStep& train) const { return "train " + train.workload.name; }
    std::string operator()(const MergeStep&) const { return "merge"; }
    std::string operator()(const ProveStep&) const { return "prove"; }
    std::string operator()(const StripStep&) const { return "strip"; }
  };
  return std::visit(Describe{}, step);
}

std::vector<CompileStep> compile_steps(const std::vector<Step>& steps) {
  struct Collect {
    std::vector<CompileStep>& found;
    void operator()(const BuildStep& build) const { found.emplace_back(&build); }
    void operator()(const CommandStep& build) const { found.emplace_back(&build); }
    void operator()(const TrainStep&) const {}
    void operator()(const MergeStep&) const {}
    void operator()(const ProveStep&) const {}
    void operator()(const StripStep&) const {}
  };
  std::vector<CompileStep> found;
  for (const Step& step : steps) std::visit(Collect{found}, step);
  return found;
}

}  // namespace pgo_orch::pgo
