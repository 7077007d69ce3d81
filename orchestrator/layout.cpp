#include "orchestrator/layout.h"

#include <fmt/format.h>
#include <unistd.h>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

Layout layout_at(const fs::path& state) {
  const fs::path absolute = fs::absolute(state).lexically_normal();
  if (absolute.string().find_first_of("%\n") == std::string::npos) return {absolute, absolute};
  // LLVM reads lists of files line by line, and expands %p and its kin in folders too, and creates the folder
  // that results. The name is made of the path, so that the flags it stands in, and with them cargo's idea of
  // what is fresh, stay the same.
  const std::string name =
      fmt::format("pgo-orch-{}-{}", getuid(), toolchains::sha256(absolute.string()).substr(0, 16));
  return {absolute, fs::temp_directory_path() / name};
}

void create_state_folder(const Layout& layout) {
  toolchains::make_folders(layout.state);
  toolchains::make_folders(layout.scratch());
  toolchains::write_if_different(layout.state / ".gitignore", "*\n");
  if (layout.alias == layout.state) return;
  std::error_code ignored;
  if (!fs::is_symlink(layout.alias, ignored)) {
    std::error_code failed;
    fs::create_directory_symlink(layout.state, layout.alias, failed);
    if (failed) {
      throw Error(
          fmt::format("cannot create the link {} (it stands in for a folder with a '%' in its name): {}",
                      layout.alias.string(), failed.message()));
    }
  }
  if (fs::read_symlink(layout.alias, ignored) != layout.state) {
    throw Error(fmt::format("{} does not point to {}: remove it, or choose another --state-dir without a '%'",
                            layout.alias.string(), layout.state.string()));
  }
}

}  // namespace pgo_orch::orchestrator
