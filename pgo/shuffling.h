#pragma once
// The final stage once more, by a linker that links each program again with its sections in other orders.

#include "pgo/recipe.h"

namespace pgo_orch::pgo {

/// How often each program is linked again.
inline constexpr int shuffled_orders = 5;

struct Shuffling {
  BuildStep build;               ///< in a target folder of its own; its executables are not of interest
  GeneratedFile linker;          ///< a script, to be made executable, that `build` links with
  std::filesystem::path folder;  ///< where the script puts its executables

  /// The program with its sections in one of the orders, 0 to shuffled_orders - 1.
  std::filesystem::path executable(const std::string& program, int order) const;
};

/// `driver` links otherwise, and links by lld with `lld_arguments`. What lld shuffles are the sections of
/// code and of constants, one a function or constant (rustc has -ffunction-sections on), by a seed of its
/// own; without --no-call-graph-profile-sort it would put the calls that a profile counted first. Only
/// cargo's linker differs: so -C metadata and with it every symbol is the same, and profiles fit.
Shuffling shuffling_of(const Recipe& recipe, const std::string& driver,
                       const std::vector<std::string>& lld_arguments);

}  // namespace pgo_orch::pgo
