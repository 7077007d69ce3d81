#include "toolchains/cargo.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "toolchains/error.h"
#include "toolchains/process_runner.h"
#include "toolchains/text.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

/// Those of the user's arguments for `cargo build` that `cargo metadata` knows too and that matter to it.
std::vector<std::string> metadata_arguments(const std::vector<std::string>& arguments) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const bool takes_value = argument == "--config" || argument == "-Z";
    const bool joined = argument.starts_with("--config=") || (argument.starts_with("-Z") && !takes_value);
    if (takes_value && i + 1 < arguments.size()) kept.insert(kept.end(), {argument, arguments[++i]});
    if (joined || argument == "--offline") kept.push_back(argument);
  }
  return kept;
}

Captured metadata(Runner& runner, const Rustc& rust, const fs::path& manifest,
                  const std::vector<std::string>& extra, const std::vector<std::string>& cargo_args) {
  const fs::path file = fs::absolute(manifest);
  Command command{
      .argv = {rust.cargo.string(), "metadata", "--format-version", "1", "--manifest-path", file.string()},
      .cwd = file.parent_path(),
      .env = rust.env};
  command.argv.insert(command.argv.end(), extra.begin(), extra.end());
  // A broken wrapper of the user's must not hide what there is; a config file's is disabled by
  // a blank one.
  command.env["RUSTC_WRAPPER"] = "";
  command.env["RUSTC_WORKSPACE_WRAPPER"] = "";
  command.env["CARGO_ENCODED_RUSTFLAGS"] = "";  // nor flags that rustc refuses: a build will say so
  const auto kept = metadata_arguments(cargo_args);
  command.argv.insert(command.argv.end(), kept.begin(), kept.end());
  return capture(runner, command);
}

/// cargo's own words, without its "error: ".
std::string words(const Captured& captured) {
  std::string said(trimmed(captured.err));
  if (said.starts_with("error: ")) said.erase(0, 7);
  return said.empty() ? describe(captured.outcome) : said;
}

/// A text that may be null.
std::string text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? "" : found->get<std::string>();
}

/// An example may be a library, which cannot be run.
std::string kind_of(const json& target) {
  const std::string kind = target.at("kind").at(0);
  const auto types = target.value("crate_types", std::vector<std::string>());
  const bool is_library = !types.empty() && std::ranges::find(types, "bin") == types.end();
  return kind == "example" && is_library ? "example library" : kind;
}

CargoTarget read_target(const json& target) {
  return {.name = target.at("name"),
          .kind = kind_of(target),
          .src_path = target.at("src_path").get<std::string>(),
          .required_features = target.value("required-features", std::vector<std::string>())};
}

CargoPackage read_package(const json& object) {
  CargoPackage package{.id = object.at("id"),
                       .name = object.at("name"),
                       .version = object.at("version"),
                       .manifest_path = object.at("manifest_path").get<std::string>(),
                       .default_run = text(object, "default_run"),
                       .rust_version = text(object, "rust_version")};
  for (const json& target : object.at("targets")) package.targets.push_back(read_target(target));
  for (const json& dependency : object.at("dependencies"))
    if (const std::string path = text(dependency, "path"); !path.empty())
      package.path_dependencies.emplace_back(path);
  for (const auto& [name, enables] : object.at("features").items()) package.features.emplace_back(name);
  package.has_build_script = std::ranges::any_of(
      package.targets, [](const CargoTarget& target) { return target.kind == "custom-build"; });
  return package;
}

Workspace read_workspace(const json& object) {
  Workspace workspace{.root = object.at("workspace_root").get<std::string>(),
                      .target_directory = object.at("target_directory").get<std::string>()};
  // cargo before 1.71 does not tell the default members.
  const json& defaults = object.contains("workspace_default_members") ? object.at("workspace_default_members")
                                                                      : object.at("workspace_members");
  for (const json& package : object.at("packages")) {
    workspace.packages.push_back(read_package(package));
    if (std::ranges::find(defaults, package.at("id")) != defaults.end())
      workspace.default_members.push_back(workspace.packages.back().name);
  }
  return workspace;
}

}  // namespace

Workspace query_workspace(Runner& runner, const Rustc& rust, const fs::path& manifest,
                          const std::vector<std::string>& cargo_args) {
  const Captured captured = metadata(runner, rust, manifest, {"--no-deps"}, cargo_args);
  if (!captured.ok())
    throw Error(fmt::format("cargo metadata of {}: {}", manifest.string(), words(captured)));
  try {
    return read_workspace(json::parse(captured.out));
  } catch (const json::exception&) {
    throw Error(
        fmt::format("cargo metadata of {}: {} does not print the JSON of cargo's format 1; does "
                    "`cargo metadata --format-version 1` work there?",
                    manifest.string(), rust.cargo.string()));
  }
}

Answer lock_is_current(Runner& runner, const Rustc& rust, const fs::path& manifest,
                       const std::vector<std::string>& cargo_args) {
  const Captured captured = metadata(runner, rust, manifest, {"--locked"}, cargo_args);
  if (captured.ok()) return {.yes = true, .reason = ""};
  return {.yes = false, .reason = words(captured)};
}

}  // namespace pgo_orch::toolchains
