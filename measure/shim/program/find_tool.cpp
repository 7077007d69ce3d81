#include "measure/shim/program/call.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "pgo/shim_contract.h"

namespace pgo_orch::shim {
namespace {

/// Without target and version: "x86_64-linux-gnu-gcc-12" -> "gcc".
std::string_view plain(std::string_view name) {
  const auto last = name.find_last_not_of("0123456789.");
  if (last != std::string_view::npos && last + 1 < name.size() && name[last] == '-')
    name = name.substr(0, last);
  return name.substr(name.rfind('-') + 1);
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

bool same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// Where the shim itself is: the folder of links, and the program.
class Own {
 public:
  Own() {
    const char* folder = getenv(dir_variable);
    has_folder_ = folder != nullptr && stat(folder, &folder_) == 0;
    has_program_ = stat("/proc/self/exe", &program_) == 0;
  }
  bool has(const std::string& folder, const struct stat& file) const {
    struct stat status{};
    if (has_program_ && same_file(file, program_)) return true;
    return has_folder_ && stat(folder.c_str(), &status) == 0 && same_file(status, folder_);
  }

 private:
  struct stat folder_{};
  struct stat program_{};
  bool has_folder_ = false;
  bool has_program_ = false;
};

bool runs(const Own& own, const std::string& folder, const std::string& path) {
  struct stat file{};
  return stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode) && access(path.c_str(), X_OK) == 0 &&
         !own.has(folder, file);
}

}  // namespace

Family family_of(std::string_view name) {
  if (name == "rustc") return Family::rustc;
  if (name == "cargo") return Family::cargo;
  const auto base = plain(name);
  if (is_one_of(base, {"cc", "gcc", "clang"})) return Family::c;
  if (is_one_of(base, {"c++", "g++", "clang++"})) return Family::cxx;
  if (name.starts_with("ld.") || is_one_of(base, {"ld", "lld", "mold"})) return Family::linker;
  return Family::other;
}

std::string find_tool(const std::string& name) {
  const Own own;
  if (const auto slash = name.rfind('/'); slash != std::string::npos) {
    struct stat file{};
    const bool ours = stat(name.c_str(), &file) == 0 && own.has(name.substr(0, slash + 1), file);
    return ours ? find_tool(name.substr(slash + 1)) : name;
  }
  const char* path = getenv("PATH");
  std::string_view rest = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
  for (bool more = true; more;) {
    const auto end = rest.find(':');
    std::string folder(rest.substr(0, end));
    if (folder.empty()) folder = ".";
    more = end != std::string_view::npos;
    if (more) rest.remove_prefix(end + 1);
    auto file = folder + "/" + name;
    if (runs(own, folder, file)) return file;
  }
  return {};
}

std::string cxx_counterpart(const std::string& c_compiler) {
  static constexpr struct {
    const char* c;
    const char* cxx;
  } pairs[] = {{"clang", "clang++"}, {"gcc", "g++"}, {"cc", "c++"}};
  const auto from = c_compiler.rfind('/') + 1;
  for (const auto& [c, cxx] : pairs) {
    const auto at = c_compiler.rfind(c);
    if (at == std::string::npos || at < from) continue;
    auto result = c_compiler;
    return result.replace(at, std::string_view(c).size(), cxx);
  }
  return c_compiler;
}

}  // namespace pgo_orch::shim
