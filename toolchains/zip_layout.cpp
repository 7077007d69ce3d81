#include "toolchains/zip_layout.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgo_orch::toolchains {

namespace {

/// A number that a record has no room for, which is elsewhere then.
constexpr std::uint64_t too_large_16 = 0xffff, too_large_32 = 0xffffffff;

/// A part of the file; what lies outside of it reads as 0.
class ZipBytes {
 public:
  explicit ZipBytes(const std::filesystem::path& file) : in_(file, std::ios::binary) {
    in_.seekg(0, std::ios::end);
    size_ = static_cast<std::uint64_t>(std::max<std::streamoff>(0, in_.tellg()));
  }
  std::uint64_t size() const { return size_; }

  /// The little-endian number at an offset.
  std::uint64_t number(std::uint64_t at, std::size_t length) {
    std::array<char, 8> bytes{};
    if (at > size_ || length > size_ - at) return 0;
    in_.seekg(static_cast<std::streamoff>(at));
    in_.read(bytes.data(), static_cast<std::streamsize>(length));
    std::uint64_t number = 0;
    for (std::size_t i = length; i-- > 0;) number = number << 8 | static_cast<unsigned char>(bytes[i]);
    return number;
  }

 private:
  std::ifstream in_;
  std::uint64_t size_ = 0;
};

struct ZipDirectory {
  std::uint64_t begin = 0, end = 0, entries = 0;
};

/// Where its record begins that ends the file.
std::optional<std::uint64_t> end_record(ZipBytes& zip) {
  constexpr std::uint64_t length = 22, longest_comment = 0xffff;
  for (std::uint64_t comment = 0; comment <= longest_comment && length + comment <= zip.size(); ++comment) {
    const auto at = zip.size() - length - comment;
    if (zip.number(at, 4) == 0x06054b50 && zip.number(at + 20, 2) == comment) return at;
  }
  return std::nullopt;
}

std::optional<ZipDirectory> directory_of(ZipBytes& zip) {
  const auto at = end_record(zip);
  if (!at) return std::nullopt;
  ZipDirectory found{zip.number(*at + 16, 4), *at, zip.number(*at + 10, 2)};
  std::uint64_t size = zip.number(*at + 12, 4);
  if (found.begin == too_large_32 || size == too_large_32 || found.entries == too_large_16) {
    constexpr std::uint64_t locator = 20;
    if (*at < locator || zip.number(*at - locator, 4) != 0x07064b50) return std::nullopt;
    const auto large = zip.number(*at - locator + 8, 8);
    if (zip.number(large, 4) != 0x06064b50) return std::nullopt;
    found = {zip.number(large + 48, 8), large, zip.number(large + 32, 8)};
    size = zip.number(large + 40, 8);
  }
  if (found.begin > found.end || size != found.end - found.begin) return std::nullopt;
  return found;
}

struct ZipMember {
  std::uint64_t begin = 0, end = 0;
  bool has_descriptor = false;  ///< sizes behind it, of a length that the format leaves open
};

/// The one that the directory's entry at `at` names; `at` moves behind the entry.
std::optional<ZipMember> member_at(ZipBytes& zip, std::uint64_t& at) {
  if (zip.number(at, 4) != 0x02014b50) return std::nullopt;
  std::uint64_t size = zip.number(at + 20, 4), begin = zip.number(at + 42, 4);
  const std::uint64_t name = zip.number(at + 28, 2), extra = zip.number(at + 30, 2);
  const auto extras = at + 46 + name;
  for (auto field = extras; field + 4 <= extras + extra; field += 4 + zip.number(field + 2, 2)) {
    if (zip.number(field, 2) != 1) continue;
    auto large = field + 4;
    if (zip.number(at + 24, 4) == too_large_32) large += 8;
    if (size == too_large_32) size = zip.number(std::exchange(large, large + 8), 8);
    if (begin == too_large_32) begin = zip.number(large, 8);
  }
  if (zip.number(begin, 4) != 0x04034b50 || size > zip.size()) return std::nullopt;
  const bool has_descriptor = zip.number(at + 8, 2) & 8;
  at = extras + extra + zip.number(at + 32, 2);
  return ZipMember{begin, begin + 30 + zip.number(begin + 26, 2) + zip.number(begin + 28, 2) + size,
                   has_descriptor};
}

}  // namespace

bool is_all_members(const std::filesystem::path& file) {
  ZipBytes zip(file);
  const auto directory = directory_of(zip);
  if (!directory) return false;
  std::vector<ZipMember> members;
  std::uint64_t at = directory->begin;
  while (at < directory->end) {
    const auto member = member_at(zip, at);
    if (!member) return false;
    members.push_back(*member);
  }
  if (at != directory->end || members.size() != directory->entries) return false;
  std::ranges::sort(members, {}, &ZipMember::begin);
  std::uint64_t end = 0;
  std::uint64_t descriptor = 0;  // the longest that may be behind the last member
  for (const auto& member : members) {
    if (member.begin < end || member.begin - end > descriptor) return false;
    end = member.end;
    constexpr std::uint64_t longest = 24;
    descriptor = member.has_descriptor ? longest : 0;
  }
  return directory->begin >= end && directory->begin - end <= descriptor;
}

}  // namespace pgo_orch::toolchains
