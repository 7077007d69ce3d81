#pragma once
// Groups of functions that the user defines, and their shares of a run's time.

#include <string>
#include <vector>

#include "measure/stacks/stacks.h"

namespace pgo_orch::measure {

/// A [[phase]] of pgo.toml.
struct SymbolGroup {
  std::string name;
  /// Paths without generic arguments, `*` for any text: "fib::parse::*" is everything below, in any form (see
  /// pgo::paths_of_symbol), "fib::fib" one function. "[ld.lld]" is a process: what no function of it claims.
  std::vector<std::string> symbols;
};

/// A function and its fraction of everything.
struct SymbolShare {
  std::string name;
  double share = 0;
};

/// A pattern that no function matched.
struct UnmatchedPattern {
  std::string pattern;
  std::vector<std::string> nearest;  ///< similar names, best first, at most three; may be empty
};

struct GroupShare {
  std::string name;
  double share = 0;                    ///< fraction of everything
  std::vector<SymbolShare> functions;  ///< that matched, largest first
  std::vector<UnmatchedPattern> unmatched;
};

/// Shares that sum to 1 (all zero if there are no counts).
struct GroupShares {
  std::vector<GroupShare> groups;  ///< in the given order
  GroupShare other;                ///< in no group, by the innermost functions
};

/// Each stack counts for the group that claims its innermost frame (the first group, if several do; the next
/// frame, if none does): time in memcpy or in a hash map belongs to the phase that calls it, while a phase
/// that runs inside another, such as a lexer in a parser, has its own time. So each count is in one group
/// only.
GroupShares attribute(const Stacks& stacks, const std::vector<SymbolGroup>& groups);

/// " (did you mean 'a' or 'b'?)", "" if nothing is near.
std::string did_you_mean(const UnmatchedPattern& pattern);

}  // namespace pgo_orch::measure
