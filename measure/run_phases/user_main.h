#pragma once
// Landmarks with the user's main of Rust programs, whose symbols are mangled.

#include <filesystem>
#include <string>

#include "toolchains/landmarks.h"

namespace pgo_orch::measure {

/// Whether a symbol is "CRATE::main", in either of rustc's manglings. "": of whichever crate.
bool is_user_main(const std::string& symbol, const std::string& crate);

/// Where the landmarks of an executable are. `crate` makes it a Rust program's, whose user's main is that of
/// the crate (a package's name with dashes will do); "": a Rust program's is known by its symbols. `twin`:
/// the same link, not stripped. Throws Error if a file is no ELF file.
toolchains::Landmarks landmarks_of(const std::filesystem::path& executable,
                                   const std::filesystem::path& twin = {}, const std::string& crate = "");

}  // namespace pgo_orch::measure
