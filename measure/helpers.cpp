#include "measure/helpers.h"

#include <fmt/format.h>
#include <unistd.h>

#include "pgo/shim_contract.h"
#include "toolchains/error.h"

namespace pgo_orch::measure {
namespace fs = std::filesystem;

fs::path find_helper(const fs::path& own_executable, const std::string& name) {
  const fs::path folder = own_executable.parent_path();
  const fs::path beside = folder / name;
  const fs::path installed = (folder / "../libexec/pgo-orch" / name).lexically_normal();
  for (const auto& place : {beside, installed})
    if (access(place.c_str(), X_OK) == 0) return place;
  throw Error(fmt::format("{} is neither at {} nor at {}: install pgo-orch again", name, beside.string(),
                          installed.string()),
              Exit::tool);
}

const std::vector<std::string>& shimmed_tools() {
  static const std::vector<std::string> names{"rustc", "cargo", "cc",    "c++",
                                              "gcc",   "g++",   "clang", "clang++"};
  return names;
}

void link_shim(const fs::path& folder, const fs::path& program, const std::vector<std::string>& names) {
  fs::create_directories(folder);
  fs::remove(folder / shim::said_file);
  for (const auto& name : names) {
    fs::remove(folder / name);
    fs::create_symlink(program, folder / name);
  }
}

}  // namespace pgo_orch::measure
