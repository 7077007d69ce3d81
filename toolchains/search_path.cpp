#include "toolchains/search_path.h"

#include <unistd.h>

#include <cstdlib>

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

/// What execvp searches when PATH is not set.
constexpr const char* default_path = "/bin:/usr/bin";

}  // namespace

std::optional<std::string> variable(const std::string& name, const EnvironmentChanges& changes) {
  if (const auto change = changes.find(name); change != changes.end()) return change->second;
  if (changes.contains(all_others) && std::ranges::find(kept_variables, name) == std::end(kept_variables))
    return std::nullopt;
  const char* value = std::getenv(name.c_str());
  return value ? std::optional<std::string>(value) : std::nullopt;
}

std::vector<fs::path> split_path(const std::string& path) {
  std::vector<fs::path> folders;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    folders.push_back(end == begin ? fs::path(".") : fs::path(path.substr(begin, end - begin)));
    begin = end + 1;
  }
  return folders;
}

bool is_executable(const fs::path& file) {
  std::error_code ignored;
  return fs::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

std::vector<fs::path> all_on_path(const std::string& name, const EnvironmentChanges& changes,
                                  const fs::path& cwd) {
  std::vector<fs::path> found;
  for (const fs::path& folder : split_path(variable("PATH", changes).value_or(default_path))) {
    const fs::path file = cwd / folder / name;
    if (is_executable(file)) found.push_back(file);
  }
  return found;
}

std::optional<fs::path> find_executable(const std::string& name, const EnvironmentChanges& changes,
                                        const fs::path& cwd) {
  if (name.find('/') != std::string::npos) {
    const fs::path file = cwd / name;
    return is_executable(file) ? std::optional(file) : std::nullopt;
  }
  const auto found = name.empty() ? std::vector<fs::path>() : all_on_path(name, changes, cwd);
  return found.empty() ? std::nullopt : std::optional(found.front());
}

}  // namespace pgo_orch::toolchains
