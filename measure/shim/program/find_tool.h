#pragma once
// Which program stands behind a name.

#include <string>
#include <string_view>

namespace pgo_orch::shim {

/// What kind of tool a name means.
enum class Family { rustc, cargo, c, cxx, linker, other };

/// "gcc", "x86_64-linux-gnu-gcc-12", "clang-22" are C compilers; "g++-12", "clang++", "c++" of C++; "ld",
/// "ld.lld", "lld", "mold" linkers.
Family family_of(std::string_view name);

/// The next program of that name on the PATH that neither lies in the folder of PGO_ORCH_SHIM_DIR nor is this
/// very program, both told by device and inode; a name with a slash is a path, which is taken as it is unless
/// it is one of those. Empty if there is none.
std::string find_tool(const std::string& name);

/// The compiler of C++ that belongs to one of C: "clang-22" -> "clang++-22", "/usr/bin/gcc" ->
/// "/usr/bin/g++".
std::string cxx_counterpart(const std::string& c_compiler);

}  // namespace pgo_orch::shim
