#include "orchestrator/release/second_build.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "orchestrator/build/build_stage.h"
#include "orchestrator/build/corpora.h"
#include "orchestrator/build/prepare.h"
#include "orchestrator/build/prove_stage.h"
#include "orchestrator/build/sources.h"
#include "orchestrator/build/step_result.h"
#include "orchestrator/build/variant_build.h"
#include "orchestrator/release/release_config.h"
#include "report/humanize.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/git.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

void demand_built(const StepResult& failed) {
  if (failed) throw_failure(*failed, "the second build failed", "nothing was released");
}

/// Functions that training saw differently: in counts, in what they called through pointers, in the sizes
/// that they copied. Empty: none, or nothing was trained.
std::vector<std::string> trained_differently(const Planner& one, const Planner& other,
                                             toolchains::Runner& runner) {
  const auto profile = [&](const Planner& planner) {
    std::string shown;
    for (const auto& step : planner.plan(0).steps)
      if (const auto* prove = std::get_if<pgo::ProveStep>(&step))
        if (show_profile(*prove, prove->profile, runner, shown, {"--ic-targets", "--memop-sizes"}))
          return std::string();
    return shown;
  };
  return functions_that_differ(profile(one), profile(other));
}

/// What is known to make two builds differ, a line; "": none of that.
std::string cause_of_difference(const Variant& variant, const Planner& first, const Planner& again,
                                toolchains::Runner& runner) {
  for (const auto& folder : first.project().path_packages)
    if (!toolchains::lies_in(folder, first.project().workspace_root))
      return fmt::format(
          "{} lies outside of the workspace, so cargo has its path in the names of functions (-C metadata), "
          "and builds in two places differ: move it into the workspace\n  ",
          folder.string());
  if (!trains(variant)) return "";
  const auto names = trained_differently(first, again, runner);
  if (names.empty()) return "";
  return fmt::format(
      "training differs from run to run, in what it saw of {}, such as {}. Often that is the order of a hash "
      "map, "
      "or the length of a path. A saved profile (`profile` in 'pgo') is the same every time\n  ",
      report::human_count(std::ssize(names), "function"), few_of(names));
}

}  // namespace

FolderNames folders_of(const Planner& planner) {
  const auto& project = planner.project();
  FolderNames folders{{planner.rust().sysroot / "lib/rustlib/src/rust", "/rustc/src"},
                      {cargo_home(), "/cargo"},
                      {planner.layout().state, "/build"}};
  if (planner.layout().alias != planner.layout().state)
    folders.emplace_back(planner.layout().alias, "/build");
  const auto where = [&](const fs::path& folder) {
    return project.shadow.empty() ? folder : mirrored(project, folder, planner.layout().shadow());
  };
  int number = 0;
  for (const auto& folder : project.path_packages)
    folders.emplace_back(where(folder), fmt::format("/source-{}", ++number));
  const fs::path root =
      project.workspace_root.empty() ? planner.config().root : where(project.workspace_root);
  folders.emplace_back(root, "/source");
  return folders;
}

std::string build_again(const Config& config, const Variant& variant, const Planner& first,
                        const Layout& layout, const fs::path& checkouts, toolchains::Runner& runner,
                        report::Progress& progress) {
  const toolchains::TempDir elsewhere("pgo-orch-again");
  const OtherWorld world(elsewhere.path());
  Config moved = config;
  moved.build.jobs = config.build.jobs == 1 ? 2 : 1;
  if (config.project.kind == ProjectKind::manifest) {
    const auto copy =
        copy_sources(first.plan(0), first, config.project.manifest, elsewhere.path() / "source");
    moved.project.manifest = copy.cwd / config.project.manifest.filename();
    // Build scripts may ask for the revision.
    const auto& project = first.project();
    toolchains::mirror_git(runner, project.workspace_root,
                           mirrored(project, project.workspace_root, elsewhere.path() / "source"));
  }
  Machine machine(runner, project_folder(moved), layout.tools());
  const Planner unmapped(release_config(moved, variant).config, layout, machine, {0});
  const auto again = release_config(moved, with_folders_remapped(variant, folders_of(unmapped)));
  const Planner planner(again.config, layout, machine, {0});
  auto journal = Journal::begin(layout, new_run_id(layout), "release again", 0);
  SourceWatch sources(planner);
  const Workshop workshop{planner, runner, progress, journal, sources, false};
  const auto plan = planner.plan(0);
  demand_built(prepare_project(planner, plan.target, runner));
  prepare_corpora(moved, layout, checkouts, runner, progress);
  demand_built(run_setup(planner, runner));
  progress.note(fmt::format("building once more: {}", OtherWorld::what_differs()));
  const auto row = build_variant(plan, 1, workshop);
  if (row.status != report::Status::ok) demand_built(failure_of(row));

  std::vector<std::string> differences;
  for (const auto& program : planner.project().programs) {
    const auto path = [&](const Planner& of, const char* folder) {
      return of.layout().variant(plan.name) / folder / program.name;
    };
    if (difference_of(path(first, "bin"), path(planner, "bin")).empty()) continue;
    const bool has_linked = fs::exists(path(first, "linked"));
    const char* folder = has_linked ? "linked" : "bin";  // with symbols, to name what differs
    differences.push_back(
        fmt::format("{}: {}", program.name, difference_of(path(first, folder), path(planner, folder))));
  }
  if (differences.empty()) return "";
  const auto cause = cause_of_difference(variant, first, planner, runner);
  return cause + fmt::format("{}", fmt::join(differences, "\n  "));
}

}  // namespace pgo_orch::orchestrator
