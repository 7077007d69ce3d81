#include "pgo/proof.h"

#include <algorithm>

#include "pgo/symbol.h"

namespace pgo_orch::pgo {

MetadataProof compare_metadata(const Units& instrumented, const Units& optimized) {
  MetadataProof proof;
  const auto crate = [](const std::string& key) { return key.substr(0, key.find('\t')); };
  for (const auto& [key, metadata] : instrumented.metadata) {
    const auto other = optimized.metadata.find(key);
    ++proof.units;
    if (other == optimized.metadata.end() || other->second != metadata) proof.differing.push_back(crate(key));
  }
  for (const auto& [key, metadata] : optimized.metadata) {
    if (!instrumented.metadata.contains(key)) proof.differing.push_back(crate(key));
  }
  std::ranges::sort(proof.differing);
  proof.differing.erase(std::unique(proof.differing.begin(), proof.differing.end()), proof.differing.end());
  return proof;
}

namespace {

/// Calls `name` with each function's name, and `detail` with each line about it: a function's line is
/// "  NAME:", two spaces deep; its details are indented further.
void for_each_function(std::string_view shown, const auto& name, const auto& detail) {
  while (!shown.empty()) {
    const auto end = std::min(shown.find('\n'), shown.size());
    auto line = shown.substr(0, end);
    shown.remove_prefix(std::min(end + 1, shown.size()));
    if (line.starts_with("    ")) detail(line.substr(4));
    if (!line.starts_with("  ") || line.starts_with("   ") || !line.ends_with(":")) continue;
    line = line.substr(2, line.size() - 3);
    line.remove_prefix(line.rfind(';') == std::string_view::npos ? 0 : line.rfind(';') + 1);
    name(base_name(std::string(line)));
  }
}

}  // namespace

std::set<std::string> profile_functions(std::string_view shown) {
  std::set<std::string> names;
  for_each_function(shown, [&](std::string name) { names.insert(std::move(name)); }, [](auto) {});
  return names;
}

std::vector<std::string> functions_of_c(const std::set<std::string>& profile) {
  std::vector<std::string> names;
  for (const auto& name : profile)
    if (demangled(name).empty() && name != "main") names.push_back(name);
  return names;
}

std::set<std::string> called_functions(std::string_view shown) {
  std::set<std::string> names;
  std::string current;
  const auto detail = [&](std::string_view line) {
    for (const std::string_view counts : {"Function count: ", "Block counts: "})
      if (line.starts_with(counts) &&
          line.find_first_of("123456789", counts.size()) != std::string_view::npos)
        names.insert(current);
  };
  for_each_function(shown, [&](std::string name) { current = std::move(name); }, detail);
  return names;
}

double Coverage::fraction() const {
  const auto all = matched + missing;
  return all == 0 ? 0.0 : static_cast<double>(matched) / static_cast<double>(all);
}

namespace {

/// The crates of rustc's own std, precompiled in every program (rustc 1.95).
bool is_of_toolchain(const std::string& crate) {
  static const std::set<std::string> crates{"std",         "core",
                                            "alloc",       "panic_unwind",
                                            "panic_abort", "std_detect",
                                            "proc_macro",  "test",
                                            "unwind",      "cfg_if",
                                            "hashbrown",   "memchr",
                                            "addr2line",   "rustc_demangle",
                                            "miniz_oxide", "gimli",
                                            "object",      "adler2",
                                            "backtrace",   "libc",
                                            "getopts",     "compiler_builtins",
                                            "__rustc"};
  return crates.contains(crate);
}

/// Looks every symbol up, once. `counts` says whether one that is missing does count.
template <class Counts>
Coverage look_up(const std::set<std::string>& profile, const std::vector<std::string>& symbols,
                 Counts counts) {
  Coverage coverage;
  coverage.in_profile = static_cast<std::int64_t>(profile.size());
  std::set<std::string> seen;
  for (const auto& symbol : symbols) {
    const std::string name = base_name(symbol);
    const bool found = profile.contains(name);
    if (!seen.insert(name).second || !counts(name, found)) continue;
    if (found) {
      ++coverage.matched;
    } else {
      ++coverage.missing;
      if (coverage.examples.size() < 3) coverage.examples.push_back(demangled(name));
    }
  }
  return coverage;
}

}  // namespace

Coverage count_coverage(const std::set<std::string>& profile, const std::vector<std::string>& symbols,
                        const std::set<std::string>& crates) {
  return look_up(profile, symbols, [&](const std::string& name, bool) {
    return is_mangled(name) && crates.contains(crate_of_symbol(name));
  });
}

Coverage count_coverage(const std::set<std::string>& profile, const std::vector<std::string>& symbols) {
  return look_up(profile, symbols, [](const std::string& name, bool found) {
    if (!is_mangled(name) || crate_of_symbol(name).empty()) return found && name != "main";
    return !is_of_toolchain(crate_of_symbol(name));
  });
}

}  // namespace pgo_orch::pgo
