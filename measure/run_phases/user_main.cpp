#include "measure/run_phases/user_main.h"

#include <algorithm>

#include "pgo/symbol.h"
#include "toolchains/elf.h"

namespace pgo_orch::measure {
namespace {

/// rustc makes C's main call std::rt::lang_start with the user's.
bool is_rust(const std::filesystem::path& executable) {
  return std::ranges::any_of(toolchains::function_symbols(executable), [](const std::string& symbol) {
    return symbol.find("10lang_start") != std::string::npos && pgo::is_mangled(symbol);
  });
}

/// The cold part of a function is a symbol of its own.
bool is_cold_part(const std::string& symbol) {
  return symbol.find(".cold") != std::string::npos;
}

}  // namespace

bool is_user_main(const std::string& symbol, const std::string& crate) {
  if (!pgo::is_mangled(symbol) || is_cold_part(symbol)) return false;
  const std::string name = pgo::demangled(pgo::base_name(symbol));
  if (!crate.empty()) return name == crate + "::main";
  return name.ends_with("::main") && name.find("::") == name.size() - 6 && name.front() != '<';
}

toolchains::Landmarks landmarks_of(const std::filesystem::path& executable, const std::filesystem::path& twin,
                                   const std::string& crate) {
  if (crate.empty() && !is_rust(twin.empty() ? executable : twin))
    return toolchains::find_landmarks(executable, twin);
  std::string name = crate;
  std::ranges::replace(name, '-', '_');
  return toolchains::find_landmarks(executable, twin,
                                    [name](const std::string& symbol) { return is_user_main(symbol, name); });
}

}  // namespace pgo_orch::measure
