#pragma once
// What was found on this machine, each thing asked for once. The plan gets it as values.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "profiles/cfg_expression.h"
#include "toolchains/linkers.h"
#include "toolchains/llvm_tools.h"
#include "toolchains/probe.h"
#include "toolchains/rustc.h"

namespace pgo_orch::orchestrator {

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
  const toolchains::Answer& profiler_runtime(const toolchains::Rustc& rust, const std::string& target);
  const toolchains::Answer& clang_profiles(const toolchains::Tool& clang);
  const toolchains::Answer& target_installed(const toolchains::Rustc& rust, const std::string& target);
  const profiles::CfgSet& cfgs(const toolchains::Rustc& rust, const std::string& target);
  const toolchains::NativeCpu& native_cpu(const toolchains::Rustc& rust);

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
};

}  // namespace pgo_orch::orchestrator
