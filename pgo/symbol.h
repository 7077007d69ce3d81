#pragma once
// Names of functions as they are in symbol tables and profiles: rustc's two manglings, legacy ("_ZN...E")
// and v0 ("_R...").

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::pgo {

/// False for names that are the same in any build, such as main.
bool is_mangled(const std::string& symbol);

/// Without what LLVM appends to clones and promoted locals: ".llvm.123", ".cold", ".cold.1", ".7". A name
/// that is not rustc's stays as it is.
std::string base_name(const std::string& symbol);

/// By libiberty, without hashes; "" if it is not a name of Rust's.
std::string demangled(const std::string& symbol);

/// The name as people write it: Rust's and C++'s demangled (C++'s without parameters), C's as it is. What a
/// compiler appended to a part or a copy of a function stays ("fib::sum.cold", "hot.constprop.0"), but for
/// LLVM's mark of a promoted local,
/// ".llvm.123".
std::string readable_name(const std::string& symbol);

/// Where the ">" is that closes the text's leading "<"; the text's size if none does. The one of "->" (in
/// legacy names ".>") closes nothing.
std::size_t end_of_angle(std::string_view text);

/// The crate that a mangled name is of, "" if it is none. An implementation belongs to the
/// crate of its type or of its trait: "<core::option::Option<T> as a::B>::c" is a's, "<&mut
/// a::B as core::fmt::Debug>::fmt" too.
std::string crate_of_symbol(const std::string& symbol);

/// What a function is called in stacks: its readable name without what compilers append to parts and copies
/// (".llvm.123", ".cold", ".constprop.0") and linkers to versions ("@@GLIBC_2.34").
std::string function_name(const std::string& symbol);

/// The paths that patterns are held against: without generic arguments, legacy hashes, suffixes as above.
/// "<fib::P<T> as fib::Area>::area" has two, "fib::P::area" and "fib::Area::area"; of the toolchain's traits
/// only those for primitive types count: what core does for a type of yours is your code.
std::vector<std::string> paths_of_symbol(std::string_view readable);

/// True if the pattern covers the function's readable name or one of its paths. `*` matches any text, `::`
/// included; everything else only itself. "fib::sum" covers "fib::sum::<u32>"; "fib::parse::*" covers
/// "<fib::parse::Parser as core::iter::Iterator>::next", and "core::*" does not.
bool matches_symbol(std::string_view pattern, std::string_view readable, std::span<const std::string> paths);
bool matches_symbol(std::string_view pattern, std::string_view readable);

}  // namespace pgo_orch::pgo
