#include "pgo/lookups.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <unordered_map>

#include "pgo/symbol.h"

namespace pgo_orch::pgo {

namespace {

constexpr std::string_view says_name = "Funcname=", says_hash = ", Hash=", says_module = " in building ";

template <class Visit>
void for_lines_of(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    visit(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

bool holds(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// What was looked up: in whole lines, and the pieces of others, which threads wrote into each other's.
struct Lookups {
  struct One {
    std::string_view module, hash;
  };
  std::unordered_map<std::string_view, std::vector<One>> by_name;
  std::string pieces;

  std::unordered_map<std::string_view, std::vector<std::string_view>> modules;  ///< of local names in use

  Lookups(std::string_view log, const std::vector<ProfileRecord>& used) {
    for (const auto& record : used)
      if (!record.module.empty()) modules[record.function].push_back(record.module);

    for_lines_of(log, [&](std::string_view line) {
      if (!take_whole(line) && is_piece(line)) pieces.append(line).push_back('\n');
    });
  }

  bool take_whole(std::string_view line) {
    if (!line.starts_with(says_name)) return false;
    const auto hash = line.find(says_hash), module = line.find(says_module);
    if (hash == line.npos || module == line.npos || module < hash || holds(line.substr(1), says_name) ||
        holds(line.substr(hash + 1), says_hash) || holds(line.substr(module + 1), says_module))
      return false;
    const auto name = line.substr(says_name.size(), hash - says_name.size());
    const auto number = line.substr(hash + says_hash.size(), module - hash - says_hash.size());
    if (name.empty() || !is_number(number)) return false;
    by_name[name].push_back({line.substr(module + says_module.size()), number});
    return true;
  }

  /// A number may be all that is left in a line. What cargo says begins with blanks.
  static bool is_piece(std::string_view line) {
    return !line.starts_with(" ") && !line.starts_with("{") &&
           (holds(line, says_name) || holds(line, says_hash) || holds(line, says_module) ||
            (!line.empty() && line.front() >= '0' && line.front() <= '9') || line.starts_with("_"));
  }

  /// Whether the profile has the function for this module.
  bool is_known_in(std::string_view module, const ProfileRecord& record) const {
    if (record.module.empty() || record.module == module) return true;
    const auto all = modules.find(record.function);
    return all != modules.end() && std::ranges::find(all->second, module) != all->second.end();
  }

  struct Found {
    bool name = false, hash = false, elsewhere = false;
  };

  Found find(const ProfileRecord& record) const {
    Found found;
    const auto number = std::to_string(record.hash);
    if (const auto known = by_name.find(record.function); known != by_name.end())
      for (const auto& one : known->second) {
        found.elsewhere = true;
        if (!is_known_in(one.module, record)) continue;
        found.name = true;
        found.hash = found.hash || one.hash == number;
      }
    if (found.hash || pieces.empty() || !holds(pieces, record.function) ||
        (!record.module.empty() && !modules.contains(record.function) && !holds(pieces, record.module)))
      return found;
    return {true, holds(pieces, number), true};
  }
};

/// "hexyl.e965e879a8422220-cgu.0;_ZN...": the module, and the symbol.
void split_name(std::string_view text, ProfileRecord& record) {
  const auto semicolon = text.rfind(';');
  if (semicolon != text.npos) record.module = text.substr(0, semicolon);
  record.function = text.substr(semicolon == text.npos ? 0 : semicolon + 1);
}

void add_counts(std::string_view list, ProfileRecord& record) {
  for (std::size_t at = 0; at < list.size();) {
    std::uint64_t count = 0;
    const auto [end, failed] = std::from_chars(list.data() + at, list.data() + list.size(), count);
    if (failed == std::errc()) {
      record.counts.push_back(count);
      record.count += static_cast<double>(count);
    }
    at = std::max<std::size_t>(at + 1, static_cast<std::size_t>(end - list.data()));
  }
}

/// Clones of a local function that was promoted (.llvm.123) are looked up by their own name.
std::string crate_of(const ProfileRecord& record) {
  const auto crate = crate_of_symbol(base_name(record.function));
  return crate.empty() ? "(not Rust)" : crate;
}

}  // namespace

std::vector<ProfileRecord> profile_records(std::string_view shown) {
  std::vector<ProfileRecord> records;
  for_lines_of(shown, [&](std::string_view line) {
    if (line.starts_with("  ") && !line.starts_with("   ") && line.ends_with(":")) {
      records.emplace_back();
      split_name(line.substr(2, line.size() - 3), records.back());
    }
    if (records.empty() || !line.starts_with("    ")) return;
    line.remove_prefix(4);
    const auto value_of = [&](std::string_view key) {
      return line.starts_with(key) ? line.substr(key.size()) : std::string_view();
    };
    if (const auto hash = value_of("Hash: 0x"); !hash.empty())
      std::from_chars(hash.data(), hash.data() + hash.size(), records.back().hash, 16);
    add_counts(value_of("Function count: "), records.back());
    add_counts(value_of("Block counts: "), records.back());
  });
  return records;
}

bool has_lookups(std::string_view log) {
  return holds(log, says_name) && holds(log, says_hash);
}

HotCounts hot_counts(const std::vector<ProfileRecord>& records, std::string_view log,
                     const std::vector<ProfileRecord>& used) {
  const Lookups lookups(log, used);
  struct Sums {
    double all = 0, by_name = 0, by_hash = 0, moved = 0;
    void add(double count, const Lookups::Found& found) {
      all += count;
      if (found.name) by_name += count;
      if (found.hash) by_hash += count;
      if (!found.name && found.elsewhere) moved += count;
    }
  } sum;
  const bool is_rust = std::ranges::any_of(
      records, [](const auto& record) { return !crate_of_symbol(base_name(record.function)).empty(); });
  std::map<std::string, Sums> crates;
  std::vector<const ProfileRecord*> lost;
  for (const auto& record : records) {
    if (is_rust && record.function == "main") continue;
    const auto found = lookups.find(record);
    sum.add(record.count, found);
    crates[crate_of(record)].add(record.count, found);
    if (!found.hash && record.count > 0) lost.push_back(&record);
  }
  const auto fraction = [](double part, double all) { return all == 0 ? 0 : part / all; };
  HotCounts counts{.by_name = fraction(sum.by_name, sum.all),
                   .by_hash = fraction(sum.by_hash, sum.all),
                   .moved = fraction(sum.moved, sum.all),
                   .total = sum.all,
                   .crates = {},
                   .missing = {}};
  for (const auto& [crate, own] : crates)
    if (own.all > 0)
      counts.crates.push_back({crate, fraction(own.all, sum.all), fraction(own.by_name, own.all),
                               fraction(own.by_hash, own.all)});
  std::ranges::stable_sort(counts.crates, std::greater<>(), &CrateCounts::share);
  std::ranges::stable_sort(lost, std::greater<>(), [](const auto* record) { return record->count; });
  constexpr std::size_t shown = 3;
  for (std::size_t i = 0; i < std::min(shown, lost.size()); ++i)
    counts.missing.push_back(readable_name(lost[i]->function));
  return counts;
}

}  // namespace pgo_orch::pgo
