#pragma once
// The Rust toolchain that cargo would use in a folder, and what it says about itself.

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "toolchains/command.h"
#include "toolchains/probe.h"

namespace pgo_orch::toolchains {

/// A cargo and rustc that belong together. Paths are the real programs, not rustup's proxies.
struct Rustc {
  std::filesystem::path cargo;
  std::filesystem::path rustc;
  std::string version;       ///< "1.95.0", "1.97.0-nightly"
  std::string verbose;       ///< all of `rustc -vV`
  std::string host;          ///< "x86_64-unknown-linux-gnu"
  std::string llvm_version;  ///< "22.1.2"; empty if it has no LLVM
  int llvm_major = 0;
  std::filesystem::path sysroot;
  std::filesystem::path target_libdir;  ///< of the host
  std::string rustup_toolchain;         ///< "stable-x86_64-unknown-linux-gnu"; empty without rustup
  EnvironmentChanges env;  ///< for whatever runs `cargo`: makes it and its build scripts use this very rustc
};

/// Resolves as cargo would in `cwd`: RUSTC and CARGO, then the PATH; behind rustup's proxies
/// RUSTUP_TOOLCHAIN, rust-toolchain.toml and overrides. `toolchain`, if not empty, goes first: a name known
/// to rustup, or a folder that holds rustc or bin/rustc. Nothing is ever downloaded. Missing: no rustc or
/// cargo, or an unknown toolchain.
Probe<Rustc> find_rust(Runner& runner, const std::string& toolchain = {},
                       const std::filesystem::path& cwd = {});

/// The lines of `rustc --print cfg` for a target (empty: the host) and flags, such as
/// `target_feature="avx2"`. Error if rustc rejects them.
std::set<std::string> cfg_set(Runner& runner, const Rustc& rust, const std::string& target,
                              const std::vector<std::string>& flags = {});

/// What -Ctarget-cpu=native means here.
struct NativeCpu {
  std::string name;                   ///< LLVM's: "znver3"
  std::vector<std::string> features;  ///< that the target's default CPU lacks: "avx2", ...
};
NativeCpu native_cpu(Runner& runner, const Rustc& rust);

/// Whether -Cprofile-generate links for the target: some distributions leave profiler_builtins out.
Answer has_profiler_runtime(Runner& runner, const Rustc& rust, const std::string& target = {});

/// Whether the target's standard library is there; a no names the command that installs it.
Answer target_installed(const Rustc& rust, const std::string& target);

}  // namespace pgo_orch::toolchains
