#pragma once
// How many slips of the finger lie between two words, for "did you mean".

#include <cstddef>
#include <string_view>

namespace pgo_orch::toolchains {

/// Damerau-Levenshtein in its "optimal string alignment" form: insertions, deletions, substitutions, swaps of
/// neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace pgo_orch::toolchains
