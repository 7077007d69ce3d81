#pragma once
// The LLVM tool that fits a rustc: the machine's unsuffixed one is often of an older LLVM.

#include <filesystem>
#include <string>

#include "toolchains/command.h"
#include "toolchains/probe.h"
#include "toolchains/rustc.h"

namespace pgo_orch::toolchains {

struct Tool {
  std::filesystem::path path;
  std::string version;  ///< "22.1.2"
  int major = 0;
  std::string why;  ///< "llvm-profdata-22 on the PATH; /usr/bin/llvm-profdata is 14, skipped"
};

/// The LLVM major that a tool says it is of; nothing if it does not run or names none. `llvm-profdata` is
/// asked by `merge --version`, because a plain --version fails on 14.
Probe<Tool> ask_llvm_tool(Runner& runner, const std::string& name, const std::filesystem::path& program);

/// Finds "llvm-profdata", "llvm-strip", "llvm-bolt", "merge-fdata", ... of exactly this major, in this order:
/// the variable LLVM_PROFDATA (the name in capitals); rustup's llvm-tools beside the toolchain's libraries;
/// NAME-MAJOR on the PATH; /usr/lib/llvm-MAJOR/bin; NAME on the PATH if it fits.
/// A variable that names an unfit tool makes it missing: it is never ignored.
Probe<Tool> find_llvm_tool(Runner& runner, const std::string& name, int major, const Rustc& rust);

/// Whether this clang can link a program that writes a profile: distributions ship the runtime apart.
Answer clang_has_profiles(Runner& runner, const Tool& clang);

}  // namespace pgo_orch::toolchains
