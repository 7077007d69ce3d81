#include "pgo/placement.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

#include "pgo/symbol.h"
#include "toolchains/command.h"

namespace pgo_orch::pgo {

namespace fs = std::filesystem;

namespace {

std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// The hexadecimal number that the text begins with, behind blanks and "0x".
std::optional<std::uint64_t> address_at(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  if (text.starts_with("0x")) text.remove_prefix(2);
  std::uint64_t address = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), address, 16);
  const bool ends = end == text.data() + text.size() || *end == ' ';
  return failed == std::errc() && end != text.data() && ends ? std::optional(address) : std::nullopt;
}

struct SectionName {
  Heat heat = Heat::neither;
  std::string function;
};

/// Of ".text.hot._ZN3fib3fib17h...E" and what is like it.
std::optional<SectionName> section_name(std::string_view text) {
  constexpr std::string_view prefix = ".text.";
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  SectionName name;
  for (const auto& [word, heat] : {std::pair{std::string_view("hot."), Heat::hot},
                                   {std::string_view("unlikely."), Heat::cold},
                                   {std::string_view("split."), Heat::cold},
                                   {std::string_view("unknown."), Heat::neither},
                                   {std::string_view("startup."), Heat::neither}})
    if (text.starts_with(word)) {
      name.heat = heat;
      text.remove_prefix(word.size());
      break;
    }
  name.function = base_name(std::string(text));
  return name.function.empty() ? std::nullopt : std::optional(name);
}

/// Where the name of an input section begins in a line: at its first word (GNU ld, gold), or behind "FILE:("
/// (lld, mold).
std::string_view section_in(std::string_view line) {
  const auto paren = line.find(":(.text.");
  const auto begin = paren != std::string_view::npos ? paren + 2 : line.find(".text.");
  if (begin == std::string_view::npos) return {};
  if (paren == std::string_view::npos &&
      line.substr(0, begin).find_first_not_of(' ') != std::string_view::npos)
    return {};
  const auto rest = line.substr(begin);
  return rest.substr(0, rest.find_first_of(paren == std::string_view::npos ? " " : ")"));
}

}  // namespace

std::map<std::string, PlacedCode> parse_link_map(std::string_view map) {
  std::map<std::string, PlacedCode> placed;
  const auto add = [&](const SectionName& name, std::optional<std::uint64_t> address) {
    if (!address || *address == 0) return;  // GNU ld lists what it left out at 0
    auto& code = placed[name.function];
    code.addresses.insert(*address);
    if (name.heat != Heat::neither) code.heat = name.heat;
  };
  while (!map.empty()) {
    const auto line = next_line(map);
    const auto section = section_in(line);
    const auto name = section_name(section);
    if (!name) continue;
    const bool comes_first =
        line.find_first_not_of(' ') == static_cast<std::size_t>(section.data() - line.data());
    if (!comes_first) {
      add(*name, address_at(line));
      continue;
    }
    const auto behind = line.substr(static_cast<std::size_t>(section.data() - line.data()) + section.size());
    const bool ends_here = behind.find_first_not_of(' ') == std::string_view::npos;
    add(*name, address_at(ends_here ? next_line(map) : behind));  // a long name has a line of its own
  }
  return placed;
}

std::map<std::string, Heat> heat_in_profile(const std::vector<ProfileRecord>& profile) {
  std::map<std::string, std::uint64_t> largest;
  std::vector<std::uint64_t> counts;
  for (const auto& record : profile) {
    auto& most = largest[base_name(record.function)];
    for (const auto count : record.counts) {
      most = std::max(most, count);
      if (count > 0) counts.push_back(count);
    }
  }
  std::ranges::sort(counts, std::greater());
  double total = 0;
  for (const auto count : counts) total += static_cast<double>(count);
  /// The smallest of the counts that make up this share of all.
  const auto threshold = [&](double share) {
    double sum = 0;
    std::uint64_t smallest = 0;
    for (const auto count : counts) {
      if (sum >= share * total) break;
      sum += static_cast<double>(count);
      smallest = count;
    }
    return smallest;
  };
  const auto hot = threshold(0.99), cold = threshold(0.999999);
  std::map<std::string, Heat> heat;
  for (const auto& [name, most] : largest)
    heat[name] = most > 0 && most >= hot ? Heat::hot : most == 0 || most < cold ? Heat::cold : Heat::neither;
  return heat;
}

/// Inlining moves counts about, so functions that the profile has as hot need not be marked. Without a
/// profile none is, and of the cold ones only those that the source marks.
bool Placement::shows_profile() const {
  const bool cold_shows = knows_source ? cold_marked > 0 : cold >= 3 && 5 * cold_marked >= 4 * cold;
  return fits() && (hot_marked > 0 || cold_shows);
}

Placement compare_placement(const std::map<std::string, PlacedCode>& map,
                            const std::map<std::string, Heat>& profile,
                            const std::vector<toolchains::FunctionSymbol>& functions,
                            const std::map<std::string, PlacedCode>* source) {
  Placement found;
  found.knows_source = source != nullptr;
  const auto is_cold_in_source = [&](const std::string& name) {
    if (!source) return false;
    const auto placed = source->find(name);
    return placed == source->end() || placed->second.heat == Heat::cold;
  };
  for (const auto& function : functions) {
    const auto name = base_name(function.name);
    const auto placed = map.find(name);
    const auto known = profile.find(name);
    if (placed == map.end() || known == profile.end()) continue;
    if (!placed->second.addresses.contains(function.address)) {
      ++found.elsewhere;
      continue;
    }
    ++found.functions;
    const auto heat = placed->second.heat;
    found.hot += known->second == Heat::hot;
    found.hot_marked += known->second == Heat::hot && heat == Heat::hot;
    const bool cold = known->second == Heat::cold && !is_cold_in_source(name);
    found.cold += cold;
    found.cold_marked += cold && heat == Heat::cold;
  }
  return found;
}

GeneratedFile mapping_linker(const fs::path& folder, const fs::path& linker, const fs::path& target_dir) {
  const std::string name = linker.filename().string();
  const bool is_driver = name.find("ld") == std::string::npos;
  return {folder / name, fmt::format(R"sh(#!/bin/sh
# Links as {1} does, and has it write a map of what it put where.
out= next= links=yes
for word; do
  [ -z "$next" ] || out=$word
  next=
  case $word in
  -o) next=yes ;;
  -c | -S | -E | -r) links= ;;
  @*) out=$(sed -n '/^"\{{0,1\}}-o"\{{0,1\}}$/{{n;s/^"\(.*\)"$/\1/;p;q;}}' "${{word#@}}") ;;
  esac
done
case $out in
{0}/*) [ -z "$links" ] || exec {1} "$@" {2}"-Map=$out.map" ;;
esac
exec {1} "$@"
)sh",
                                     toolchains::shell_quote(target_dir.string()),
                                     toolchains::shell_quote(linker.string()), is_driver ? "-Xlinker " : "")};
}

}  // namespace pgo_orch::pgo
