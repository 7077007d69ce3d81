#include "toolchains/folder_swap.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "toolchains/descriptor.h"
#include "toolchains/error.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

void sync_path(const fs::path& path) {
  const Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0)
    throw Error(fmt::format("cannot write {} to the disk: {}", path.string(), std::strerror(errno)),
                Exit::failed);
}

bool rename_with(const fs::path& from, const fs::path& to, unsigned flags) {
  return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0;
}

}  // namespace

std::string why_no_exchange(const fs::path& parent) {
  const fs::path one = parent / fmt::format(".pgo-orch-exchange-{}-1", ::getpid());
  const fs::path other = parent / fmt::format(".pgo-orch-exchange-{}-2", ::getpid());
  std::error_code failed;
  fs::create_directory(one, failed);
  if (!failed) fs::create_directory(other, failed);
  std::string why = failed ? failed.message() : "";
  if (!failed && !rename_with(one, other, RENAME_EXCHANGE)) why = std::strerror(errno);
  std::error_code ignored;
  fs::remove(one, ignored);
  fs::remove(other, ignored);
  return why;
}

void sync_tree(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_directory() || (entry.is_regular_file() && !entry.is_symlink())) sync_path(entry.path());
  sync_path(folder);
}

void swap_in(const fs::path& staged, const fs::path& folder) {
  const bool replaces = fs::exists(fs::symlink_status(folder));
  if (!rename_with(staged, folder, replaces ? RENAME_EXCHANGE : RENAME_NOREPLACE))
    throw Error(fmt::format("cannot put {} in place: {}", folder.string(), std::strerror(errno)),
                Exit::failed);
  sync_path(folder.parent_path());
}

}  // namespace pgo_orch::toolchains
