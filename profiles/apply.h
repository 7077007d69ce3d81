#pragma once
// A variant's settings in the user's own files: what must change in the workspace's Cargo.toml and in cargo's
// config files so that a plain `cargo build` takes them. Text in, text out.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "profiles/settings.h"
#include "profiles/user_config.h"

namespace pgo_orch::profiles {

/// What the files are to say.
struct CargoSettings {
  Settings settings;
  std::string profile;  ///< of cargo: the keys go there
  std::string target;   ///< flags and linker are this one's
  CfgSet cfgs;
  std::optional<std::string> linker;  ///< the driver
  std::vector<Flag> flags;            ///< of the variant alone
};

struct CargoFiles {
  ConfigFile manifest;              ///< the workspace's
  std::vector<ConfigFile> configs;  ///< that cargo reads in the project's folder, farthest first
  std::filesystem::path
      workspace;  ///< config files in this folder may be changed; one is made there if none is
};

/// A file that must change; `before`: none if it is not there yet.
struct FileEdit {
  std::filesystem::path path;
  std::optional<std::string> before;
  std::string after;
};

struct Application {
  std::vector<FileEdit> edits;      ///< empty: the files say it already
  std::vector<std::string> hidden;  ///< what outside of these files wins over them, as sentences
  std::vector<std::string> doubts;  ///< why the edits would not do, as sentences: not to be written
};

/// Keys and flags that say it already stay as they are, in whatever words. What is set to something else is
/// changed where it is; what is new goes to the place that cargo heeds: `environment` and files outside the
/// workspace may still win. Throws Error on a file that is not TOML.
Application apply_settings(const CargoSettings& wanted, const CargoFiles& files,
                           const Environment& environment);

}  // namespace pgo_orch::profiles
