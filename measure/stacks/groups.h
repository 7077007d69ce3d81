#pragma once
// Groups of functions, as a user names them, and their shares of a run's time.

#include <string>
#include <vector>

#include "measure/stacks/stacks.h"

namespace pgo_orch::measure {

/// A [[phase]] of pgo.toml.
struct SymbolGroup {
  std::string name;
  /// Paths without generic arguments, `*` for any text: "fib::parse::*" is all below, in whatever form (see
  /// `plain_paths`), "fib::fib" one function. "[ld.lld]" is a process: all of it that no function claims.
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
  std::vector<std::string> nearest;  ///< what may have been meant, best first, at most three; may be empty
};

struct GroupShare {
  std::string name;
  double share = 0;                    ///< fraction of everything
  std::vector<SymbolShare> functions;  ///< that the share was found by, largest first
  std::vector<UnmatchedPattern> unmatched;
};

/// Shares that sum to 1 (all zero if there are no counts).
struct GroupShares {
  std::vector<GroupShare> groups;  ///< in the given order
  GroupShare other;                ///< what no group claims, by the innermost functions
};

/// Each stack goes to the group of its innermost frame that any group claims (the first group, if several
/// do): what a phase spends in memcpy or in a hash map is the phase's own, while a phase that runs inside of
/// another, as a lexer does in a parser, is told apart from it. So each count is in one group only.
GroupShares attribute(const Stacks& stacks, const std::vector<SymbolGroup>& groups);

/// " (did you mean 'a' or 'b'?)", "" if nothing is near.
std::string did_you_mean(const UnmatchedPattern& pattern);

}  // namespace pgo_orch::measure
