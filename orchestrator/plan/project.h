#pragma once
// The user's project as cargo sees it: what is built, from which folder, and with which lock file.

#include <filesystem>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "orchestrator/plan/machine.h"
#include "orchestrator/store/layout.h"
#include "pgo/step.h"
#include "profiles/generated.h"
#include "profiles/user_config.h"

namespace pgo_orch::orchestrator {

/// A folder that is mirrored below the state folder, because cargo would write a Cargo.lock into the user's
/// tree or because a variant patches it.
struct Mirror {
  std::filesystem::path from;
  std::filesystem::path to;
  bool copy = true;  ///< false: links to the sources
};

/// What holds for all variants, before their own settings come in.
struct ResolvedProject {
  std::filesystem::path cargo_cwd;       ///< folder of the manifest; of source projects: each variant's own
  std::filesystem::path workspace_root;  ///< empty for source projects
  std::vector<std::string> packages;     ///< for -p
  std::string version;                   ///< of the first of them; empty: not known
  std::vector<pgo::Program> programs;
  std::vector<std::filesystem::path>
      path_packages;              ///< folders of all path packages outside the workspace, too
  bool has_build_script = false;  ///< any of the path packages has
  bool needs_copy = false;        ///< build scripts or path dependencies: links would not do
  std::vector<Mirror> shadow;     ///< not empty: the build runs in a shadow of the workspace
  std::string shadow_reason;
  profiles::ConfigFile manifest;  ///< the workspace's, which has the profiles; no text: there is none
  bool changes_release = false;   ///< the workspace's manifest has a [profile.release]
  /// Config files of cargo above the workspace or pgo.toml that do not lie above the state folder: given by
  /// --config wherever cargo does not run in the user's own tree. Farthest first.
  std::vector<std::filesystem::path> outer_configs;
};

/// The folder in which cargo is asked: the manifest's, or that of pgo.toml.
std::filesystem::path project_folder(const Config& config);

/// Asks cargo what is there. Errors: no such package or program, with those that exist; cargo's own
/// complaints. Writes nothing.
ResolvedProject resolve_project(const Config& config, const Layout& layout, Machine& machine,
                                const toolchains::Rustc& rust);

/// The package that is generated for a source project.
profiles::SourcePackage source_package(const Config& config);

/// Which file replaces which of the package's: a variant's own sources replace those of the same name or,
/// if none has the same name, those at the same place in the list.
std::vector<std::pair<std::filesystem::path, std::string>> source_files(const Config& config,
                                                                        const profiles::Settings& settings);

/// The folder below `base` where a mirrored path lies, and the mirrors of all that `project` builds from.
std::filesystem::path mirrored(const ResolvedProject& project, const std::filesystem::path& path,
                               const std::filesystem::path& base);
std::vector<Mirror> mirrors_of(const ResolvedProject& project, const std::filesystem::path& base, bool copy);

// ---- the config files that cargo reads when it runs in a folder (cargo_files.cpp) ----

/// Farthest first: CARGO_HOME's, then from the root of the file system down to `folder`. Of `config` and
/// `config.toml` in one .cargo folder cargo reads the former. A file that includes others comes after them.
std::vector<profiles::ConfigFile> find_cargo_configs(const std::filesystem::path& folder,
                                                     const profiles::Environment& environment);

/// What `--config` in cargo's arguments says, as cargo takes it: a file, relative to `folder`, or TOML. In
/// their order; all of them go before any file that cargo finds by itself.
std::vector<profiles::ConfigFile> configs_in_arguments(const std::vector<std::string>& cargo_args,
                                                       const std::filesystem::path& folder);

/// This process's environment.
profiles::Environment current_environment();

}  // namespace pgo_orch::orchestrator
