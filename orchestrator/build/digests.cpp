#include "orchestrator/build/digests.h"

#include <regex>

#include "orchestrator/config/toml.h"
#include "orchestrator/plan/project.h"
#include "profiles/toml_document.h"
#include "toolchains/hash.h"
#include "toolchains/search_path.h"

namespace pgo_orch::orchestrator {

std::set<std::string> variables_for_c() {
  // As the crates cc, cmake and pkg-config read them: CC, TARGET_CC, CC_x86_64_unknown_linux_gnu.
  static const std::regex pattern(
      "((HOST|TARGET)_)?(CC|CXX|AR|RANLIB|CFLAGS|CXXFLAGS|CPPFLAGS|LDFLAGS|ARFLAGS|CXXSTDLIB)(_.*)?|"
      "(PKG_CONFIG|CMAKE)_.*|CRATE_CC_.*|SDKROOT|MACOSX_DEPLOYMENT_TARGET");
  std::set<std::string> names;
  for (const auto& [name, value] : current_environment())
    if (!value.empty() && std::regex_match(name, pattern)) names.insert(name);
  return names;
}

std::string digest_of_variable(const std::string& name) {
  const auto value = toolchains::variable(name).value_or("");
  return value.empty() ? "" : toolchains::sha256(value);
}

std::string digest_of_project(const Config& config) {
  const auto document = profiles::parse_toml(config.text, config.file);
  const auto* project = document["project"].as_table();
  return toolchains::sha256(project ? to_toml(*project) : "");
}

}  // namespace pgo_orch::orchestrator
