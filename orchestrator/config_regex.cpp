#include "orchestrator/config_regex.h"

// GCC 12 warns about libstdc++'s own <regex> when it is compiled with the address sanitizer.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include <regex>

namespace pgo_orch::orchestrator {

std::string regex_error(const std::string& pattern) {
  // std::regex recurses with the pattern's nesting.
  if (pattern.size() > 4096) return "longer than 4096 characters";
  try {
    const std::regex expression(pattern, std::regex::ECMAScript);
    return "";
  } catch (const std::regex_error& error) {
    return error.what();
  }
}

}  // namespace pgo_orch::orchestrator
