#pragma once
// What the user's own environment and cargo's config files say about a build, with the origin of
// each. Cargo's rules as tried with cargo 1.95: files are merged from CARGO_HOME down to the nearest
// folder; arrays are joined, the nearest last; any other value replaces; environment variables come
// behind the files.

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "profiles/cfg_expression.h"
#include "profiles/flags.h"

namespace pgo_orch::profiles {

using Environment = std::map<std::string, std::string>;

/// A config file of cargo, or one that such a file includes.
struct ConfigFile {
  std::filesystem::path path;
  std::string text;
};

/// A value with the place it comes from.
struct Sourced {
  std::string value;
  std::string origin;
};

/// A variable of cargo's [env], which compilers and build scripts are given. One that is not forced gives way
/// to the environment.
struct ConfiguredVariable {
  std::string value;
  bool force = false;
};

/// The files named by `include` in a config file, in order, relative to it; `optional` ones may be missing.
struct Include {
  std::filesystem::path path;
  bool optional = false;
};
std::vector<Include> includes_of(const ConfigFile& file);

/// Whether a manifest has a [profile.NAME] of its own. Throws Error if it is not TOML.
bool defines_profile(const ConfigFile& manifest, const std::string& name);

class UserConfig {
 public:
  /// `files`: farthest first, nearest last, each behind those it includes. Throws Error on a file that
  /// is not TOML.
  UserConfig(const std::vector<ConfigFile>& files, Environment environment);

  /// The rustflags that cargo itself would use for `target`, with the winning source's places.
  /// CARGO_ENCODED_RUSTFLAGS, then RUSTFLAGS, then all matching [target.*], then [build]: the first that
  /// is set wins.
  std::vector<Flag> rustflags(const std::string& target, const CfgSet& cfgs) const;

  /// The targets cargo would build for (build.target, CARGO_BUILD_TARGET); empty: the host.
  std::vector<Sourced> build_targets() const;

  /// Every CARGO_PROFILE_* variable and [profile.*] key of the config files: wishes of the user that
  /// stay in force. Without those for single packages (package_values), for which cargo knows no variable,
  /// and those for build scripts and macros, which are not part of a program.
  std::vector<Sourced> profile_wishes() const;

  /// What environment or config files say of a key of one cargo profile.
  std::optional<Sourced> profile_value(const std::string& profile, const std::string& key) const;

  /// What would falsify a comparison and is therefore switched off, each as a sentence.
  std::vector<std::string> overridden() const;

  /// The compiler that a config file names (build.rustc), if no variable names another.
  std::optional<Sourced> rustc() const;

  /// The program that cargo would have link for `target`: CARGO_TARGET_<TRIPLE>_LINKER, then
  /// [target.<triple>], then the [target.'cfg(...)'] that hold. A path is relative to the folder of the
  /// file's .cargo.
  std::optional<std::string> linker(const std::string& target, const CfgSet& cfgs) const;

  /// The tables below [target] that hold for it, in the order of their flags: its own, then cfg(...).
  std::vector<std::string> target_tables(const std::string& target, const CfgSet& cfgs) const;

  /// Whether the paths in cargo's .d files are relative to a folder (build.dep-info-basedir).
  bool sets_dep_info_base() const {
    return sets("build.dep-info-basedir") || environment_.contains("CARGO_BUILD_DEP_INFO_BASEDIR");
  }

  /// Whether any config file has this dotted key.
  bool sets(const std::string& key) const { return items_.contains(key); }

  const Environment& environment() const { return environment_; }

  /// [env] of the config files, merged.
  std::map<std::string, ConfiguredVariable> configured_variables() const;

  /// What compilers and build scripts see, `own` being what the build sets and forces.
  Environment seen_by_build_scripts(const Environment& own) const;

  /// What the config files say of a profile's keys for single packages: as "PACKAGE.KEY".
  std::map<std::string, Sourced> package_values(const std::string& profile) const;

 private:
  struct Item {
    std::vector<std::string> values;
    bool is_list = false;
    std::string origin;
    std::filesystem::path base;  ///< what its paths are relative to
  };
  /// Dotted key ("build.rustflags", "target.x86_64-unknown-linux-gnu.linker") -> what each file
  /// says, nearest last.
  std::map<std::string, std::vector<Item>> items_;
  std::vector<std::string> cfg_tables_;  ///< sorted: cargo keeps them in a BTreeMap
  Environment environment_;

  void add(const ConfigFile& file);
  void append_flags(std::vector<Flag>& flags, const std::string& key, const std::string& variable) const;
  std::optional<std::vector<Flag>> flags_from_environment() const;
  std::optional<Sourced> last(const std::string& key) const;
};

/// CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_<what>
std::string target_variable(const std::string& target, const std::string& what);

}  // namespace pgo_orch::profiles
