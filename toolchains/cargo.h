#pragma once
// What cargo says about a package or workspace, without changing anything in it.

#include <filesystem>
#include <string>
#include <vector>

#include "toolchains/command.h"
#include "toolchains/probe.h"
#include "toolchains/rustc.h"

namespace pgo_orch::toolchains {

struct CargoTarget {
  std::string name;
  std::string
      kind;  ///< "bin", "example", "example library", "lib", "proc-macro", "test", "bench", "custom-build"
  std::filesystem::path src_path;
  std::vector<std::string> required_features;
};

struct CargoPackage {
  std::string id;  ///< cargo's package id
  std::string name;
  std::string version;
  std::filesystem::path manifest_path;
  std::vector<CargoTarget> targets;
  std::vector<std::filesystem::path> path_dependencies;  ///< folders, absolute
  std::vector<std::string> features;                     ///< names, sorted
  std::string default_run;                               ///< may be empty
  std::string rust_version;                              ///< may be empty
  bool has_build_script = false;
};

struct Workspace {
  std::filesystem::path root;
  std::vector<CargoPackage> packages;        ///< members
  std::vector<std::string> default_members;  ///< names of packages
  std::filesystem::path target_directory;    ///< cargo's own choice
};

/// Asks `cargo metadata --no-deps` in the manifest's folder, so that its config and toolchain files count; it
/// writes no Cargo.lock. Error with cargo's own words if it fails.
Workspace query_workspace(Runner& runner, const Rustc& rust, const std::filesystem::path& manifest,
                          const std::vector<std::string>& cargo_args = {});

/// Whether Cargo.lock is there and up to date, so that `--locked` builds. It may fetch crates unless
/// `cargo_args` hold "--offline"; it never writes the lock file.
Answer lock_is_current(Runner& runner, const Rustc& rust, const std::filesystem::path& manifest,
                       const std::vector<std::string>& cargo_args = {});

}  // namespace pgo_orch::toolchains
