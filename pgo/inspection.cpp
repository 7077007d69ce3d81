#include "pgo/inspection.h"

#include <algorithm>
#include <set>

#include "pgo/symbol.h"
#include "pgo/symbol_pattern.h"

namespace pgo_orch::pgo {

namespace {

bool any_matches(const std::string& pattern, const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [&](const auto& name) { return matches_symbol(pattern, name); });
}

InspectionRow present_row(const std::string& pattern, const VariantCode& variant,
                          const FunctionCode& function) {
  InspectionRow row{.pattern = pattern,
                    .variant = variant.variant,
                    .state = CodeState::present,
                    .name = function.name,
                    .size = function.size,
                    .instructions = function.counts.instructions,
                    .vector = function.counts.vector,
                    .called_from = function.called_from};
  for (const auto& [callee, sites] : function.counts.calls) row.calls[readable_name(callee)] += sites;
  if (const auto copies = variant.inlined.find(function.name); copies != variant.inlined.end())
    row.inlined_copies = copies->second;
  return row;
}

InspectionRow missing_row(const std::string& pattern, const VariantCode& variant, bool is_known) {
  InspectionRow row{.pattern = pattern,
                    .variant = variant.variant,
                    .state = is_known ? CodeState::absent : CodeState::unknown};
  for (const auto& [name, copies] : variant.inlined)
    if (matches_symbol(pattern, name)) row.inlined_copies += copies;
  if (row.inlined_copies > 0) row.state = CodeState::inlined;
  return row;
}

/// "next" of "fib::Parser::next".
std::string last_segment(const std::string& path) {
  const auto colons = path.rfind("::");
  return colons == std::string::npos ? path : path.substr(colons + 2);
}

/// Whoever forgets or mistakes a module has the last word right; else the word may be a part of a longer one.
std::vector<std::string> near_names(const std::string& pattern, const std::set<std::string>& names) {
  constexpr std::size_t most = 5;
  std::string word = last_segment(pattern);
  std::erase(word, '*');
  std::vector<std::string> same, within;
  if (word.empty()) return same;
  for (const std::string& name : names) {
    for (const std::string& path : paths_of_symbol(name)) {
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

std::string_view name_of(CodeState state) {
  switch (state) {
    case CodeState::present:
      return "present";
    case CodeState::inlined:
      return "inlined";
    case CodeState::absent:
      return "absent";
    case CodeState::unknown:
      return "unknown";
  }
  return "";
}

std::vector<InspectionRow> inspect(const std::vector<std::string>& patterns,
                                   const std::vector<VariantCode>& variants,
                                   const std::vector<std::string>& known) {
  std::set<std::string> names(known.begin(), known.end());
  for (const VariantCode& variant : variants) {
    names.insert(variant.names.begin(), variant.names.end());
    for (const auto& [name, copies] : variant.inlined) names.insert(name);
  }
  const std::vector<std::string> all(names.begin(), names.end());

  std::vector<InspectionRow> rows;
  for (const std::string& pattern : patterns) {
    const bool is_known = any_matches(pattern, all);
    const auto near = is_known ? std::vector<std::string>{} : near_names(pattern, names);
    for (const VariantCode& variant : variants) {
      const auto first = rows.size();
      for (const FunctionCode& function : variant.functions)
        if (matches_symbol(pattern, function.name)) rows.push_back(present_row(pattern, variant, function));
      if (rows.size() == first) {
        rows.push_back(missing_row(pattern, variant, is_known));
        rows.back().near = near;
      }
      std::ranges::stable_sort(rows.begin() + first, rows.end(), {}, &InspectionRow::name);
    }
  }
  return rows;
}

std::vector<toolchains::FunctionSymbol> matching(const std::vector<toolchains::FunctionSymbol>& functions,
                                                 const std::vector<std::string>& patterns) {
  std::vector<toolchains::FunctionSymbol> found;
  for (const auto& function : functions) {
    const std::string name = readable_name(function.name);
    const auto covers = [&](const std::string& pattern) { return matches_symbol(pattern, name); };
    if (std::ranges::any_of(patterns, covers)) found.push_back(function);
  }
  return found;
}

}  // namespace pgo_orch::pgo
