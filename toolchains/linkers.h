#pragma once
// Which flags make rustc link with the linker that was asked for, proved by a link.

#include <filesystem>
#include <string>
#include <vector>

#include "toolchains/command.h"
#include "toolchains/probe.h"
#include "toolchains/rustc.h"

namespace pgo_orch::toolchains {

struct LinkRequest {
  std::string target;  ///< empty: the host
  /// "default", "lld", "mold", "bfd", "gold", "rust-lld", or a path to a linker.
  std::string linker = "default";
  std::string driver;  ///< "clang", "gcc-12", a path, ...; empty: rustc's own choice
  bool crt_static = false;
  std::string relocation_model;    ///< as -Crelocation-model; empty: rustc's
  std::vector<std::string> flags;  ///< further flags for rustc
};

struct LinkerFound {
  std::string driver;  ///< for -Clinker= or cargo's `linker` key, absolute if looked up; empty: rustc's
  /// For rustc, the linker only: {"-Clink-arg=-fuse-ld=lld"}; without -Clinker=.
  std::vector<std::string> flags;
  std::string version;  ///< of what really linked: "LLD 22.1.2", "GNU ld (GNU Binutils for Debian) 2.40"
  std::string why;      ///< what was chosen and passed over; may be empty
};

/// Finds the flags, links a small program with them and the request's other settings, checks who linked it,
/// and runs it if it is for the host. `folder` holds what that needs for as long as the flags are used: a
/// folder with a link called `ld`, where the linker is named by a path. Missing: the linker, the driver, or a
/// link that fails, with the last lines of what they said. Facts: rust-lld is the default on
/// x86_64-unknown-linux-gnu since rustc 1.90, so the others need -Clinker-features=-lld there, unless a
/// driver is named, which drops it.
Probe<LinkerFound> probe_link(Runner& runner, const Rustc& rust, const LinkRequest& request,
                              const std::filesystem::path& folder);

}  // namespace pgo_orch::toolchains
