#include "toolchains/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <memory>

#include "toolchains/archive_reader.h"
#include "toolchains/error.h"
#include "toolchains/files.h"
#include "toolchains/utf8_locale.h"

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
  Writer(const fs::path& file, ArchiveFormat format, ZstdLevel level)
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
      check(::archive_write_set_options(
          archive, level == ZstdLevel::small ? "zstd:compression-level=19" : "zstd:compression-level=9"));
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

}  // namespace

void write_archive(const fs::path& archive, ArchiveFormat format, const std::vector<ArchiveMember>& members,
                   std::int64_t seconds, ZstdLevel level) {
  const InUtc utc;
  const Utf8Locale names;
  Writer writer(archive, format, level);
  for (const auto& member : members) writer.add(member, seconds);
  writer.finish();
}

bool is_archive(const fs::path& file) {
  const std::string name = file.filename().string();
  const auto ends = [&](const char* ending) { return name.ends_with(ending); };
  const bool is_named_so = ends(".tar") || ends(".tar.gz") || ends(".tgz") || ends(".tar.xz") ||
                           ends(".txz") || ends(".tar.zst") || ends(".tar.bz2") || ends(".zip");
  if (is_named_so) return true;
  try {
    return ArchiveReader(file).next().has_value();
  } catch (const Error&) {
    return false;
  }
}

void unpack_archive(const fs::path& archive, const fs::path& folder, Bytes most) {
  ArchiveReader reader(archive);
  std::uint64_t left = most.count;
  while (const auto member = reader.next()) {
    const fs::path to = folder / member->name;
    if (member->is_folder) {
      make_folders(to);
      continue;
    }
    make_folders(to.parent_path());
    left -= reader.content_into(to, left);
    ::chmod(to.c_str(), member->executable ? 0755 : 0644);
  }
}

}  // namespace pgo_orch::toolchains
