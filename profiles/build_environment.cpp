#include "profiles/build_environment.h"

#include "profiles/generated.h"

namespace pgo_orch::profiles {
namespace {

/// "CARGO_TARGET_<TRIPLE>_RUSTFLAGS" and its kin: folded into the flags already.
bool carries_rustflags(const std::string& name) {
  return name == "RUSTFLAGS" || name == "CARGO_BUILD_RUSTFLAGS" ||
         (name.starts_with("CARGO_TARGET_") && name.ends_with("_RUSTFLAGS"));
}

}  // namespace

toolchains::EnvironmentChanges build_environment(const Settings& settings, const std::vector<Flag>& flags,
                                                 const UserConfig& user) {
  toolchains::EnvironmentChanges changes;
  for (const auto& [name, value] : user.environment()) {
    if (carries_rustflags(name)) changes[name] = std::nullopt;
  }
  for (const char* name :
       {"CARGO_TARGET_DIR", "CARGO_BUILD_TARGET_DIR", "CARGO_BUILD_TARGET", "CARGO_BUILD_RUSTC_WRAPPER",
        "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_INCREMENTAL", "CARGO_INCREMENTAL",
        "LLVM_PROFILE_FILE", "MAKEFLAGS", "MFLAGS", "CARGO_MAKEFLAGS"}) {
    if (user.environment().contains(name)) changes[name] = std::nullopt;
  }
  changes["CARGO_ENCODED_RUSTFLAGS"] = encode(flags);
  changes["RUSTC_WRAPPER"] = "";
  // Even a blank one changes the -C metadata of workspace packages: it is set only where a config file
  // must be silenced.
  if (user.sets("build.rustc-workspace-wrapper")) {
    changes["RUSTC_WORKSPACE_WRAPPER"] = "";
  } else if (user.environment().contains("RUSTC_WORKSPACE_WRAPPER")) {
    changes["RUSTC_WORKSPACE_WRAPPER"] = std::nullopt;
  }
  changes["CARGO_TERM_COLOR"] = "never";
  changes["CARGO_TERM_QUIET"] = "false";
  changes["CARGO_TERM_PROGRESS_WHEN"] = "never";
  // The variable outranks profile and config file alike; a config's build.incremental is neutralized by it.
  if (settings.incremental) {
    changes["CARGO_INCREMENTAL"] = *settings.incremental ? "1" : "0";
  } else if (user.sets("build.incremental")) {
    changes["CARGO_INCREMENTAL"] = "0";
  }
  for (const auto& [name, value] : settings.env) changes[name] = value;
  return changes;
}

std::string build_folder(const std::filesystem::path& target_dir) {
  return "build.build-dir=" + toml_string(target_dir.string());
}

namespace {

/// "CC", and what the cc crate asks before it: "CC_x86_64-unknown-linux-gnu", "TARGET_CC", "HOST_CC".
bool is_variable(const std::string& name, const std::string& base) {
  return name == base || name.starts_with(base + "_") || name == "TARGET_" + base || name == "HOST_" + base;
}

}  // namespace

std::vector<std::string> c_compilers(const Environment& environment) {
  std::vector<std::string> commands;
  for (const auto& [name, value] : environment)
    if (is_variable(name, "CC") || is_variable(name, "CXX")) commands.push_back(value);
  if (!environment.contains("CC")) commands.emplace_back("cc");
  if (!environment.contains("CXX")) commands.emplace_back("c++");
  return commands;
}

toolchains::EnvironmentChanges without_profiles_of_c(const Environment& environment) {
  const std::string none = "-fno-profile-generate -fno-profile-use";
  toolchains::EnvironmentChanges changes{{"CFLAGS", none}, {"CXXFLAGS", none}};
  for (const auto& [name, value] : environment)
    if (is_variable(name, "CFLAGS") || is_variable(name, "CXXFLAGS"))
      changes[name] = value.empty() ? none : value + " " + none;
  return changes;
}

std::map<std::string, std::string> forced_by_user(const toolchains::EnvironmentChanges& changes,
                                                  const UserConfig& user) {
  std::map<std::string, std::string> forced;
  for (const auto& [name, configured] : user.configured_variables()) {
    const auto own = changes.find(name);
    if (configured.force && own != changes.end() && own->second) forced.emplace(name, *own->second);
  }
  return forced;
}

toolchains::EnvironmentChanges run_environment(const std::map<std::string, std::string>& variant_env,
                                               const std::map<std::string, std::string>& workload_env) {
  toolchains::EnvironmentChanges changes{{"LLVM_PROFILE_FILE", std::nullopt}};
  for (const auto& [name, value] : workload_env) changes[name] = value;
  for (const auto& [name, value] : variant_env) changes[name] = value;
  return changes;
}

}  // namespace pgo_orch::profiles
