#include "toolchains/file_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const fs::path& file) {
  const char* next = errno == ELOOP ? ": it is a link: remove it and run again" : "";
  throw Error(
      fmt::format("cannot lock {}: {}{}", file.string(), std::generic_category().message(errno), next),
      Exit::failed);
}

/// "process 123", as the holder wrote it.
std::string holder(int descriptor) {
  char text[32] = {};
  const auto got = ::pread(descriptor, text, sizeof text - 1, 0);
  std::string pid(text, got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!pid.empty() && pid.back() == '\n') pid.pop_back();
  return pid.empty() ? "another process" : "process " + pid;
}

/// Whether the path still names the opened file: its last holder may have removed it.
bool is_still_there(int descriptor, const fs::path& file) {
  struct stat opened{}, named{};
  return ::fstat(descriptor, &opened) == 0 && ::lstat(file.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

Probe<FileLock> FileLock::try_lock(const fs::path& file) {
  if (file.has_parent_path()) make_folders(file.parent_path());
  // Close-on-exec, because a child that inherits it would hold the lock after us.
  FileLock lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666));
  if (lock.descriptor_ < 0) fail(file);
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) fail(file);
    return Missing{fmt::format("{} is locked by {}", file.string(), holder(lock.descriptor_)), ""};
  }
  if (!is_still_there(lock.descriptor_, file)) return try_lock(file);
  const std::string pid = fmt::format("{}\n", ::getpid());
  if (::ftruncate(lock.descriptor_, 0) != 0 || ::pwrite(lock.descriptor_, pid.data(), pid.size(), 0) < 0)
    fail(file);
  return lock;
}

bool FileLock::is_held(const fs::path& file) {
  std::error_code failed;
  if (!fs::is_regular_file(file, failed)) return false;
  std::string pid = read_file(file, Bytes{64});
  while (pid.ends_with('\n')) pid.pop_back();
  if (pid.empty() || pid.find_first_not_of("0123456789") != pid.npos) return false;
  // To try the lock would be to hold it for a moment, in which a run that starts finds it taken.
  const fs::path whole = fs::canonical(file, failed);
  for (const auto& entry : fs::directory_iterator("/proc/" + pid + "/fd", failed)) {
    std::error_code closed;
    if (fs::read_symlink(entry.path(), closed) == whole) return true;
  }
  return false;
}

std::optional<FileLock> FileLock::try_lock_folder(const fs::path& folder) {
  FileLock lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.descriptor_ < 0) fail(folder);
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) fail(folder);
  return std::nullopt;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace pgo_orch::toolchains
