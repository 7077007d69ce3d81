#include "toolchains/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <mutex>
#include <set>
#include <system_error>

#include "toolchains/descriptor.h"
#include "toolchains/error.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail(const char* verb, const fs::path& file, int error = errno) {
  const char* next = error == ENOSPC  ? ": make room there and run it again"
                     : error == ELOOP ? ": it is a link, or lies below too many: remove it and run again"
                                      : "";
  throw Error(
      fmt::format("cannot {} {}: {}{}", verb, file.string(), std::generic_category().message(error), next),
      Exit::failed);
}

Descriptor open_or_fail(const char* verb, const fs::path& file, int flags) {
  try {
    return Descriptor::open(file, flags);
  } catch (const std::system_error& error) {
    fail(verb, file, error.code().value());
  }
}

void write_all(const Descriptor& to, std::string_view bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const auto written = ::write(to.get(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) fail("write", file);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

std::string read_all(const Descriptor& opened, const fs::path& file, Bytes most) {
  std::string content;
  char buffer[1 << 16];
  for (;;) {
    const auto got = ::read(opened.get(), buffer, sizeof buffer);
    if (got == 0) return content;
    if (got < 0 && errno != EINTR) fail("read", file);
    if (got > 0) content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > most.count)
      throw Error(fmt::format("cannot read {}: it is larger than {} MiB", file.string(), most.count >> 20),
                  Exit::failed);
  }
}

/// The file beside `file` that will be renamed to it; removed if that does not happen.
class Replacement {
 public:
  explicit Replacement(const fs::path& file) : file_(file) {
    static std::atomic<unsigned> count{0};
    if (file.has_parent_path()) make_folders(file.parent_path());
    temporary_ = file;
    temporary_.replace_filename(fmt::format(".{}.{}-{}.tmp", file.filename().string(), ::getpid(), ++count));
    ::unlink(temporary_.c_str());  // of a dead process that had our number
  }
  ~Replacement() { ::unlink(temporary_.c_str()); }
  Replacement(const Replacement&) = delete;
  Replacement& operator=(const Replacement&) = delete;

  const fs::path& path() const { return temporary_; }

  void commit() {
    if (::rename(temporary_.c_str(), file_.c_str()) != 0) fail("write", file_);
  }

 private:
  const fs::path& file_;
  fs::path temporary_;
};

}  // namespace

std::string describe(const fs::filesystem_error& error) {
  std::string files;
  for (const auto& path : {error.path1(), error.path2()})
    if (!path.empty()) files += (files.empty() ? "" : " and ") + path.string();
  return (files.empty() ? "a file" : files) + ": " + error.code().message();
}

bool says_no_room(std::string_view message) {
  return message.find(std::generic_category().message(ENOSPC)) != std::string_view::npos;
}

Descriptor open_regular(const fs::path& file) {
  auto opened = open_or_fail("read", file, O_RDONLY | O_NONBLOCK);  // a pipe's other end may never come
  struct stat found{};
  if (::fstat(opened.get(), &found) != 0) fail("read", file);
  if (S_ISREG(found.st_mode)) return opened;
  if (S_ISDIR(found.st_mode)) fail("read", file, EISDIR);
  throw Error(fmt::format("cannot read {}: it is not a regular file", file.string()), Exit::failed);
}

std::string read_file(const fs::path& file, Bytes most) {
  return read_all(open_regular(file), file, most);
}

std::string read_stream(const fs::path& file, Bytes most) {
  return read_all(open_or_fail("read", file, O_RDONLY), file, most);
}

void write_file_atomically(const fs::path& file, std::string_view content) {
  Replacement replacement(file);
  const Descriptor opened = open_or_fail("write", replacement.path(), O_WRONLY | O_CREAT | O_EXCL);
  struct stat old{};
  if (::lstat(file.c_str(), &old) == 0 && S_ISREG(old.st_mode)) ::fchmod(opened.get(), old.st_mode & 07777);
  write_all(opened, content, file);
  replacement.commit();
}

bool write_if_different(const fs::path& file, std::string_view content) {
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (!error && size == content.size() && read_file(file) == content) return false;
  write_file_atomically(file, content);
  return true;
}

void append_line(const fs::path& file, std::string_view line) {
  if (file.has_parent_path()) make_folders(file.parent_path());
  const Descriptor opened = open_or_fail("write", file, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW);
  write_all(opened, fmt::format("{}\n", line), file);
}

void copy_file_exact(const fs::path& from, const fs::path& to) {
  Replacement replacement(to);
  const Descriptor source = open_or_fail("read", from, O_RDONLY);
  const Descriptor copy = open_or_fail("write", replacement.path(), O_WRONLY | O_CREAT | O_EXCL);
  struct stat original{};
  if (::fstat(source.get(), &original) != 0) fail("read", from);
  // Not fs::copy_file, which calls a full disk an input/output error.
  constexpr std::size_t most = std::size_t{1} << 30;
  for (ssize_t copied = 1; copied != 0;) {
    copied = ::sendfile(copy.get(), source.get(), nullptr, most);
    if (copied < 0 && errno != EINTR) fail(fmt::format("copy {} to", from.string()).c_str(), to);
  }
  if (::fchmod(copy.get(), original.st_mode & 07777) != 0) fail("write", to);
  std::error_code error;
  fs::last_write_time(replacement.path(), fs::last_write_time(from, error), error);
  replacement.commit();
}

void make_folders(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) fail("create the folder", folder, error.value());
}

fs::path private_folder(const fs::path& above) {
  std::error_code missing;
  const fs::path temporary = above.empty() ? fs::temp_directory_path(missing) : above;
  if (missing) throw Error(fmt::format("TMPDIR does not name a folder: {}", missing.message()), Exit::failed);
  return temporary / fmt::format("pgo-orch-{}", ::geteuid());
}

void make_private_folder(const fs::path& folder) {
  constexpr mode_t only_we = 0700;
  if (::mkdir(folder.c_str(), only_we) != 0 && errno != EEXIST) fail("create the folder", folder);
  struct stat found{};
  if (::lstat(folder.c_str(), &found) != 0) {
    if (errno == ENOENT) return make_private_folder(folder);  // another process was done with it
    fail("read", folder);
  }
  const bool is_private =
      S_ISDIR(found.st_mode) && found.st_uid == ::geteuid() && (found.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  if (is_private) return;
  throw Error(fmt::format("{} is not a folder that only you can enter, so others could choose where pgo-orch "
                          "writes: remove it, or set TMPDIR to another folder",
                          folder.string()),
              Exit::failed);
}

namespace {

Descriptor open_folder(const fs::path& folder) {
  return Descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// Each folder has a shared lock of its owner, which ends with the process. Whoever makes one has a shared
/// lock of the folder above until then.
void remove_abandoned(const fs::path& above) {
  const Descriptor opened = open_folder(above);
  if (!opened || ::flock(opened.get(), LOCK_EX | LOCK_NB) != 0) return;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(above, ignored)) {
    const Descriptor folder = open_folder(entry.path());
    if (folder && ::flock(folder.get(), LOCK_EX | LOCK_NB) == 0) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

TempDir::TempDir(std::string_view prefix, const fs::path& parent) : is_private_(parent.empty()) {
  const fs::path above = parent.empty() ? private_folder() : parent;
  static std::once_flag once;
  const auto make_parent = [&] {
    if (!parent.empty()) return make_folders(parent);
    make_private_folder(above);
    std::call_once(once, remove_abandoned, above);
  };
  for (;;) {
    make_parent();
    const Descriptor held = open_folder(above);
    ::flock(held.get(), LOCK_SH);  // where locks don't work, none is ever found abandoned
    std::string name = (above / fmt::format("{}-XXXXXX", prefix)).string();
    if (!::mkdtemp(name.data())) {
      if (errno == ENOENT) continue;  // removed by another process that was done with it
      fail("create a folder in", above);
    }
    path_ = name;
    lock_ = open_folder(path_);
    ::flock(lock_.get(), LOCK_SH);
    return;
  }
}

TempDir::~TempDir() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
  if (is_private_) ::rmdir(path_.parent_path().c_str());  // if it was the last
}

PassingFolder::PassingFolder(fs::path folder) : path_(std::move(folder)) {
  fs::remove_all(path_);
}

PassingFolder::~PassingFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto relative = path.lexically_relative(folder);
  return !relative.empty() && *relative.begin() != "..";
}

Bytes size_of_tree(const std::filesystem::path& folder) {
  std::uint64_t bytes = 0;
  std::set<std::pair<dev_t, ino_t>> seen;  // of files with several names
  std::error_code failed;
  const auto add = [&](const std::filesystem::path& file) {
    struct stat info{};
    if (::lstat(file.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return;
    if (info.st_nlink > 1 && !seen.emplace(info.st_dev, info.st_ino).second) return;
    bytes += static_cast<std::uint64_t>(info.st_size);
  };
  add(folder);
  for (auto entry = std::filesystem::recursive_directory_iterator(folder, failed);
       !failed && entry != std::filesystem::end(entry); entry.increment(failed))
    add(entry->path());
  return Bytes{bytes};
}

}  // namespace pgo_orch::toolchains
