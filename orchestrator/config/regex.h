#pragma once
// Regular expressions of the configuration, in Perl's syntax as Boost.Regex has it: the standard library's
// recurse with the length of the text, and a program may print gigabytes.

#include <string>

namespace pgo_orch::orchestrator {

/// What is wrong with the pattern; "" if nothing is.
std::string regex_error(const std::string& pattern);

/// Whether the pattern is found somewhere in the text. Error: it takes too many steps to tell.
bool regex_found(const std::string& pattern, const std::string& text);

}  // namespace pgo_orch::orchestrator
