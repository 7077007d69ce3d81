#pragma once
// The files that a variant is: Cargo.toml and .cargo/config.toml. Text out, deterministic, made to be read.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "profiles/flags.h"
#include "profiles/settings.h"
#include "profiles/toml_splice.h"

namespace pgo_orch::profiles {

/// A program of a generated package.
struct SourceProgram {
  std::string name;  ///< of the executable
  std::string path;  ///< below the package's folder, "src/fib.rs"
};

/// The package that is generated for a `source` project.
struct SourcePackage {
  std::string name;
  std::string edition;
  std::string dependencies;  ///< TOML lines
  std::vector<SourceProgram> programs;
};

/// What a generated file must say beside the settings.
struct FileFacts {
  std::string variant;
  std::string profile;                          ///< name of the cargo profile
  std::string command;                          ///< the exact command of the build, for the header comment
  std::string target;                           ///< the triple
  bool pass_target = true;                      ///< false: host flags, cargo is given no --target
  std::optional<std::string> linker;            ///< `linker =` of the target: the driver
  std::map<std::string, std::string> forced{};  ///< [env]: what the user's [env] would otherwise force
  std::string rustc_wrapper{};                  ///< of the final stage; empty: none
};

/// A complete Cargo.toml: package, programs, dependencies, the profile, and an empty [workspace], since it
/// lies below the user's folder and must not join a workspace there.
std::string source_manifest(const SourcePackage& package, const Settings& settings, const FileFacts& facts);

/// For a project with a manifest of its own: the profile section, as a valid file, to read and to copy from.
std::string profile_manifest(const Settings& settings, const FileFacts& facts);

/// .cargo/config.toml: target, linker, rustflags and profile of the final stage, written out in full.
std::string cargo_config(const Settings& settings, const std::vector<Flag>& flags, const FileFacts& facts);

/// What a stage is built with (`cargo --config FILE`): profile, target and linker. The rustflags are in
/// it as comments: they reach cargo in CARGO_ENCODED_RUSTFLAGS, because cargo would join those of a file
/// with the user's.
std::string stage_config(const Settings& settings, const std::vector<Flag>& flags, const FileFacts& facts);

/// What the settings say of a cargo profile, for [profile.NAME]: keys below it, and their values as TOML.
std::vector<std::pair<TomlPath, std::string>> profile_keys(const Settings& settings);

/// A TOML basic string with its quotes.
std::string toml_string(const std::string& text);

}  // namespace pgo_orch::profiles
