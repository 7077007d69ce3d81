#include "pgo/spread.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <unordered_set>
#include <vector>

namespace pgo_orch::pgo {

namespace {

/// A function in the text of a profile.
struct TextRecord {
  std::string_view name, rest;  ///< the line of its name, and those behind it
  double count = 0;
};

std::string_view line_at(std::string_view text, std::size_t at) {
  return text.substr(at, std::min(text.find('\n', at), text.size()) - at);
}

/// The sum of the counters that a record has.
double count_in(std::string_view rest) {
  constexpr std::string_view heading = "# Counter Values:\n";
  double sum = 0;
  auto at = rest.find(heading);
  if (at == rest.npos) return 0;
  for (at += heading.size(); at < rest.size();) {
    const auto line = line_at(rest, at);
    std::uint64_t count = 0;
    const auto [end, failed] = std::from_chars(line.data(), line.data() + line.size(), count);
    if (failed != std::errc() || end != line.data() + line.size()) break;
    sum += static_cast<double>(count);
    at += line.size() + 1;
  }
  return sum;
}

/// The header's lines begin with '#' or ':', and a blank line ends each record.
std::vector<TextRecord> records_in(std::string_view text, std::size_t& header) {
  std::size_t at = 0;
  for (auto line = line_at(text, at); at < text.size() && (line.starts_with("#") || line.starts_with(":"));
       line = line_at(text, at))
    at += line.size() + 1;
  header = std::min(at, text.size());
  std::vector<TextRecord> records;
  while (at < text.size()) {
    const auto end = std::min(text.find("\n\n", at), text.size());
    const auto record = text.substr(at, end - at);
    const auto name = line_at(record, 0);
    if (!name.empty()) records.push_back({name, record.substr(name.size()), count_in(record)});
    at = std::min(end + 2, text.size());
  }
  return records;
}

/// "hexyl.e965e879a8422220-cgu.", 14 and the symbol of "hexyl.e965e879a8422220-cgu.14;_ZN..."
struct LocalName {
  std::string_view crate, number, symbol;
};

std::optional<LocalName> local_name(std::string_view name) {
  const auto semicolon = name.find(';');
  if (semicolon == name.npos) return std::nullopt;
  const auto unit = name.substr(0, semicolon);
  constexpr std::string_view mark = "-cgu.";
  const auto at = unit.rfind(mark);
  if (at == unit.npos) return std::nullopt;
  const auto number = unit.substr(at + mark.size());
  if (number.empty() || number.find_first_not_of("0123456789") != number.npos) return std::nullopt;
  return LocalName{unit.substr(0, at + mark.size()), number, name.substr(semicolon + 1)};
}

std::size_t number_of(std::string_view digits) {
  std::size_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

/// How rustc writes the numbers of up to so many units: all with as many digits as the last one has.
std::vector<std::string> numbers_of_units(std::size_t units) {
  std::vector<std::string> numbers;
  for (std::size_t digits = 1, below = 10; digits == 1 || below / 10 < units; ++digits, below *= 10)
    for (std::size_t i = 0; i < std::min(units, below); ++i)
      numbers.push_back(fmt::format("{:0{}}", i, digits));
  return numbers;
}

}  // namespace

std::optional<std::string> spread_over_units(std::string_view text) {
  std::size_t header = 0;
  auto records = records_in(text, header);
  std::unordered_set<std::string> names;
  double total = 0;
  std::size_t units = 0;
  for (const auto& record : records) {
    names.emplace(record.name);
    total += record.count;
    if (const auto local = local_name(record.name)) units = std::max(units, number_of(local->number) + 1);
  }
  constexpr std::size_t most = 256;
  if (units == 0 || units > most) return std::nullopt;
  const auto numbers = numbers_of_units(std::max<std::size_t>(units, 16));  // as many as cargo asks for
  // Of a function that several units have, the copies of the hottest count.
  std::ranges::stable_sort(records, std::greater<>(), &TextRecord::count);
  std::string spread(text);
  if (!spread.ends_with("\n\n")) spread += spread.ends_with('\n') ? "\n" : "\n\n";
  constexpr double nearly_all = 0.999;
  double covered = 0;
  for (const auto& record : records) {
    if (covered >= nearly_all * total) break;
    covered += record.count;
    const auto local = local_name(record.name);
    if (!local) continue;
    const auto add = [&](const std::string& name) {
      if (!names.insert(name).second) return;
      spread.append(name).append(record.rest).append("\n\n");
    };
    for (const auto& number : numbers) add(fmt::format("{}{};{}", local->crate, number, local->symbol));
    add(std::string(local->symbol));  // several units use it now, so it is local to none
  }
  return spread;
}

namespace {

std::uint64_t word_at(std::string_view bytes, std::size_t at) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

/// Behind the header, whose size is the version's: numbers of fields and cutoffs, then these.
std::size_t find_summary(std::string_view profile) {
  constexpr std::uint64_t fields = 6, cutoffs = 16;  // of LLVM 4 to 22
  for (std::size_t at = 32; at < 160 && at + 16 <= profile.size(); at += 8)
    if (word_at(profile, at) == fields && word_at(profile, at + 8) == cutoffs) return at;
  return std::string_view::npos;
}

}  // namespace

std::optional<std::string> with_summary_of(std::string_view original, std::string profile) {
  constexpr std::size_t size = 16 + 6 * 8 + 16 * 24;  // fields are numbers, cutoffs three of them
  const auto at = find_summary(original);
  if (at == std::string_view::npos || find_summary(profile) != at || original.size() < at + size ||
      profile.size() < at + size || original.substr(0, 16) != std::string_view(profile).substr(0, 16))
    return std::nullopt;
  profile.replace(at, size, original.substr(at, size));
  return profile;
}

}  // namespace pgo_orch::pgo
