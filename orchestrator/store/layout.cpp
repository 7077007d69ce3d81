#include "orchestrator/store/layout.h"

#include <fmt/format.h>
#include <unistd.h>

#include <vector>

#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/hash.h"

namespace pgo_orch::orchestrator {

namespace fs = std::filesystem;

namespace {

constexpr const char* ignore_all = "*\n";

bool has_meaning_to_llvm(const fs::path& folder) {
  return folder.string().find_first_of("%\n:") != std::string::npos;
}

/// Whether what lies in the folder is not ours: copies of the project, build folders of cargo, what programs
/// keep. It may be anything, and we don't write there. A release and a confirmation begin by removing what
/// the last one left.
bool is_of_others(const fs::path& folder, const Layout& layout) {
  if (folder == layout.shadow() || folder == layout.tools() || folder == layout.tmp() ||
      folder == layout.scratch() || folder == layout.release() || folder == layout.checkouts() ||
      folder == layout.gate() || folder == layout.confirm() || folder == layout.state / "release-again")
    return true;
  const fs::path below = folder.lexically_relative(layout.state);  // such as variants/NAME/bin
  const std::vector<fs::path> parts(below.begin(), below.end());
  if (parts.size() < 3 || parts[0] == "runs") return false;
  return parts[0] != "variants" || (parts[2] != "bin" && parts[2] != "profiles");
}

/// Who can put a link here, by a repository that carries a state folder for instance, would choose what we
/// overwrite. `latest` is ours, and checked where it is read.
void refuse_links(const fs::path& folder, const Layout& layout) {
  std::error_code unreadable;
  for (const auto& entry : fs::directory_iterator(folder, unreadable)) {
    std::error_code gone;
    const auto type = entry.symlink_status(gone).type();
    if (entry.path() == layout.latest() || entry.path() == layout.state / "latest.new") continue;
    if (type == fs::file_type::directory) {
      if (!is_of_others(entry.path(), layout)) refuse_links(entry.path(), layout);
    } else if (type != fs::file_type::regular && type != fs::file_type::not_found) {
      throw Error(fmt::format(
          "{} is {}, and pgo-orch did not make it: look where it leads, remove it, or "
          "choose another --state-dir",
          entry.path().string(), type == fs::file_type::symlink ? "a link" : "neither a file nor a folder"));
    }
  }
}

}  // namespace

Layout layout_at(const fs::path& state) {
  const fs::path absolute = fs::absolute(state).lexically_normal();
  if (!has_meaning_to_llvm(absolute)) return {absolute, absolute};
  // LLVM reads lists of files line by line, and expands %p and the like in folders too, and creates the
  // folder that results. The name depends on the path only, so that flags with it, and what cargo takes for
  // fresh, stay the same.
  auto above = toolchains::private_folder();
  if (has_meaning_to_llvm(above)) above = toolchains::private_folder("/tmp");
  return {absolute, above / toolchains::sha256(absolute.string()).substr(0, 16)};
}

bool is_state_folder(const Layout& layout) {
  std::error_code missing;
  return fs::is_regular_file(layout.state / ".gitignore", missing) &&
         toolchains::read_file(layout.state / ".gitignore") == ignore_all;
}

void check_state_folder(const Layout& layout) {
  std::error_code missing;
  if (!fs::exists(layout.state, missing)) return;
  if (!fs::is_directory(layout.state, missing))
    throw Error(fmt::format("{} is not a folder: choose another --state-dir", layout.state.string()));
  if (fs::is_empty(layout.state, missing) || is_state_folder(layout))
    return refuse_links(layout.state, layout);
  throw Error(
      fmt::format("{} is not empty: choose an empty or new folder for --state-dir", layout.state.string()));
}

void create_state_folder(const Layout& layout) {
  toolchains::write_if_different(layout.state / ".gitignore", ignore_all);
  toolchains::make_folders(layout.tmp());
  if (layout.alias == layout.state) return;
  toolchains::make_private_folder(layout.alias.parent_path());
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

toolchains::Probe<toolchains::FileLock> lock_state_folder(const Layout& layout) {
  check_state_folder(layout);
  create_state_folder(layout);
  auto lock = toolchains::FileLock::try_lock(layout.lock());
  if (!lock)
    throw Error(fmt::format("{}: another run is at work there; wait for it, or use another --state-dir",
                            lock.missing().what));
  create_state_folder(layout);  // again: `clean` may have removed it before we had the lock
  clear_scratch(layout);
  return lock;
}

void clear_scratch(const Layout& layout) {
  std::error_code ignored;
  fs::remove_all(layout.scratch(), ignored);
  toolchains::make_folders(layout.scratch());
}

}  // namespace pgo_orch::orchestrator
