#pragma once
// Functions as people call them, and the patterns that pick some of them.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::measure {

/// A symbol as it stands in stacks: demangled (both of rustc's schemes, C++ without parameters), without
/// hashes, without what compilers append to clones (".llvm.123", ".cold", ".constprop.0") and linkers to
/// versions ("@@GLIBC_2.34"), and with ':' for ';', which separates frames.
std::string function_name(const std::string& symbol);

/// The plain paths that a function goes by, without generic arguments:
/// - "core::ptr::drop_in_place::<a::B>" is core::ptr::drop_in_place;
/// - an implementation's "<&mut a::B<T> as c::D>::e" is a::B::e, and c::D::e unless c is core, alloc or std:
///   what a trait of theirs does for a type of yours is your code.
std::vector<std::string> plain_paths(std::string_view name);

/// True if `pattern` is one of the paths, or the name as it is; `*` stands for any text, "::" included.
bool matches(std::string_view pattern, std::string_view name, std::span<const std::string> plain_paths);

}  // namespace pgo_orch::measure
