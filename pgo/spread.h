#pragma once
// Functions that are local to a codegen unit have its name before theirs in a profile, and rustc numbers a
// crate's units by their size: after an edit anywhere in the crate a function may be in another one, where
// LLVM does not find it. So the hot ones are put into a saved profile for every unit that their crate may
// have.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pgo_orch::pgo {

/// Of what `llvm-profdata merge --text` prints: with the functions that make up nearly all counts once for
/// each unit. None: no function is local to a unit.
std::optional<std::string> spread_over_units(std::string_view text);

/// `profile` with the summary of `original`, by which LLVM tells hot from cold: copies must not change that.
/// Both as llvm-profdata of one version writes them. None: they are not as expected.
std::optional<std::string> with_summary_of(std::string_view original, std::string profile);

}  // namespace pgo_orch::pgo
