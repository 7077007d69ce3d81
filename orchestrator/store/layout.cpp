#include "orchestrator/store/layout.h"

#include <fmt/format.h>
#include <unistd.h>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

static constexpr const char* ignore_all = "*\n";

Layout layout_at(const fs::path& state) {
  const fs::path absolute = fs::absolute(state).lexically_normal();
  if (absolute.string().find_first_of("%\n:") == std::string::npos) return {absolute, absolute};
  // LLVM reads lists of files line by line, and expands %p and the like in folders too, and creates the
  // folder that results. The name depends on the path only, so that flags with it, and what cargo takes for
  // fresh, stay the same.
  const std::string name =
      fmt::format("pgo-orch-{}-{}", getuid(), toolchains::sha256(absolute.string()).substr(0, 16));
  return {absolute, fs::temp_directory_path() / name};
}

void check_state_folder(const Layout& layout) {
  std::error_code missing;
  if (!fs::exists(layout.state, missing)) return;
  if (!fs::is_directory(layout.state, missing))
    throw Error(fmt::format("{} is not a folder: choose another --state-dir", layout.state.string()));
  const bool is_ours = fs::is_empty(layout.state, missing) ||
                       (fs::is_regular_file(layout.state / ".gitignore", missing) &&
                        toolchains::read_file(layout.state / ".gitignore") == ignore_all);
  if (is_ours) return;
  throw Error(
      fmt::format("{} is not empty: choose an empty or new folder for --state-dir", layout.state.string()));
}

void create_state_folder(const Layout& layout) {
  toolchains::write_if_different(layout.state / ".gitignore", ignore_all);
  toolchains::make_folders(layout.scratch());
  if (layout.alias == layout.state) return;
  std::error_code ignored;
  if (!fs::is_symlink(layout.alias, ignored)) {
    std::error_code failed;
    fs::create_directory_symlink(layout.state, layout.alias, failed);
    if (failed) {
      throw Error(fmt::format("cannot create the link {} (needed for a folder with a '%' in its path): {}",
                              layout.alias.string(), failed.message()));
    }
  }
  if (fs::read_symlink(layout.alias, ignored) != layout.state) {
    throw Error(fmt::format("{} does not point to {}: remove it, or choose another --state-dir without a '%'",
                            layout.alias.string(), layout.state.string()));
  }
}

}  // namespace pgo_orch::orchestrator
