#pragma once
// Lists of arguments: split, and with response files read.

#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::shim {

using Arguments = std::vector<std::string>;

/// The parts between 0x1f; none of a null pointer or an empty text.
Arguments split_flags(const char* text);

enum class Quoting { lines, gnu };

/// The arguments with each `@FILE` replaced by what the file holds: for reading only, the tool reads them
/// itself. Lines are rustc's way (an argument each), gnu is that of C compilers (split at white space, with
/// quotes and backslashes; such files may name others). A file that can't be read stays as the argument that
/// it is.
Arguments expanded(const Arguments& arguments, Quoting quoting);

/// Puts `more` at the end of `arguments`, but before a `--`.
void append_options(Arguments& arguments, const Arguments& more);

/// The last part of a path.
std::string_view base_name(std::string_view path);

}  // namespace pgo_orch::shim
