// The config files that cargo reads.

#include <unistd.h>

#include <algorithm>
#include <ranges>
#include <string>

#include "orchestrator/plan/project.h"
#include "toolchains/files.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;
using profiles::ConfigFile;

namespace {

void add_with_includes(std::vector<ConfigFile>& files, const fs::path& path, int depth = 0) {
  ConfigFile file{path, toolchains::read_file(path)};
  constexpr int deepest = 16;  // cargo refuses a cycle by itself
  for (const auto& include : profiles::includes_of(file)) {
    if (depth < deepest && fs::is_regular_file(include.path))
      add_with_includes(files, include.path, depth + 1);
  }
  files.push_back(std::move(file));
}

fs::path cargo_home(const profiles::Environment& environment) {
  const auto value = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string() : found->second;
  };
  if (!value("CARGO_HOME").empty()) return value("CARGO_HOME");
  return value("HOME").empty() ? fs::path() : fs::path(value("HOME")) / ".cargo";
}

void add_folder(std::vector<ConfigFile>& files, const fs::path& dot_cargo) {
  std::error_code ignored;
  for (const char* name : {"config", "config.toml"}) {
    const fs::path path = dot_cargo / name;
    if (!fs::is_regular_file(path, ignored)) continue;
    const bool known = std::ranges::any_of(
        files, [&](const ConfigFile& file) { return fs::equivalent(file.path, path, ignored); });
    if (!known) add_with_includes(files, path);
    return;
  }
}

}  // namespace

std::vector<ConfigFile> find_cargo_configs(const fs::path& folder, const profiles::Environment& environment) {
  std::vector<ConfigFile> files;
  if (const auto home = cargo_home(environment); !home.empty()) add_folder(files, home);
  std::vector<fs::path> folders;
  for (fs::path at = folder;; at = at.parent_path()) {
    folders.push_back(at);
    if (at == at.parent_path()) break;
  }
  for (const auto& at : std::views::reverse(folders)) add_folder(files, at / ".cargo");
  return files;
}

std::vector<ConfigFile> configs_in_arguments(const std::vector<std::string>& cargo_args,
                                             const fs::path& folder) {
  std::vector<ConfigFile> files;
  const auto add = [&](const std::string& value) {
    std::error_code ignored;
    if (fs::is_regular_file(folder / value, ignored))
      add_with_includes(files, folder / value);
    else
      files.push_back({"cargo-args --config", value});
  };
  const std::string option = "--config";
  for (std::size_t i = 0; i < cargo_args.size(); ++i) {
    if (cargo_args[i] == option && i + 1 < cargo_args.size()) add(cargo_args[++i]);
    if (cargo_args[i].starts_with(option + "=")) add(cargo_args[i].substr(option.size() + 1));
  }
  return files;
}

profiles::Environment current_environment() {
  profiles::Environment environment;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    if (const auto equals = text.find('='); equals != std::string::npos) {
      environment.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return environment;
}

}  // namespace pgo_orch::orchestrator
