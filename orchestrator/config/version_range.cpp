#include "orchestrator/config/version_range.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace pgo_orch::orchestrator {
namespace {

/// A version with one to three of its numbers.
struct WrittenVersion {
  Version numbers{};
  std::size_t given = 0;

  /// The first version behind all that begin with its numbers up to `place`.
  Version behind(std::size_t place) const {
    Version version = numbers;
    ++version.at(place);
    std::fill(version.begin() + static_cast<std::ptrdiff_t>(place) + 1, version.end(), 0);
    return version;
  }
  Version behind_all() const { return behind(given - 1); }
  /// Where cargo sees an incompatible change: the first number that is not 0.
  Version next_incompatible() const {
    for (std::size_t place = 0; place < given; ++place)
      if (numbers.at(place) > 0) return behind(place);
    return behind_all();
  }
};

std::optional<WrittenVersion> parse_written(std::string_view text) {
  WrittenVersion version;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (version.given < version.numbers.size()) {
    const auto [next, error] = std::from_chars(at, end, version.numbers.at(version.given));
    if (error != std::errc() || *at == '-' || version.numbers.at(version.given) > 1'000'000)
      return std::nullopt;
    ++version.given;
    if (next == end) return version;
    if (*next != '.') return std::nullopt;
    at = next + 1;
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  return first == text.npos ? "" : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::optional<VersionRange> parse_one(std::string_view text) {
  const auto sign = text.substr(0, std::min(text.find_first_not_of("<>=^"), text.size()));
  const auto version = parse_written(trimmed(text.substr(sign.size())));
  if (!version) return std::nullopt;
  if (sign.empty() || sign == "^") return VersionRange{version->numbers, version->next_incompatible()};
  if (sign == "=") return VersionRange{version->numbers, version->behind_all()};
  if (sign == ">=") return VersionRange{version->numbers, {}};
  if (sign == ">") return VersionRange{version->behind_all(), {}};
  if (sign == "<") return VersionRange{{}, version->numbers};
  if (sign == "<=") return VersionRange{{}, version->behind_all()};
  return std::nullopt;
}

}  // namespace

std::optional<Version> parse_version(std::string_view text) {
  const auto version = parse_written(text);
  return version ? std::optional(version->numbers) : std::nullopt;
}

std::optional<VersionRange> parse_version_range(std::string_view text) {
  VersionRange all;
  for (std::size_t at = 0; at <= text.size();) {
    const auto comma = std::min(text.find(',', at), text.size());
    const auto one = parse_one(trimmed(text.substr(at, comma - at)));
    if (!one) return std::nullopt;
    all.first = std::max(all.first, one->first);
    if (one->last) all.last = all.last ? std::min(*all.last, *one->last) : *one->last;
    at = comma + 1;
  }
  return all;
}

}  // namespace pgo_orch::orchestrator
