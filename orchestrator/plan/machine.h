#pragma once
// What was found on this machine, each thing asked for once. The plan gets it as values.

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "profiles/cfg_expression.h"
#include "toolchains/linkers.h"
#include "toolchains/llvm_tools.h"
#include "toolchains/probe.h"
#include "toolchains/rustc.h"

namespace pgo_orch::orchestrator {

/// What one variant asks of the machine.
struct Needs {
  std::string toolchain;  ///< as in pgo.toml; empty: the project's
  std::string target;
  std::optional<toolchains::LinkRequest> link;          ///< if it asks for a linker of its own
  std::optional<toolchains::LinkRequest> other_orders;  ///< lld, to link it with its sections in other orders
  bool native_cpu = false;
  bool profile = false;     ///< PGO
  bool instrument = false;  ///< PGO without a saved profile
  bool clang = false;       ///< PGO of a build command, whose C and C++ take part

  std::string key() const;  ///< equal for equal needs
};

/// What was found of it: plain values, from which the variant is planned. What lies behind something missing
/// is missing, too.
struct Found {
  toolchains::Probe<toolchains::Rustc> rust = toolchains::Missing{};
  toolchains::Answer target;
  toolchains::Probe<toolchains::LinkerFound> linker = toolchains::Missing{};
  toolchains::Probe<toolchains::LinkerFound> lld = toolchains::Missing{};
  toolchains::NativeCpu native_cpu;
  toolchains::Probe<toolchains::Tool> profdata = toolchains::Missing{};
  toolchains::Answer profiler_runtime;
  toolchains::Probe<toolchains::Tool> clang = toolchains::Missing{};
  toolchains::Answer clang_profiles;
  profiles::CfgSet cfgs;
};

class Machine {
 public:
  /// `cwd`: the folder whose toolchain files count. `tools`: folder for what linkers need (see probe_link).
  Machine(toolchains::Runner& runner, std::filesystem::path cwd, std::filesystem::path tools);

  /// `toolchain` as in pgo.toml; empty: the one cargo would use in the project's folder.
  const toolchains::Probe<toolchains::Rustc>& rust(const std::string& toolchain);
  const toolchains::Probe<toolchains::Tool>& llvm_tool(const toolchains::Rustc& rust,
                                                       const std::string& name);
  const toolchains::Probe<toolchains::LinkerFound>& linker(const toolchains::Rustc& rust,
                                                           const toolchains::LinkRequest& request);

  /// The LLVM of a compiler of C, a command with its words, that is clang by its own account, since it may be
  /// a script: its major version; "": it is not.
  const std::string& clang_major(const std::string& command);

  /// All of it, in the order in which a variant needs it.
  Found find(const Needs& needs);

  toolchains::Runner& runner() { return runner_; }

 private:
  toolchains::Runner& runner_;
  std::filesystem::path cwd_;
  std::filesystem::path tools_;
  std::map<std::string, toolchains::Probe<toolchains::Rustc>> rusts_;
  std::map<std::string, toolchains::Probe<toolchains::Tool>> llvm_tools_;
  std::map<std::string, toolchains::Probe<toolchains::LinkerFound>> linkers_;
  std::map<std::string, toolchains::Answer> answers_;
  std::map<std::string, profiles::CfgSet> cfgs_;
  std::map<std::string, toolchains::NativeCpu> cpus_;
  std::map<std::string, std::string> clangs_;
};

}  // namespace pgo_orch::orchestrator
