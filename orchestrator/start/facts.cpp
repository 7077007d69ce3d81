#include "orchestrator/start/facts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "orchestrator/config/diagnostics.h"
#include "orchestrator/config/find.h"
#include "orchestrator/config/toml.h"
#include "orchestrator/plan/project.h"
#include "profiles/cargo_profile.h"
#include "profiles/toml_document.h"
#include "profiles/user_config.h"
#include "report/text.h"
#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using toolchains::CargoPackage;
using toolchains::Workspace;

namespace {

constexpr std::size_t most_inputs = 8;

std::vector<std::string> names_of(const std::vector<ProgramFact>& programs) {
  std::vector<std::string> names;
  for (const auto& program : programs) names.push_back(program.name);
  return names;
}

std::vector<ProgramFact> programs_of(const CargoPackage& package, const std::string& kind) {
  std::vector<ProgramFact> programs;
  for (const auto& target : package.targets)
    if (target.kind == kind)
      programs.push_back({target.name, package.name, kind == "example", target.required_features});
  return programs;
}

/// The first of these that has programs: the package of the folder, what cargo builds by default there, all
/// members of the workspace.
std::vector<CargoPackage> packages_in_question(const fs::path& root, const Workspace& workspace,
                                               const WantedProgram& wanted) {
  std::vector<CargoPackage> own, usual, named;
  for (const auto& package : workspace.packages) {
    std::error_code ignored;
    if (fs::equivalent(package.manifest_path, root / "Cargo.toml", ignored)) own.push_back(package);
    if (contains(workspace.default_members, package.name)) usual.push_back(package);
    if (package.name == wanted.package) named.push_back(package);
  }
  if (!wanted.package.empty()) {
    if (!named.empty()) return named;
    std::vector<std::string> known;
    for (const auto& package : workspace.packages) known.push_back(package.name);
    throw Error(fmt::format("--package {}: unknown package{}; the workspace has {}", wanted.package,
                            did_you_mean(wanted.package, known), fmt::join(known, ", ")));
  }
  const auto fits = [&](const std::vector<CargoPackage>& packages) {
    return std::ranges::any_of(packages, [&](const CargoPackage& package) {
      const auto programs = programs_of(package, wanted.example.empty() ? "bin" : "example");
      const auto& name = wanted.example.empty() ? wanted.bin : wanted.example;
      return name.empty() ? !programs.empty() : contains(names_of(programs), name);
    });
  };
  return fits(own) ? own : fits(usual) ? usual : workspace.packages;
}

/// Those that cargo would build without --features, if there are any.
std::vector<ProgramFact> built_by_default(const std::vector<ProgramFact>& programs) {
  std::vector<ProgramFact> built;
  for (const auto& program : programs)
    if (program.features.empty()) built.push_back(program);
  return built.empty() ? programs : built;
}

ProgramFact named_program(const std::vector<ProgramFact>& programs, const std::string& option,
                          const std::string& name) {
  std::vector<ProgramFact> found;
  for (const auto& program : programs)
    if (program.name == name) found.push_back(program);
  if (found.empty())
    throw Error(fmt::format(
        "{} {}: not found in this project{}{}", option, name, did_you_mean(name, names_of(programs)),
        programs.empty() ? "" : fmt::format("; it has {}", fmt::join(names_of(programs), ", "))));
  if (found.size() > 1)
    throw Error(fmt::format("{} {}: packages {} and {} both have it: add --package", option, name,
                            found[0].package, found[1].package));
  return found.front();
}

/// Those that `default-run` of their packages names.
std::vector<ProgramFact> run_by_cargo(const std::vector<CargoPackage>& packages,
                                      const std::vector<ProgramFact>& bins) {
  std::vector<ProgramFact> found;
  for (const auto& package : packages)
    std::ranges::copy_if(bins, std::back_inserter(found), [&](const ProgramFact& program) {
      return program.package == package.name && program.name == package.default_run;
    });
  return found;
}

ProgramFact choose_program(const std::vector<CargoPackage>& packages, const WantedProgram& wanted) {
  std::vector<ProgramFact> bins, examples;
  for (const auto& package : packages) {
    std::ranges::copy(programs_of(package, "bin"), std::back_inserter(bins));
    std::ranges::copy(programs_of(package, "example"), std::back_inserter(examples));
  }
  if (!wanted.example.empty()) return named_program(examples, "--example", wanted.example);
  if (!wanted.bin.empty()) return named_program(bins, "--bin", wanted.bin);
  const auto usual = built_by_default(bins);
  if (usual.size() == 1) return usual.front();
  const auto preferred = run_by_cargo(packages, bins);
  if (preferred.size() == 1) return preferred.front();
  if (preferred.empty())
    for (const auto& program : usual)
      if (program.name == program.package) return program;
  if (bins.empty() && examples.empty())
    throw Error("this project has no program: pgo-orch compares executables, so a library needs an example");
  if (bins.empty())
    throw Error(fmt::format("this project has no program, only examples: choose one with --example: {}",
                            fmt::join(names_of(examples), ", ")));
  throw Error(fmt::format("this project has {} programs: choose one with --bin: {}", bins.size(),
                          fmt::join(names_of(bins), ", ")));
}

/// Features of dependencies ("dep/name") are cargo's to judge.
void check_features(const CargoPackage& package, const std::vector<std::string>& wanted) {
  for (const auto& feature : wanted)
    if (feature != "default" && feature.find('/') == std::string::npos &&
        !contains(package.features, feature))
      throw Error(fmt::format(
          "--features {}: package {} has no such feature{}{}", feature, package.name,
          did_you_mean(feature, package.features),
          package.features.empty() ? "" : fmt::format("; it has {}", fmt::join(package.features, ", "))));
}

/// "[profile.release] of Cargo.toml: lto = true, strip = true".
void add_profiles(const profiles::ConfigFile& manifest, std::vector<std::string>& said) {
  const auto document = profiles::parse_toml(manifest.text, manifest.path);
  const auto* all = document["profile"].as_table();
  if (!all) return;
  for (const auto& [name, node] : *all) {
    const auto* profile = node.as_table();
    if (!profile || name.str() == "dev" || name.str() == "test" || name.str() == "bench") continue;
    std::vector<std::string> values;
    for (const auto& [key, value] : *profile)
      if (!value.is_table()) values.push_back(fmt::format("{} = {}", key.str(), to_toml(value)));
    const auto keys = fmt::format("Cargo.toml has [profile.{}]{}{}", name.str(), values.empty() ? "" : ": ",
                                  fmt::join(values, ", "));
    said.push_back(name.str() == "release"
                       ? keys
                       : fmt::format("{} (profile = \"{}\" in [project] starts from it)", keys, name.str()));
  }
}

void add_flags(const profiles::UserConfig& user, const toolchains::Rustc& rust, Machine& machine,
               std::vector<std::string>& said) {
  const auto host = toolchains::cfg_set(machine.runner(), rust, "");
  for (const auto& flag : user.rustflags(rust.host, profiles::CfgSet(host)))
    said.push_back(fmt::format("rustflags: {} ({})", flag.text, flag.origin));
  for (const auto& wish : user.profile_wishes())
    said.push_back(fmt::format("{} ({})", wish.value, wish.origin));
}

void add_toolchain(const fs::path& root, const toolchains::Rustc& rust, std::vector<std::string>& said) {
  for (fs::path folder = root; folder.has_relative_path(); folder = folder.parent_path())
    for (const char* name : {"rust-toolchain.toml", "rust-toolchain"})
      if (std::error_code missing; fs::is_regular_file(folder / name, missing)) {
        said.push_back(fmt::format("{} chooses the toolchain: rustc {}",
                                   (folder == root ? fs::path(name) : folder / name).string(), rust.version));
        return;
      }
}

}  // namespace

fs::path find_package_folder(const fs::path& folder) {
  std::error_code missing;
  for (fs::path at = folder;; at = at.parent_path()) {
    if (fs::is_regular_file(at / "Cargo.toml", missing)) return at;
    if (!at.has_relative_path())
      throw Error(
          fmt::format("no Cargo.toml in {} or above it. For other builds write a pgo.toml "
                      "with `command` or `source` in [project]",
                      folder.string()));
  }
}

ProjectFacts find_project(const fs::path& root, const WantedProgram& wanted, Machine& machine) {
  const auto& rust = machine.rust("");
  if (!rust) throw Error(describe(rust.missing()), Exit::tool);
  const auto workspace = toolchains::query_workspace(machine.runner(), *rust, root / "Cargo.toml");
  ProjectFacts facts;
  facts.root = root;
  const auto packages = packages_in_question(root, workspace, wanted);
  facts.program = choose_program(packages, wanted);
  for (const char* kind : {"bin", "example"})
    for (const auto& package : workspace.packages)
      std::ranges::copy(programs_of(package, kind), std::back_inserter(facts.programs));
  for (const auto& package : workspace.packages)
    for (const auto& target : package.targets)
      if (target.kind == "bench") facts.benches.push_back(target.name);
  const auto* owner = find_by(workspace.packages, &CargoPackage::name, facts.program.package);
  const auto environment = current_environment();
  const profiles::UserConfig user(find_cargo_configs(root, environment), environment);
  const fs::path manifest_path = workspace.root / "Cargo.toml";
  const profiles::ConfigFile manifest{manifest_path, toolchains::read_file(manifest_path)};
  check_features(*owner, wanted.features);
  if (const auto problem = profiles::problem_of_profile(manifest, user, wanted.profile); !problem.empty())
    throw Error(fmt::format("--profile {}: {}", wanted.profile, problem));
  std::error_code ignored;
  facts.names_package = !fs::equivalent(owner->manifest_path, root / "Cargo.toml", ignored);
  facts.inputs = find_inputs(root, most_inputs);
  add_profiles(manifest, facts.in_force);
  add_flags(user, *rust, machine, facts.in_force);
  add_toolchain(root, *rust, facts.in_force);
  return facts;
}

}  // namespace pgo_orch::orchestrator
