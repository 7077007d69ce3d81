#include "toolchains/pe_file.h"

#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <optional>

#include "toolchains/error.h"
#include "toolchains/files.h"

namespace pgo_orch::toolchains {

namespace fs = std::filesystem;

namespace {

/// A file's bytes, read as numbers; nothing behind its end.
class PeImage {
 public:
  explicit PeImage(const fs::path& file) : bytes_(read_file(file)) {
    const auto header = bytes_.starts_with("MZ") ? number<std::uint32_t>(0x3c) : std::nullopt;
    constexpr std::uint32_t signature = 'P' | 'E' << 8;
    if (header && number<std::uint32_t>(*header) == signature) header_ = *header;
  }

  bool is_pe() const { return header_ > 0; }

  /// The names in a table of imports: `directory` is its number, each row has `row` bytes with the name's
  /// address at `name`.
  void add_names(std::size_t directory, std::size_t row, std::size_t name,
                 std::vector<std::string>& names) const {
    const auto optional = header_ + 24;
    const auto magic = number<std::uint16_t>(optional);
    constexpr std::uint16_t pe32 = 0x10b, pe32_plus = 0x20b;
    if (magic != pe32 && magic != pe32_plus) throw_damaged();
    const auto directories = optional + (magic == pe32 ? 96 : 112);
    if (directory >= number<std::uint32_t>(directories - 4).value_or(0)) return;
    const auto address = number<std::uint32_t>(directories + 8 * directory).value_or(0);
    if (address == 0) return;
    for (auto at = offset_of(address);; at += row) {
      const auto name_address = number<std::uint32_t>(at + name);
      if (!name_address) throw_damaged();
      if (*name_address == 0) return;
      names.push_back(text_at(offset_of(*name_address)));
    }
  }

 private:
  template <class T>
  std::optional<T> number(std::size_t at) const {
    if (at > bytes_.size() || bytes_.size() - at < sizeof(T)) return std::nullopt;
    T value{};
    std::memcpy(&value, bytes_.data() + at, sizeof value);  // both are little-endian
    return value;
  }

  /// Where in the file that is which an address in memory, relative to the image, stands for.
  std::size_t offset_of(std::uint32_t address) const {
    const auto sections = number<std::uint16_t>(header_ + 6).value_or(0);
    auto section = header_ + 24 + number<std::uint16_t>(header_ + 20).value_or(0);
    for (int i = 0; i < sections; ++i, section += 40) {
      const auto size = number<std::uint32_t>(section + 16), begin = number<std::uint32_t>(section + 12),
                 raw = number<std::uint32_t>(section + 20);
      if (size && begin && raw && address >= *begin && address - *begin < *size)
        return std::size_t{*raw} + (address - *begin);
    }
    throw_damaged();
  }

  std::string text_at(std::size_t at) const {
    const auto end = bytes_.find('\0', at);
    if (end == std::string::npos) throw_damaged();
    return bytes_.substr(at, end - at);
  }

  [[noreturn]] static void throw_damaged() { throw Error("its table of imports is damaged"); }

  std::string bytes_;
  std::size_t header_ = 0;
};

}  // namespace

bool is_pe(const fs::path& file) {
  return PeImage(file).is_pe();
}

std::vector<std::string> imported_dlls(const fs::path& file) try {
  std::vector<std::string> names;
  const PeImage image(file);
  if (!image.is_pe()) throw Error("not a Windows executable");
  image.add_names(1, 20, 12, names);
  image.add_names(13, 32, 4, names);
  return names;
} catch (const Error& error) {
  throw Error(fmt::format("{}: {}", file.string(), error.what()));
}

}  // namespace pgo_orch::toolchains
