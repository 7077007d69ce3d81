#pragma once
// Finding in lists, in one expression.

#include <algorithm>

namespace pgo_orch::orchestrator {

bool contains(const auto& all, const auto& value) {
  return std::ranges::find(all, value) != std::ranges::end(all);
}

/// The first whose `member` is `value`; null: there is none.
auto* find_by(auto& all, auto member, const auto& value) {
  const auto found = std::ranges::find(all, value, member);
  return found == std::ranges::end(all) ? nullptr : &*found;
}

}  // namespace pgo_orch::orchestrator
