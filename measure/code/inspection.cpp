#include "measure/code/inspection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "pgo/symbol.h"

namespace pgo_orch::measure {

namespace {

/// A function's name in the table: with its type's path, without generic arguments.
std::string path_of(const std::string& name) {
  const auto paths = pgo::paths_of_symbol(name);
  return paths.empty() ? name : paths.front();
}

std::string describe(const VectorUse& use) {
  std::vector<std::string> parts;
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0) parts.push_back(fmt::format("{} of {}", count, what));
  };
  add(use.bits128, "128 bits");
  add(use.bits256, "256 bits");
  add(use.bits512, "512 bits");
  add(use.scalable, "scalable width");
  return fmt::format("{}", fmt::join(parts, ", "));
}

InspectedFunction present_row(const VariantCode& variant, const FunctionCode& function) {
  InspectedFunction row{.symbol = function.name,
                        .variant = variant.variant,
                        .state = CodeState::present,
                        .size = function.size,
                        .instructions = static_cast<std::int64_t>(function.counts.instructions),
                        .vectors = describe(function.counts.vector),
                        .called_from = function.called_from};
  for (const auto& [callee, sites] : function.counts.calls) row.calls += static_cast<std::int64_t>(sites);
  if (const auto copies = variant.inlined.find(function.name); copies != variant.inlined.end())
    row.inlined_copies = static_cast<std::int64_t>(copies->second);
  return row;
}

/// A variant's functions and inlined copies by path.
struct ByPath {
  explicit ByPath(const VariantCode& code) : variant(code) {
    for (const FunctionCode& function : code.functions)
      functions[path_of(function.name)].push_back(&function);
    for (const auto& [name, count] : code.inlined) copies[path_of(name)] += count;
  }
  const VariantCode& variant;
  std::map<std::string, std::vector<const FunctionCode*>> functions;
  std::map<std::string, std::size_t> copies;
};

InspectedFunction missing_row(const ByPath& code, const std::string& path) {
  const auto copies = code.copies.find(path);
  const bool inlined = copies != code.copies.end();
  return {.symbol = path,
          .variant = code.variant.variant,
          .state = inlined ? CodeState::inlined : CodeState::absent,
          .inlined_copies = inlined ? static_cast<std::int64_t>(copies->second) : 0};
}

/// The rows of one path in one variant.
std::vector<InspectedFunction> rows_of(const ByPath& code, const std::string& pattern,
                                       const std::string& path) {
  std::vector<InspectedFunction> rows;
  if (const auto here = code.functions.find(path); here != code.functions.end())
    for (const FunctionCode* function : here->second)
      if (pgo::matches_symbol(pattern, function->name)) rows.push_back(present_row(code.variant, *function));
  std::ranges::stable_sort(rows, {}, &InspectedFunction::symbol);
  if (rows.empty()) rows.push_back(missing_row(code, path));
  for (InspectedFunction& row : rows) row.pattern = pattern;
  return rows;
}

/// "next" of "fib::Parser::next".
std::string last_segment(const std::string& path) {
  const auto colons = path.rfind("::");
  return colons == std::string::npos ? path : path.substr(colons + 2);
}

/// Names with the same last segment come first (a wrong module), then those that contain it.
std::vector<std::string> near_names(const std::string& pattern, const std::set<std::string>& names) {
  constexpr std::size_t most = 5;
  std::string word = last_segment(pattern);
  std::erase(word, '*');
  std::vector<std::string> same, within;
  if (word.empty()) return same;
  for (const std::string& name : names) {
    for (const std::string& path : pgo::paths_of_symbol(name)) {
      const std::string last = last_segment(path);
      if (last == word)
        same.push_back(path);
      else if (last.find(word) != std::string::npos)
        within.push_back(path);
    }
  }
  same.insert(same.end(), within.begin(), within.end());
  std::vector<std::string> near;
  for (const std::string& path : same)
    if (near.size() < most && std::ranges::find(near, path) == near.end()) near.push_back(path);
  return near;
}

}  // namespace

std::vector<InspectedFunction> inspect(const std::vector<std::string>& patterns,
                                       const std::vector<VariantCode>& variants,
                                       const std::vector<std::string>& known) {
  std::set<std::string> names(known.begin(), known.end());
  for (const VariantCode& variant : variants) {
    names.insert(variant.names.begin(), variant.names.end());
    for (const auto& [name, copies] : variant.inlined) names.insert(name);
  }
  const std::vector<ByPath> codes(variants.begin(), variants.end());

  std::vector<InspectedFunction> rows;
  for (const std::string& pattern : patterns) {
    std::set<std::string> paths;
    for (const std::string& name : names)
      if (pgo::matches_symbol(pattern, name)) paths.insert(path_of(name));
    for (const std::string& path : paths) {
      for (const ByPath& code : codes) {
        const auto added = rows_of(code, pattern, path);
        rows.insert(rows.end(), added.begin(), added.end());
      }
    }
    if (!paths.empty()) continue;
    const auto near = near_names(pattern, names);
    for (const VariantCode& variant : variants)
      rows.push_back({.pattern = pattern, .variant = variant.variant, .near = near});
  }
  return rows;
}

std::vector<toolchains::FunctionSymbol> matching(const std::vector<toolchains::FunctionSymbol>& functions,
                                                 const std::vector<std::string>& patterns) {
  std::vector<toolchains::FunctionSymbol> found;
  for (const auto& function : functions) {
    const std::string name = pgo::readable_name(function.name);
    const auto covers = [&](const std::string& pattern) { return pgo::matches_symbol(pattern, name); };
    if (std::ranges::any_of(patterns, covers)) found.push_back(function);
  }
  return found;
}

}  // namespace pgo_orch::measure
