#pragma once
// The settings of a cargo profile that are in force without a variant's own: what the manifest says, and the
// user's environment and config files.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "profiles/user_config.h"

namespace pgo_orch::profiles {

class CargoProfile {
 public:
  /// `manifest`: the workspace's; empty text: it says nothing. Both are referred to.
  CargoProfile(const ConfigFile& manifest, const UserConfig& user, std::string name);

  /// As cargo finds it: environment, config files, manifest; then the same of the profile that it inherits.
  std::optional<Sourced> value(const std::string& key) const;

  /// All that is in force, by key.
  std::map<std::string, std::string> values() const;

  /// All that the manifest sets and nothing else overrides, as "lto = thin" with its place.
  std::vector<Sourced> of_manifest() const;

  /// A key that is set for one package, or for "*" (all that are no members of the workspace).
  struct PackageValue {
    std::string package;
    std::string key;
    Sourced value;
  };
  /// What the manifest and config files set for single packages: it wins over what a variant sets for all.
  std::vector<PackageValue> of_packages() const;

  /// "none", "debuginfo" or "symbols"; `own_debug` and `own_strip`: a variant's own settings. Without debug
  /// info in any package cargo strips that of the standard library.
  std::string strip(const std::optional<std::string>& own_strip,
                    const std::optional<std::string>& own_debug) const;

 private:
  struct Found {
    std::string profile;
    Sourced value;
    bool of_manifest = false;
  };
  std::optional<Found> find(const std::string& key) const;
  bool any_package_has_debug() const;

  const ConfigFile& manifest_;
  const UserConfig& user_;
  std::string name_;
  std::vector<std::string> chain_;  ///< the profile, then what it inherits from
};

/// Why cargo cannot build with this profile, and what to do; "": it is one of cargo's own, or the manifest or
/// a config file defines it.
std::string problem_of_profile(const ConfigFile& manifest, const UserConfig& user, const std::string& name);

/// Whether a -C option of rustc's is also a key of cargo's profiles: "opt-level".
bool is_of_profile(const std::string& option);

}  // namespace pgo_orch::profiles
