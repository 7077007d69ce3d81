#include "toolchains/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "toolchains/error.h"
#include "toolchains/utf8_locale.h"
#include "toolchains/zip_layout.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t block = 1 << 16;

bool stays_inside(const fs::path& name) {
  return !name.empty() && name.is_relative() &&
         std::ranges::none_of(name, [](const fs::path& part) { return part == ".."; });
}

constexpr const char* too_large = "its files take more than is allowed when unpacked";

}  // namespace

ArchiveReader::ArchiveReader(const fs::path& file, Accepts accepts)
    : file_(file), archive_(::archive_read_new(), &::archive_read_free) {
  ::archive_read_support_format_tar(archive_.get());
  if (accepts == Accepts::tar_zst) {
    ::archive_read_support_filter_zstd(archive_.get());
  } else {
    ::archive_read_support_format_zip(archive_.get());
    ::archive_read_support_filter_all(archive_.get());
  }
  // Where other readers would go on, this one does.
  ::archive_read_set_format_option(archive_.get(), "tar", "read_concatenated_archives", "1");
  if (::archive_read_open_filename(archive_.get(), file.c_str(), block) != ARCHIVE_OK) fail();
}

std::optional<ArchiveReader::Member> ArchiveReader::next() {
  const Utf8Locale names;
  ::archive_entry* entry = nullptr;
  const int code = ::archive_read_next_header(archive_.get(), &entry);
  if (code == ARCHIVE_EOF) {
    if (!ends_here()) refuse("it has bytes that are of none of its files, which other programs may read");
    return std::nullopt;
  }
  if (code != ARCHIVE_OK) fail();
  if (++members_ > most_members) refuse("it has too many files");
  const char* path = ::archive_entry_pathname(entry);
  const fs::path name = path ? path : "";
  if (!stays_inside(name)) refuse(fmt::format("its member '{}' leaves the folder", name.string()));
  if (::archive_entry_hardlink(entry)) refuse(fmt::format("its member '{}' is a link", name.string()));
  const auto type = ::archive_entry_filetype(entry);
  if (type != AE_IFDIR && type != AE_IFREG)
    refuse(fmt::format("its member '{}' is neither a file nor a folder", name.string()));
  if (type == AE_IFREG && !files_.insert(name.lexically_normal().string()).second)
    refuse(fmt::format("it has two members '{}'", name.string()));
  constexpr int set_id = 06000;  // of the user, of the group
  if (::archive_entry_perm(entry) & set_id)
    refuse(fmt::format("its member '{}' would run as its owner (set-user-ID)", name.string()));
  return Member{name.string(), type == AE_IFDIR, (::archive_entry_perm(entry) & 0100) != 0};
}

bool ArchiveReader::ends_here() const {
  if (::archive_format(archive_.get()) == ARCHIVE_FORMAT_ZIP) return is_all_members(file_);
  constexpr int of_the_file = -1;
  const auto read = ::archive_filter_bytes(archive_.get(), of_the_file);
  std::ifstream rest(file_, std::ios::binary);
  rest.seekg(read);
  // Tapes were padded with zeros, which all programs pass over.
  return std::all_of(std::istreambuf_iterator<char>(rest), {}, [](char byte) { return byte == '\0'; });
}

std::size_t ArchiveReader::read(std::string& buffer) {
  buffer.resize(block);
  const auto got = ::archive_read_data(archive_.get(), buffer.data(), buffer.size());
  if (got < 0) fail();
  buffer.resize(static_cast<std::size_t>(got));
  return buffer.size();
}

std::string ArchiveReader::content(std::uint64_t most) {
  std::string all;
  for (std::string part; read(part) > 0; all += part)
    if (all.size() + part.size() > most) refuse(too_large);
  return all;
}

std::uint64_t ArchiveReader::content_into(const fs::path& to, std::uint64_t most) {
  std::ofstream out(to, std::ios::binary);
  std::uint64_t total = 0;
  for (std::string part; read(part) > 0;) {
    total += part.size();
    if (total > most) refuse(too_large);
    out.write(part.data(), static_cast<std::streamsize>(part.size()));
  }
  if (!out.flush()) throw Error(fmt::format("cannot write {}", to.string()), Exit::failed);
  return total;
}

void ArchiveReader::refuse(const std::string& why) const {
  throw Error(fmt::format("{}: {}", file_.string(), why), Exit::failed);
}

void ArchiveReader::fail() const {
  const char* why = ::archive_error_string(archive_.get());
  refuse(fmt::format("cannot be read as an archive: {}", why ? why : "it is cut off"));
}

}  // namespace pgo_orch::toolchains
