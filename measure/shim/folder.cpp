#include "measure/shim/folder.h"

#include <unistd.h>

#include <string>

#include "pgo/shim_contract.h"
#include "toolchains/error.h"

namespace pgo_orch::measure {

std::filesystem::path find_shim(const std::filesystem::path& own_executable) {
  const auto folder = own_executable.parent_path();
  const auto beside = folder / shim::program_name;
  const auto installed = (folder / "../libexec/pgo-orch" / shim::program_name).lexically_normal();
  for (const auto& place : {beside, installed})
    if (access(place.c_str(), X_OK) == 0) return place;
  throw Error("the shim that watches builds is neither at " + beside.string() + " nor at " +
                  installed.string() + ": install pgo-orch again",
              Exit::tool);
}

const std::vector<std::string>& shimmed_tools() {
  static const std::vector<std::string> names{"rustc", "cargo", "cc",    "c++",
                                              "gcc",   "g++",   "clang", "clang++"};
  return names;
}

void link_shim(const std::filesystem::path& folder, const std::filesystem::path& shim,
               const std::vector<std::string>& names) {
  std::filesystem::create_directories(folder);
  std::filesystem::remove(folder / shim::said_file);
  for (const auto& name : names) {
    std::filesystem::remove(folder / name);
    std::filesystem::create_symlink(shim, folder / name);
  }
}

}  // namespace pgo_orch::measure
