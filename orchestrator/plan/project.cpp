#include "orchestrator/plan/project.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "orchestrator/config/find.h"
#include "toolchains/cargo.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using toolchains::CargoPackage;
using toolchains::CargoTarget;

namespace {

/// Keys whose place the reader wants to see in a message: the file, not a line, since cargo answered.
[[noreturn]] void refuse(const Config& config, const std::string& text) {
  throw Error(fmt::format("{}: {}", config.file.string(), text));
}

std::vector<std::string> names_of(const std::vector<CargoPackage>& packages, const std::string& kind) {
  std::vector<std::string> names;
  for (const auto& package : packages) {
    for (const auto& target : package.targets) {
      if (target.kind == kind) names.push_back(target.name);
    }
  }
  return names;
}

/// The packages that the project is about: the one named, the manifest's own, or a
/// virtual workspace's defaults.
std::vector<CargoPackage> chosen_packages(const Config& config, const toolchains::Workspace& workspace) {
  std::vector<CargoPackage> chosen;
  std::vector<std::string> all;
  for (const auto& package : workspace.packages) {
    all.push_back(package.name);
    std::error_code ignored;
    const bool is_default = contains(workspace.default_members, package.name);
    const bool own = fs::equivalent(package.manifest_path, config.project.manifest, ignored);
    if (config.project.package ? package.name == *config.project.package : own) return {package};
    if (is_default) chosen.push_back(package);
  }
  if (config.project.package) {
    refuse(config, fmt::format("the workspace has no package '{}'; it has {}", *config.project.package,
                               fmt::join(all, ", ")));
  }
  return chosen;
}

/// For -p. A dependency may have the same name.
std::string package_spec(const CargoPackage& package, const fs::path& workspace_root) {
  std::error_code missing;
  const fs::path lock = workspace_root / "Cargo.lock";
  if (!fs::is_regular_file(lock, missing)) return package.name;
  const std::string text = toolchains::read_file(lock), line = fmt::format("name = \"{}\"\n", package.name);
  const auto first = text.find(line);
  const bool again = first != std::string::npos && text.find(line, first + 1) != std::string::npos;
  return again ? package.name + "@" + package.version : package.name;
}

void choose_programs(const Config& config, const std::vector<CargoPackage>& packages,
                     ResolvedProject& project) {
  const auto take = [&](const std::string& name, const std::string& kind) {
    std::vector<std::string> owners;
    std::string spec, version;
    for (const auto& package : packages) {
      if (std::ranges::none_of(package.targets, [&](const CargoTarget& target) {
            return target.kind == kind && target.name == name;
          }))
        continue;
      owners.push_back(package.name);
      spec = package_spec(package, project.workspace_root);
      version = package.version;
    }
    if (owners.size() > 1)
      refuse(config,
             fmt::format("{} packages have a {} '{}', {}: say which one, e.g. package = \"{}\" in [project]",
                         owners.size(), kind, name, fmt::join(owners, ", "), owners.front()));
    if (!owners.empty()) {
      project.programs.push_back({name, kind == "example"});
      if (!contains(project.packages, spec)) project.packages.push_back(spec);
      if (project.version.empty()) project.version = version;
      return;
    }
    const auto known = names_of(packages, kind);
    refuse(config,
           fmt::format("there is no {} '{}' in package {}; {}", kind, name, packages.front().name,
                       known.empty() ? "it has none" : fmt::format("there is {}", fmt::join(known, ", "))));
  };
  for (const auto& name : config.project.bins) take(name, "bin");
  for (const auto& name : config.project.examples) take(name, "example");
  if (!project.programs.empty()) return;
  const auto bins = names_of(packages, "bin");
  for (const auto& package : packages)
    if (!package.default_run.empty() && bins.size() > 1) return take(package.default_run, "bin");
  if (bins.size() == 1) return take(bins.front(), "bin");
  if (bins.empty())
    refuse(config, fmt::format("package {} has no program to build; name an example: example = \"NAME\"",
                               packages.front().name));
  refuse(config, fmt::format("there are {} programs: name those to build, of bin = [\"{}\"]", bins.size(),
                             fmt::join(bins, "\", \"")));
}

/// All packages that are used by path, those outside the workspace included.
struct PathPackages {
  std::set<fs::path> outside;
  bool build_script = false;
};

void visit(Machine& machine, const toolchains::Rustc& rust, const toolchains::Workspace& workspace,
           const fs::path& root, PathPackages& found) {
  for (const auto& package : workspace.packages) {
    found.build_script |= package.has_build_script;
    for (const auto& folder : package.path_dependencies) {
      const fs::path path = folder.lexically_normal();
      if (toolchains::lies_in(path, root) || !found.outside.insert(path).second) continue;
      visit(machine, rust, toolchains::query_workspace(machine.runner(), rust, path / "Cargo.toml"), root,
            found);
    }
  }
}

/// Those that cargo would find above the manifest, but not from the state folder, and that no mirror copies.
std::vector<fs::path> outer_configs(const fs::path& manifest_folder, const fs::path& workspace_root,
                                    const Layout& layout) {
  const auto environment = current_environment();
  const auto reachable = find_cargo_configs(layout.state, environment);
  std::vector<fs::path> outer;
  for (const auto& file : find_cargo_configs(manifest_folder, environment)) {
    const bool own = file.path.parent_path().filename() == ".cargo";  // cargo follows includes by itself
    if (own && !find_by(reachable, &profiles::ConfigFile::path, file.path) &&
        !toolchains::lies_in(file.path, workspace_root))
      outer.push_back(file.path);
  }
  return outer;
}

fs::path common_ancestor(const ResolvedProject& project) {
  fs::path ancestor = project.workspace_root;
  for (const auto& path : project.path_packages) {
    while (!toolchains::lies_in(path, ancestor)) ancestor = ancestor.parent_path();
  }
  return ancestor;
}

}  // namespace

fs::path mirrored(const ResolvedProject& project, const fs::path& path, const fs::path& base) {
  // Below a folder of the ancestor's own name, so that a build that looks around sees the original's layout.
  const fs::path ancestor = common_ancestor(project);
  return (base / ancestor.filename() / path.lexically_relative(ancestor)).lexically_normal();
}

std::vector<Mirror> mirrors_of(const ResolvedProject& project, const fs::path& base, bool copy) {
  std::vector<Mirror> mirrors{
      {project.workspace_root, mirrored(project, project.workspace_root, base), copy}};
  for (const auto& path : project.path_packages)
    mirrors.push_back({path, mirrored(project, path, base), copy});
  return mirrors;
}

fs::path project_folder(const Config& config) {
  return config.project.kind == ProjectKind::manifest ? config.project.manifest.parent_path() : config.root;
}

ResolvedProject resolve_project(const Config& config, const Layout& layout, Machine& machine,
                                const toolchains::Rustc& rust) {
  ResolvedProject project;
  if (config.project.kind == ProjectKind::command) {
    project.programs.push_back({config.project.name, false});
    return project;
  }
  if (config.project.kind == ProjectKind::source) {
    for (const auto& program : source_package(config).programs) {
      project.programs.push_back({program.name, false});
    }
    project.outer_configs = outer_configs(config.root, {}, layout);
    return project;
  }
  const auto workspace =
      toolchains::query_workspace(machine.runner(), rust, config.project.manifest, config.project.cargo_args);
  project.cargo_cwd = config.project.manifest.parent_path();
  project.workspace_root = workspace.root;
  project.outer_configs = outer_configs(project.cargo_cwd, workspace.root, layout);
  const fs::path manifest = workspace.root / "Cargo.toml";
  project.manifest = {manifest, toolchains::read_file(manifest)};
  project.changes_release = profiles::defines_profile(project.manifest, "release");
  choose_programs(config, chosen_packages(config, workspace), project);
  PathPackages paths;
  visit(machine, rust, workspace, workspace.root, paths);
  project.path_packages.assign(paths.outside.begin(), paths.outside.end());
  project.has_build_script = paths.build_script;
  project.needs_copy = paths.build_script || !paths.outside.empty();
  const auto lock =
      toolchains::lock_is_current(machine.runner(), rust, config.project.manifest, config.project.cargo_args);
  // Anything else that is wrong is for the build to say: a shadow would not mend it.
  if (!lock && lock.reason.find("lock file") != std::string::npos) {
    project.shadow = mirrors_of(project, layout.shadow(), project.needs_copy);
    std::error_code missing;
    project.shadow_reason = fs::exists(workspace.root / "Cargo.lock", missing)
                                ? "its Cargo.lock is out of date"
                                : "it has no Cargo.lock";
    project.cargo_cwd = mirrored(project, project.cargo_cwd, layout.shadow());
  }
  return project;
}

profiles::SourcePackage source_package(const Config& config) {
  profiles::SourcePackage package{
      config.project.name, config.project.edition, config.project.dependencies, {}};
  const auto names = programs(config.project);
  for (std::size_t i = 0; i < names.size(); ++i) {
    package.programs.push_back({names[i], "src/" + config.project.source[i].filename().string()});
  }
  return package;
}

std::vector<std::pair<fs::path, std::string>> source_files(const Config& config,
                                                           const profiles::Settings& settings) {
  std::vector<std::pair<fs::path, std::string>> files;
  for (const auto& source : config.project.source) files.emplace_back(source, source.filename().string());
  bool replaced = false;
  for (const auto& own : settings.source) {
    for (auto& [from, name] : files) {
      if (name != own.filename()) continue;
      from = own;
      replaced = true;
    }
  }
  for (std::size_t i = 0; !replaced && i < settings.source.size(); ++i)
    files.at(i).first = settings.source[i];
  return files;
}

}  // namespace pgo_orch::orchestrator
