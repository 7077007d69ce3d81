#pragma once
// Which functions a user means: globs over their paths.

#include <string>
#include <vector>

namespace pgo_orch::pgo {

/// True if the pattern covers the function of this readable name (see readable_name). `*` stands for any
/// text,
/// `::` included; everything else for itself, and a pattern is about the whole path. What a path does not
/// need is not counted: generic arguments, legacy hashes, compilers' suffixes of parts and copies (".cold",
/// ".constprop.0").
///
/// "fib::sum" covers "fib::sum::<u32>"; "fib::parse::*" covers
/// "<fib::parse::Parser as core::iter::Iterator>::next", whose path is "fib::parse::Parser::next". A trait's
/// path counts too, but the toolchain's own ones for primitive types only: "core::*" covers no user's
/// implementation.
bool matches_symbol(const std::string& pattern, const std::string& readable);

/// The paths that patterns are held against, as above. For showing, and for near names.
std::vector<std::string> paths_of_symbol(const std::string& readable);

}  // namespace pgo_orch::pgo
