#pragma once
// Groups of functions that the user defines, and their shares of a run's time.

#include <cstdint>
#include <string>
#include <vector>

#include "measure/schema.h"
#include "measure/stacks/stacks.h"

namespace pgo_orch::measure {

/// A [[phase]] of pgo.toml.
struct SymbolGroup {
  std::string name;
  /// Paths without generic arguments, `*` for any text: "fib::parse::*" is everything below, in any form (see
  /// pgo::paths_of_symbol), "fib::fib" one function. "[ld.lld]" is a process: what no function of it claims.
  std::vector<std::string> symbols;
};

/// Time by groups of functions, the innermost that matches.
struct GroupShares {
  std::string source;  ///< "perf cpu-clock", "callgrind"
  std::string unit;    ///< "samples", "instructions"
  std::int64_t total = 0;
  std::vector<Phase> groups;       ///< in the given order; the last is "other". None: no groups were given
  std::vector<Phase> functions;    ///< those that take the most themselves
  std::vector<std::string> notes;  ///< patterns that no function matched
  bool operator==(const GroupShares&) const = default;
};

/// Each stack counts for the group that claims its innermost frame (the first group, if several do; the next
/// frame, if none does): time in memcpy or in a hash map belongs to the phase that calls it, while a phase
/// that runs inside another, such as a lexer in a parser, has its own time. So each count is in one group
/// only. `time` is the time of the whole run or build, of which the groups have shares that sum to 1.
GroupShares attribute(const Stacks& stacks, const std::vector<SymbolGroup>& groups, Nanoseconds time = {});

}  // namespace pgo_orch::measure
