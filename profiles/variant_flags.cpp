#include "profiles/variant_flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace pgo_orch::profiles {

std::vector<Flag> variant_flags(const Settings& settings, const std::vector<std::string>& linker_flags) {
  std::vector<Flag> flags;
  const auto add = [&](std::string text, const char* key) {
    flags.push_back({std::move(text), fmt::format("variant ({})", key)});
  };
  if (settings.target_cpu) add("-Ctarget-cpu=" + *settings.target_cpu, "target-cpu");
  if (!settings.target_features.empty()) {
    add(fmt::format("-Ctarget-feature={}", fmt::join(settings.target_features, ",")), "target-features");
  }
  if (settings.crt_static)
    add(*settings.crt_static ? "-Ctarget-feature=+crt-static" : "-Ctarget-feature=-crt-static", "crt-static");
  if (settings.relocation_model) add("-Crelocation-model=" + *settings.relocation_model, "relocation-model");
  for (const auto& flag : linker_flags) add(flag, "linker");
  for (const auto& argument : settings.link_args) add("-Clink-arg=" + argument, "link-args");
  for (const auto& cfg : settings.cfg) add("--cfg=" + cfg, "cfg");
  for (const auto& flag : settings.rustflags) add(flag, "rustflags");
  return join_options(flags);
}

std::vector<FlagKey> profile_options(const Settings& settings) {
  std::vector<FlagKey> options;
  const auto add = [&](const char* key, const std::optional<std::string>& value) {
    if (value) options.push_back({key, *value});
  };
  const auto on_off = [](bool value) { return std::string(value ? "on" : "off"); };
  add("opt-level", settings.opt_level);
  add("lto", settings.lto);
  if (settings.codegen_units) add("codegen-units", std::to_string(*settings.codegen_units));
  add("panic", settings.panic);
  add("strip", settings.strip);
  if (settings.overflow_checks) add("overflow-checks", on_off(*settings.overflow_checks));
  if (settings.debug_assertions) add("debug-assertions", on_off(*settings.debug_assertions));
  // A package may have its own; which of the crates that is, rustc's command line does not say.
  std::erase_if(options, [&](const FlagKey& option) {
    return std::ranges::any_of(settings.packages,
                               [&](const auto& package) { return package.second.contains(option.key); });
  });
  return options;
}

}  // namespace pgo_orch::profiles
