#pragma once
// From the configuration and the probes to a complete plan: every file, command and path. Runs nothing.

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orchestrator/config/config.h"
#include "orchestrator/plan/machine.h"
#include "orchestrator/plan/project.h"
#include "orchestrator/plan/workloads.h"
#include "orchestrator/store/layout.h"
#include "pgo/recipe.h"
#include "pgo/shuffling.h"
#include "profiles/apply.h"
#include "profiles/user_config.h"

namespace pgo_orch::orchestrator {

/// Where a variant's code comes from, and what must be made before cargo can run.
struct SourcePlan {
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> copies;  ///< single files: from, to
  std::vector<Mirror> mirrors;
  std::filesystem::path patch;         ///< empty: none
  std::filesystem::path patch_folder;  ///< where it is applied
  std::filesystem::path lock_file;     ///< Cargo.lock of the generated package; empty: the project's own
};

/// One variant, ready to be executed, printed, or written as a script.
struct VariantPlan {
  std::size_t index = 0;  ///< in the configuration
  std::string name;
  profiles::Settings settings;
  bool baseline = false;
  std::optional<pgo::LeftOut> left_out{};  ///< it is built of the training of another one
  bool portable = true;
  std::string toolchain;  ///< rustc's version
  std::string target;
  std::string canonical;  ///< equal for two variants that would come out the same
  SourcePlan source;
  std::vector<pgo::GeneratedFile> files;
  std::vector<pgo::Step> steps;
  std::vector<profiles::Flag> flags;  ///< of the final stage
  std::vector<std::string> notes;     ///< tools chosen and why, what `native` means here
  std::vector<std::string> remarks;   ///< what else holds than the variant's settings; reports say it too
  std::optional<toolchains::Missing>
      missing;  ///< set: the variant can't be built here, and there are no steps
};

class Planner {
 public:
  /// Resolves the project, and asks the machine for all that the variants (indexes of the
  /// configuration) need: from there on planning is a pure function. Errors: no cargo or rustc
  /// (Exit::tool), what resolve_project says.
  Planner(const Config& config, Layout layout, Machine& machine, const std::vector<std::size_t>& variants);

  /// The plan of the variant at `index` of the configuration, one of those asked for above.
  VariantPlan plan(std::size_t index) const;
  /// The same variant linked with its sections in other orders. Missing: lld.
  toolchains::Probe<pgo::Shuffling> shuffling(std::size_t index) const;

  /// What of the variant could be in cargo's own files. Missing: a tool that it needs.
  toolchains::Probe<profiles::CargoSettings> cargo_settings(std::size_t index) const;

  /// llvm-objdump or llvm-dwarfdump, of the LLVM that the project's rustc has, for [[inspect]]; llvm-objcopy,
  /// for split-debug of [release].
  const toolchains::Probe<toolchains::Tool>& llvm_tool(const std::string& name) const {
    return llvm_tools_.at(name);
  }

  const Config& config() const { return config_; }
  const Layout& layout() const { return layout_; }
  const ResolvedProject& project() const { return project_; }
  const toolchains::Rustc& rust() const { return rust_; }  ///< the project's own
  const profiles::UserConfig& user() const { return *user_; }
  const std::vector<Workload>& workloads() const { return workloads_; }  ///< program and stdin resolved
  std::string target_of(const profiles::Settings& settings) const;

 private:
  Variant variant_at(std::size_t index) const;  ///< for its target
  const Config& config_;
  Layout layout_;
  toolchains::Rustc rust_;
  ResolvedProject project_;
  std::unique_ptr<profiles::UserConfig> user_;
  std::vector<Workload> workloads_;
  std::map<std::string, Found> found_;         ///< by Needs::key
  toolchains::Probe<toolchains::Tool> strip_;  ///< of the project's own LLVM, for all variants alike
  std::map<std::string, toolchains::Probe<toolchains::Tool>> llvm_tools_;
  std::map<std::string, std::string>
      clangs_;  ///< commands by which build scripts may compile C -> LLVM's major

  std::vector<std::string> c_compilers_of(const profiles::Settings& settings) const;
  void plan_profile_of_c(const Found& found, pgo::Recipe& recipe, VariantPlan& plan) const;
  /// The plan but for its files and steps, and what these are made of.
  VariantPlan prepare(const Variant& variant, pgo::Recipe& recipe) const;
  Needs needs_of(const Variant& variant) const;
  const Found& found_of(const Variant& variant) const { return found_.at(needs_of(variant).key()); }
  std::optional<toolchains::Missing> add_tools(const Variant& variant, const Found& found,
                                               pgo::Recipe& recipe, VariantPlan& plan) const;
  SourcePlan source_plan(const Variant& variant, pgo::Recipe& recipe) const;
  pgo::BuildCommand build_command(const Variant& variant, const Found& found, const pgo::Recipe& recipe,
                                  VariantPlan& plan) const;
  std::filesystem::path strip_tool(const std::string& target) const;
  /// What [project] names for `cargo build`. Missing: it is not there.
  toolchains::Probe<std::vector<std::string>> build_words(const std::filesystem::path& cargo) const;
  void take_users_flags(const profiles::CfgSet& cfgs, pgo::Recipe& recipe, VariantPlan& plan) const;
  void plan_stripping(pgo::Recipe& recipe, VariantPlan& plan) const;
  void remark_on_packages(pgo::Recipe& recipe, VariantPlan& plan) const;
  void plan_saved_profile(pgo::Recipe& recipe, VariantPlan& plan) const;
  void remark_on_archive(const pgo::Recipe& recipe, VariantPlan& plan) const;
};

/// What the settings ask of a link.
toolchains::LinkRequest link_request(const profiles::Settings& settings, const std::string& target);

}  // namespace pgo_orch::orchestrator
