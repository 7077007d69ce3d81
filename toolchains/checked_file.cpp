#include "toolchains/checked_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include "toolchains/error.h"
#include "toolchains/hash.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

CheckedFile checked_file(const fs::path& file) {
  return {file, sha256_of_file(file)};
}

std::string replaced(const CheckedFile& checked, const fs::path& file) {
  constexpr std::size_t shown = 12;
  std::string now;
  try {
    now = sha256_of_file(file);
  } catch (const Error& error) {
    now = error.what();
  }
  if (now == checked.sha256) return "";
  const std::string name = file == checked.file
                               ? file.string()
                               : fmt::format("{}, a copy of {},", file.string(), checked.file.string());
  const bool is_read = now.size() == checked.sha256.size();
  return fmt::format(
      "{} is not the file that was checked ({}): something replaced it during the run. Run again, and let "
      "nothing else write there",
      name,
      is_read ? fmt::format("its SHA-256 was {}..., now it is {}...", checked.sha256.substr(0, shown),
                            now.substr(0, shown))
              : now);
}

std::string replaced(const std::vector<CheckedFile>& checked) {
  for (const auto& each : checked)
    if (auto problem = replaced(each, each.file); !problem.empty()) return problem;
  return "";
}

KnownFile::Stamp KnownFile::stamp_of(const fs::path& file) {
  struct stat now{};
  if (::stat(file.c_str(), &now) != 0) return {};
  const auto time = [](const timespec& at) {
    return std::chrono::system_clock::time_point(std::chrono::seconds(at.tv_sec) +
                                                 std::chrono::nanoseconds(at.tv_nsec));
  };
  return {now.st_dev, now.st_ino, static_cast<std::uint64_t>(now.st_size), time(now.st_mtim),
          time(now.st_ctim)};
}

KnownFile::KnownFile(fs::path file, const KnownFile* before)
    : file_(std::move(file)), stamp_(stamp_of(file_)) {
  if (before && before->file_ == file_ && before->stamp_ == stamp_)
    sha256_ = before->sha256_;
  else if (stamp_ != Stamp{})
    sha256_ = sha256_of_file(file_);
}

bool KnownFile::is_untouched() const {
  auto now = stamp_of(file_);
  now.changed = stamp_.changed;  // links and modes are not content
  return now == stamp_;
}

}  // namespace pgo_orch::toolchains
