#pragma once
// Which functions a user means: globs over their paths.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::pgo {

/// What a function is called in stacks: its readable name without what compilers append to parts and copies
/// (".llvm.123", ".cold", ".constprop.0") and linkers to versions ("@@GLIBC_2.34").
std::string function_name(const std::string& symbol);

/// The paths that patterns are held against: without generic arguments, legacy hashes, suffixes as above.
/// "<fib::P<T> as fib::Area>::area" has two, "fib::P::area" and "fib::Area::area"; of the toolchain's traits
/// only those for primitive types count: what core does for a type of yours is your code.
std::vector<std::string> paths_of_symbol(std::string_view readable);

/// True if the pattern covers the function's readable name or one of its paths. `*` stands for any text, `::`
/// included; everything else for itself. "fib::sum" covers "fib::sum::<u32>"; "fib::parse::*" covers
/// "<fib::parse::Parser as core::iter::Iterator>::next", and "core::*" does not.
bool matches_symbol(std::string_view pattern, std::string_view readable, std::span<const std::string> paths);
bool matches_symbol(std::string_view pattern, std::string_view readable);

}  // namespace pgo_orch::pgo
