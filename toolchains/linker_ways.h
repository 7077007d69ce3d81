#pragma once
// Inside the linker probe: the compiler driver that calls the linker, and the ways to make it call a certain
// one.

#include <string>
#include <vector>

#include "toolchains/linkers.h"

namespace pgo_orch::toolchains {

/// The driver that rustc is told to link with.
struct Driver {
  std::string program;    ///< for -Clinker=; empty: rustc's own choice
  bool is_clang = false;  ///< it then knows --ld-path, which gcc does not
  std::string why;        ///< where it was found, if it is not simply the name on the PATH
};

/// Finds the driver that was asked for. "clang" stands for the one on the PATH, else for one of rustc's LLVM
/// under its Debian names (clang-22, /usr/lib/llvm-22/bin/clang), since both are the same program to the
/// user.
Probe<Driver> find_driver(Runner& runner, const std::string& wanted, const Rustc& rust);

/// One set of flags that may lead to the linker that was asked for.
struct Way {
  std::vector<std::string> flags;
  std::string why;
  std::filesystem::path linker =
      {};                         ///< to be linked to from `ld`, before the flags are used; empty: nothing is
  std::filesystem::path ld = {};  ///< that link
};

/// The ways to a linker, best first: as a user would write it; then by the path of one that has another name,
/// or lies where drivers don't look. Some of them need a link called `ld` in a folder of its own below
/// `folder`: it is not made here.
std::vector<Way> ways_to(const LinkRequest& request, const Driver& driver, const Rustc& rust,
                         const std::filesystem::path& folder);

/// What installs the linker, if it is on none of the ways.
std::string linker_hint(const std::string& linker, const Rustc& rust);

}  // namespace pgo_orch::toolchains
