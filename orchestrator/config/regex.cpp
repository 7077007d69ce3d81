#include "orchestrator/config/regex.h"

#include <fmt/format.h>

#include <boost/regex.hpp>

#include "toolchains/error.h"

namespace pgo_orch::orchestrator {

std::string regex_error(const std::string& pattern) {
  try {
    const boost::regex expression(pattern);
    return "";
  } catch (const boost::regex_error& error) {
    return error.what();
  }
}

bool regex_found(const std::string& pattern, const std::string& text) {
  try {
    return boost::regex_search(text, boost::regex(pattern));
  } catch (const std::runtime_error& error) {
    throw Error(fmt::format("stdout-matches \"{}\": {}", pattern, error.what()));
  }
}

}  // namespace pgo_orch::orchestrator
