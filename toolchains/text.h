#pragma once
// Reading what tools print, and finding near words.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgo_orch::toolchains {

/// Lines without their ends, and without a last empty one.
std::vector<std::string> lines_of(std::string_view text);

/// What white space separates.
std::vector<std::string> split_words(const std::string& text);

/// Without white space at both ends: a part of `text`.
std::string_view trimmed(std::string_view text);

/// What follows `key` in the first line that starts with it, trimmed; "" if there is none.
std::string value_after(std::string_view text, std::string_view key);

/// The essence of what rustc, cargo or a linker complained about, in one line: the first error, and the last
/// of its notes that is not a command line. The last line where nothing says "error".
std::string complaint(std::string_view diagnostics);

/// "22.1.2" behind `prefix` in the text, such as in "Debian LLVM version 22.1.2-rust"; "" if there is none.
std::string version_after(std::string_view text, std::string_view prefix);

/// The number before the first dot; 0 if there is none.
int major_of(std::string_view version);

/// Whether JSON text has objects and arrays nested deeper than anything that pgo-orch reads. What walks
/// through a document descends one call a level.
bool is_nested_too_deep(std::string_view json);

/// Damerau-Levenshtein in its "optimal string alignment" form: insertions, deletions, substitutions,
/// swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace pgo_orch::toolchains
