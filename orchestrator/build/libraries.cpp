#include "orchestrator/build/libraries.h"

#include <algorithm>
#include <deque>

#include "toolchains/elf.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr const char* folder_name = "libraries";
constexpr const char* path_variable = "LD_LIBRARY_PATH";

bool is_shared_library(const fs::path& file) {
  const std::string name = file.filename();
  std::error_code ignored;
  return (name.ends_with(".so") || name.find(".so.") != std::string::npos) &&
         fs::is_regular_file(file, ignored);
}

std::vector<fs::path> shared_libraries_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(folder, missing))
    if (is_shared_library(entry.path())) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

std::vector<std::string> needed_by(const fs::path& file) {
  try {
    return toolchains::needed_libraries(file);
  } catch (const Error&) {
    return {};  // a linker's script, or a library for another machine
  }
}

}  // namespace

void collect_libraries(const pgo::BuildStep& step, const std::vector<fs::path>& from) {
  const fs::path to = step.output_dir / folder_name;
  fs::remove_all(to);
  std::deque<fs::path> users;  // of libraries, whose needs are not known yet
  for (const auto& program : step.programs) users.push_back(step.output_dir / program.name);
  const auto take = [&](const fs::path& library) {
    if (fs::exists(to / library.filename())) return;
    toolchains::copy_file_exact(library, to / library.filename());
    users.push_back(library);
  };
  std::vector<fs::path> folders;
  for (const auto& folder : from) {
    if (!toolchains::lies_in(folder, step.target_dir))
      continue;  // the system's are the user's to set, as in cargo
    folders.push_back(folder);
    for (const auto& library : shared_libraries_in(folder)) take(library);  // it may be loaded by name
  }
  folders.push_back(step.cargo_output_dir);
  folders.push_back(step.cargo_output_dir / "deps");
  folders.insert(folders.end(), step.toolchain_libraries.begin(), step.toolchain_libraries.end());
  for (; !users.empty(); users.pop_front())
    for (const auto& name : needed_by(users.front())) {
      const auto found =
          std::ranges::find_if(folders, [&](const auto& folder) { return is_shared_library(folder / name); });
      if (found != folders.end()) take(*found / name);
    }
}

void hand_over_libraries(const fs::path& from, const fs::path& to) {
  fs::remove_all(to / folder_name);
  for (const auto& library : libraries_beside(from))
    toolchains::copy_file_exact(library, to / folder_name / library.filename());
}

std::vector<fs::path> libraries_beside(const fs::path& folder) {
  return shared_libraries_in(folder / folder_name);
}

toolchains::Command with_libraries(toolchains::Command command, const fs::path& executable) {
  const fs::path folder = executable.parent_path() / folder_name;
  std::error_code missing;
  if (executable.empty() || !fs::is_directory(folder, missing)) return command;
  const auto before = toolchains::variable(path_variable, command.env).value_or("");
  command.env[path_variable] = folder.string() + (before.empty() ? "" : ":" + before);
  return command;
}

}  // namespace pgo_orch::orchestrator
