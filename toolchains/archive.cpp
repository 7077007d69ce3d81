#include "toolchains/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>

#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

using Entry = std::unique_ptr<::archive_entry, decltype(&::archive_entry_free)>;

/// zip keeps local times: all of one archive are written in the same zone everywhere.
class InUtc {
 public:
  InUtc() {
    if (const char* zone = std::getenv("TZ")) before_ = zone;
    ::setenv("TZ", "UTC0", 1);
    ::tzset();
  }
  ~InUtc() {
    if (before_)
      ::setenv("TZ", before_->c_str(), 1);
    else
      ::unsetenv("TZ");
    ::tzset();
  }
  InUtc(const InUtc&) = delete;
  InUtc& operator=(const InUtc&) = delete;

 private:
  std::optional<std::string> before_;
};

class Writer {
 public:
  Writer(const fs::path& file, ArchiveFormat format)
      : file_(file), archive_(::archive_write_new(), &::archive_write_free) {
    auto* archive = archive_.get();
    if (format == ArchiveFormat::zip)
      check(::archive_write_set_format_zip(archive));
    else
      check(::archive_write_set_format_pax_restricted(archive));
    if (format == ArchiveFormat::tar_gz) check(::archive_write_add_filter_gzip(archive));
    if (format == ArchiveFormat::tar_xz) check(::archive_write_add_filter_xz(archive));
    if (format == ArchiveFormat::tar_zst) check(::archive_write_add_filter_zstd(archive));
    if (format == ArchiveFormat::tar_gz)
      check(::archive_write_set_options(archive, "gzip:!timestamp,gzip:compression-level=9"));
    if (format == ArchiveFormat::tar_zst)
      check(::archive_write_set_options(archive, "zstd:compression-level=19"));
    check(::archive_write_open_filename(archive, file.c_str()));
  }

  void add(const ArchiveMember& member, std::int64_t seconds) {
    const std::string content = read_file(member.file);
    const Entry entry(::archive_entry_new(), &::archive_entry_free);
    ::archive_entry_set_pathname(entry.get(), member.name.c_str());
    ::archive_entry_set_filetype(entry.get(), AE_IFREG);
    ::archive_entry_set_perm(entry.get(), member.executable ? 0755 : 0644);
    ::archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    ::archive_entry_set_mtime(entry.get(), static_cast<std::time_t>(seconds), 0);
    check(::archive_write_header(archive_.get(), entry.get()));
    if (::archive_write_data(archive_.get(), content.data(), content.size()) !=
        static_cast<la_ssize_t>(content.size()))
      check(ARCHIVE_FATAL);
  }

  void finish() { check(::archive_write_close(archive_.get())); }

 private:
  void check(int code) {
    if (code == ARCHIVE_OK) return;
    const char* why = ::archive_error_string(archive_.get());
    throw Error(fmt::format("cannot write {}: {}", file_.string(), why ? why : "libarchive does not say why"),
                Exit::failed);
  }

  const fs::path& file_;
  std::unique_ptr<::archive, decltype(&::archive_write_free)> archive_;
};

class Reader {
 public:
  explicit Reader(const fs::path& file) : file_(file), archive_(::archive_read_new(), &::archive_read_free) {
    ::archive_read_support_format_tar(archive_.get());
    ::archive_read_support_format_zip(archive_.get());
    ::archive_read_support_filter_all(archive_.get());
    if (::archive_read_open_filename(archive_.get(), file.c_str(), 1 << 16) != ARCHIVE_OK) fail();
  }

  /// The next member, or null.
  ::archive_entry* next() {
    ::archive_entry* entry = nullptr;
    const int code = ::archive_read_next_header(archive_.get(), &entry);
    if (code == ARCHIVE_EOF) return nullptr;
    if (code != ARCHIVE_OK) fail();
    return entry;
  }

  /// The content of the current member into a file; at most `most` bytes.
  std::uint64_t content(const fs::path& to, std::uint64_t most) {
    std::ofstream out(to, std::ios::binary);
    std::string buffer(1 << 16, '\0');
    std::uint64_t total = 0;
    for (;;) {
      const auto got = ::archive_read_data(archive_.get(), buffer.data(), buffer.size());
      if (got < 0) fail();
      if (got == 0) break;
      total += static_cast<std::uint64_t>(got);
      if (total > most) refuse("its files take more than is allowed when unpacked");
      out.write(buffer.data(), got);
    }
    if (!out.flush()) throw Error(fmt::format("cannot write {}", to.string()), Exit::failed);
    return total;
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(fmt::format("{}: {}", file_.string(), why), Exit::failed);
  }

 private:
  [[noreturn]] void fail() const {
    const char* why = ::archive_error_string(archive_.get());
    refuse(fmt::format("cannot be read as an archive: {}", why ? why : "it is cut off"));
  }

  const fs::path& file_;
  std::unique_ptr<::archive, decltype(&::archive_read_free)> archive_;
};

bool stays_inside(const fs::path& name) {
  return !name.empty() && name.is_relative() &&
         std::ranges::none_of(name, [](const fs::path& part) { return part == ".."; });
}

}  // namespace

void write_archive(const fs::path& archive, ArchiveFormat format, const std::vector<ArchiveMember>& members,
                   std::int64_t seconds) {
  const InUtc utc;
  Writer writer(archive, format);
  for (const auto& member : members) writer.add(member, seconds);
  writer.finish();
}

bool is_archive_name(const fs::path& file) {
  const std::string name = file.filename().string();
  const auto ends = [&](const char* ending) { return name.ends_with(ending); };
  return ends(".tar") || ends(".tar.gz") || ends(".tgz") || ends(".tar.xz") || ends(".txz") ||
         ends(".tar.zst") || ends(".tar.bz2") || ends(".zip");
}

void unpack_archive(const fs::path& archive, const fs::path& folder, Bytes most) {
  Reader reader(archive);
  std::uint64_t left = most.count;
  constexpr int most_members = 100'000;
  int members = 0;
  while (auto* entry = reader.next()) {
    if (++members > most_members) reader.refuse("it has too many files");
    const char* path = ::archive_entry_pathname(entry);
    const fs::path name = path ? path : "";
    if (!stays_inside(name)) reader.refuse(fmt::format("its member '{}' leaves the folder", name.string()));
    if (::archive_entry_hardlink(entry))
      reader.refuse(fmt::format("its member '{}' is a link", name.string()));
    const auto type = ::archive_entry_filetype(entry);
    if (type == AE_IFDIR) {
      make_folders(folder / name);
      continue;
    }
    if (type != AE_IFREG)
      reader.refuse(fmt::format("its member '{}' is neither a file nor a folder", name.string()));
    const fs::path to = folder / name;
    make_folders(to.parent_path());
    left -= reader.content(to, left);
    const bool executable = (::archive_entry_perm(entry) & 0100) != 0;
    ::chmod(to.c_str(), executable ? 0755 : 0644);
  }
}

}  // namespace pgo_orch::toolchains
