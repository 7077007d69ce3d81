#include "orchestrator/gate/build.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "orchestrator/build/artifacts.h"
#include "orchestrator/build/corpora.h"
#include "orchestrator/build/libraries.h"
#include "orchestrator/build/other_orders.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/build/variant_build.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using report::VariantResult;

namespace {

void demand_built(const StepResult& failed, const Side& side) {
  if (failed)
    throw_failure(*failed, fmt::format("{} ({}) cannot be built", side.name, side.given),
                  "nothing was compared");
}

/// Checkouts are newer than anything that was built of others; files of a folder need not be.
std::string name_of_kept(const Side& side) {
  if (!side.revision.empty()) return side.name;
  return side.name + "-" + toolchains::sha256(side.sources.string()).substr(0, 16);
}

/// One build of a version, in a state folder of its own.
class SideBuild {
 public:
  SideBuild(const Side& side, Builds which, const GateWork& work)
      : side_(side),
        which_(which),
        work_(work),
        kept_(name_of_kept(side)),
        place_(kept_, work.layout),
        layout_(place_.layout()) {}

  Built build() {
    work_.progress.note(fmt::format("{}: {}", side_.name, side_.given));
    check_out(side_, work_.runner);  // again before other builds: what was built may have changed it
    clear_scratch(layout_);
    return blaming(side_.name, [&] { return build_checked_out(); });
  }

 private:
  Built build_checked_out() {
    const Config config = config_of(side_, work_.config, work_.variant, work_.pgo);
    run_project_prepare(config, layout_, work_.runner);
    Machine machine(work_.runner, project_folder(config), layout_.tools());
    prepare_corpora(config, layout_, work_.users.checkouts(), work_.runner, work_.progress);
    const Planner planner(config, layout_, machine, {0});
    const auto plan = planner.plan(0);
    if (plan.missing) throw Error(describe(*plan.missing), Exit::tool);
    if (which_ == Builds::others) fs::remove_all(layout_.variant(plan.name));
    demand_built(prepare_project(planner, plan.target, work_.runner), side_);
    demand_built(run_setup(planner, work_.runner), side_);
    auto journal = Journal::begin(layout_, new_run_id(layout_), "gate", 0);
    SourceWatch sources(planner);
    const Workshop workshop{planner, work_.runner, work_.progress, journal, sources, false};
    auto row = build_variant(plan, side_.name == base_name ? 1 : 2, workshop);
    if (row.status != report::Status::ok) demand_built(failure_of(row), side_);
    return staged(plan, planner);
  }

  Built staged(const VariantPlan& plan, const Planner& planner) const {
    const fs::path bin = layout_.variant(plan.name) / "bin";
    Built built{.settings = plan.settings,
                .steps = plan.steps,
                .side = side_,
                .kept = kept_,
                .rustc = planner.rust().version};
    built.row.name = side_.name;
    for (const auto& program : planner.project().programs) {
      built.programs.push_back(program.name);
      built.size.count += fs::file_size(bin / program.name);
    }
    const auto orders = which_ == Builds::others ? shuffled(plan, planner) : std::nullopt;
    for (int order = 0; order < (orders ? pgo::shuffled_orders : 1); ++order) {
      const fs::path to = programs_of(side_.name, work_.layout, order);
      fs::remove_all(to);
      toolchains::make_folders(to);
      hand_over_libraries(bin, to);
      for (const auto& name : built.programs)
        toolchains::copy_file_exact(orders ? orders->executable(name, order) : bin / name, to / name);
      built.folders.push_back(to);
    }
    return built;
  }

  /// None: another order cannot be had, which is said.
  std::optional<pgo::Shuffling> shuffled(const VariantPlan& plan, const Planner& planner) const {
    std::optional<pgo::Shuffling> made;
    work_.progress.stage_started(side_.name == base_name ? 1 : 2, side_.name, "link in other orders");
    const auto problem = problem_in([&] {
      const auto shuffling = planner.shuffling(plan.index);
      if (!shuffling) throw Error(describe(shuffling.missing()));
      link_in_other_orders(*shuffling, planner, work_.runner);
      made = *shuffling;
    });
    if (problem)
      work_.progress.stage_failed(side_.name, *problem);
    else
      work_.progress.stage_finished(side_.name);
    return made;
  }

  const Side& side_;
  Builds which_;
  const GateWork& work_;
  std::string kept_;
  BuildPlace place_;
  const Layout& layout_;
};

/// The names that workloads call programs by.
std::vector<std::string> names_in(const Config& config) {
  auto names = programs(config.project);
  for (const auto& workload : config.workloads)
    if (!workload.program.empty()) names.push_back(workload.program);
  const std::set<std::string> each(names.begin(), names.end());
  return {each.begin(), each.end()};
}

Built take_finished(const Side& side, const GateWork& work) {
  Built built;
  built.row.name = side.name;
  auto names = names_in(work.config);
  const bool is_folder = fs::is_directory(side.programs);
  if (names.empty()) names = {is_folder ? std::string() : "program"};
  if (names.front().empty())
    throw Error(fmt::format("{} ({}): pgo.toml does not name its programs, so give the file itself",
                            side.name, side.given));
  if (!is_folder && names.size() > 1)
    throw Error(fmt::format("{} ({}): {} are run by workloads: give a folder that has all of them", side.name,
                            side.given, fmt::join(names, ", ")));
  const fs::path to = programs_of(side.name, work.layout);
  built.folders.push_back(to);
  fs::remove_all(to);
  toolchains::make_folders(to);
  for (const auto& name : names) {
    const fs::path from = is_folder ? side.programs / name : side.programs;
    if (!fs::is_regular_file(from))
      throw Error(fmt::format("{} ({}): there is no '{}' in it", side.name, side.given, name));
    toolchains::copy_file_exact(from, to / name);
    built.programs.push_back(name);
  }
  return built;
}

}  // namespace

BuildPlace::BuildPlace(const std::string& kept, const Layout& gate)
    : kept_(gate.state / "kept" / kept), layout_(layout_at(gate.state / "build")) {
  fs::remove_all(layout_.state);  // of one that was killed
  if (fs::exists(kept_)) fs::rename(kept_, layout_.state);
  create_state_folder(layout_);
}

BuildPlace::~BuildPlace() {
  std::error_code ignored;
  fs::remove_all(kept_, ignored);
  fs::create_directories(kept_.parent_path(), ignored);
  fs::rename(layout_.state, kept_, ignored);
}

fs::path programs_of(const std::string& side, const Layout& layout, int order) {
  return layout.variant(side) / (order == 0 ? "bin" : fmt::format("bin-{}", order));
}

namespace {

std::vector<toolchains::CheckedFile> files_of(const std::vector<report::Artifact>& artifacts) {
  std::vector<toolchains::CheckedFile> files;
  for (const auto& artifact : artifacts) {
    files.push_back({artifact.path, artifact.sha256});
    for (const auto& library : artifact.libraries) files.push_back({library.path, library.sha256});
  }
  return files;
}

}  // namespace

void bring_back_sources(const Side& side, const Layout& place, const GateWork& work) {
  if (side.checkout.empty()) return;
  check_out(side, work.runner);
  const Config config = config_of(side, work.config, work.variant, work.pgo);
  run_project_prepare(config, place, work.runner);
  Machine machine(work.runner, project_folder(config), place.tools());
  const Planner planner(config, place, machine, {0});
  demand_built(prepare_project(planner, planner.plan(0).target, work.runner), side);
}

Built build_side(const Side& side, Builds which, const GateWork& work) {
  auto built = side.programs.empty() ? SideBuild(side, which, work).build() : take_finished(side, work);
  for (const auto& folder : built.folders) {
    auto artifacts = artifacts_in(folder, built.programs);
    built.checked.push_back(files_of(artifacts));
    if (built.row.artifacts.empty()) built.row.artifacts = std::move(artifacts);
  }
  if (built.size == Bytes{})
    for (const auto& artifact : built.row.artifacts) built.size.count += artifact.size.count;
  return built;
}

}  // namespace pgo_orch::orchestrator
